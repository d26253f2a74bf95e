import { type ChildProcess, fork } from 'node:child_process'
import type { BackendChoice } from '@thalweg/kernels/node'
import { workerArguments } from './worker-arguments.ts'

/** What a program of this package needs of the environment; the rest may hold secrets. */
const passedVariables = ['PATH', 'NODE_OPTIONS', 'LD_LIBRARY_PATH', 'SystemRoot', 'TMPDIR', 'TEMP', 'TZ']

/** Starts a program of this package as a process that speaks to this one. */
export function forkProgram(file: string, backend: BackendChoice): ChildProcess {
  return fork(file, [], {
    serialization: 'advanced',
    env: {
      ...Object.fromEntries(
        passedVariables.flatMap((name) =>
          process.env[name] === undefined ? [] : [[name, process.env[name]]],
        ),
      ),
      THALWEG_BACKEND: backend,
    },
    execArgv: workerArguments(process.execArgv),
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
  })
}
