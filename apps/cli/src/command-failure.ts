/** What a process that was told to stop by Ctrl-C exits with: 128 and the signal's number. */
export const interruptedExitCode = 130

/** A command that ends without success: what to say on the error stream, and the exit code. */
export class CommandFailure extends Error {
  readonly exitCode: number

  /** `exitCode`: 1 where a run or the service failed, 2 where the command was used wrongly. */
  constructor(message: string, exitCode: 1 | 2 | typeof interruptedExitCode) {
    super(message)
    this.name = 'CommandFailure'
    this.exitCode = exitCode
  }
}
