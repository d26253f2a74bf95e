import { Command, CommanderError } from 'commander'
import { CommandFailure } from './command-failure.ts'
import { addCancel } from './commands/cancel.ts'
import { addDemo } from './commands/demo.ts'
import { addModel } from './commands/model.ts'
import { addRun } from './commands/run.ts'
import { addRuns } from './commands/runs.ts'
import { addShow } from './commands/show.ts'
import { addStart } from './commands/start.ts'
import type { Surroundings } from './surroundings.ts'
import { coloursFor } from './terminal/colours.ts'
import { isUnreachable } from './unreachable.ts'
import { version } from './version.ts'

/**
 * Runs one command line. Resolves to its exit code: 0 done, 1 a run or the service failed, 2 wrong usage,
 * 130 interrupted. What went wrong is on the error stream, each line led by the program's name.
 */
export async function runProgram(
  commandLine: readonly string[],
  surroundings: Surroundings,
): Promise<number> {
  try {
    await createProgram(surroundings).parseAsync(commandLine, { from: 'user' })
    return 0
  } catch (error) {
    // Commander has written its message, or the help that was asked for.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2
    for (const line of messageOf(error, surroundings).split('\n')) {
      surroundings.stderr.write(`thalweg: ${line}\n`)
    }
    return error instanceof CommandFailure ? error.exitCode : 1
  }
}

function createProgram(surroundings: Surroundings): Command {
  const { stdout, stderr, environment } = surroundings
  const program = new Command('thalweg')
    .description('Train small networks with many optimizers, and compare them.')
    .version(version)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      writeErr: (text) => stderr.write(text),
      outputError: (text, write) => write(usageError(text)),
      getOutHelpWidth: () => stdout.columns ?? 80,
      getErrHelpWidth: () => stderr.columns ?? 80,
      getOutHasColors: () => coloursFor(stdout, environment).isColorSupported,
      getErrHasColors: () => coloursFor(stderr, environment).isColorSupported,
    })
    .addHelpText(
      'after',
      `\nExit codes: 0 done, 1 a run or the service failed, 2 wrong usage, 130 interrupted.`,
    )
  for (const add of [addStart, addDemo, addRun, addRuns, addShow, addModel, addCancel])
    add(program, surroundings)
  return program
}

/** Commander's `error: …` as one line of this program. */
function usageError(text: string): string {
  return `thalweg: ${text
    .replace(/^error: /, '')
    .trim()
    .replaceAll('\n', ' ')}\n`
}

function messageOf(error: unknown, surroundings: Surroundings): string {
  if (!(error instanceof Error)) return String(error)
  return isUnreachable(error)
    ? `${error.message} Start it with: ${surroundings.program} start`
    : error.message
}
