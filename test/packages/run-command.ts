import { execFile } from 'node:child_process'

/** Runs a program to its end and gives what it printed; what it said is the message when it fails. */
export function runCommand(command: string, values: readonly string[], folder: string): Promise<string> {
  return new Promise((done, failed) => {
    execFile(command, values, { cwd: folder, maxBuffer: 2 ** 26 }, (error, stdout, stderr) => {
      if (error === null) done(stdout)
      else failed(new Error(`${error.message}\n${stdout}${stderr}`))
    })
  })
}
