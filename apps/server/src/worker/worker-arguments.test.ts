import { expect, test } from 'vitest'
import { workerArguments } from './worker-arguments.ts'

test.each([
  [['--conditions=source'], ['--conditions=source']],
  [
    ['-C', 'source', '--import', './register.js', '--no-warnings'],
    ['-C', 'source', '--import', './register.js'],
  ],
  [['--inspect-brk=9229', '--max-old-space-size=4096'], ['--max-old-space-size=4096']],
  [['-e', 'startServer()', '--eval=startServer()', '-p', '1'], []],
])('%j passes %j on', (execArgv, passed) => {
  expect(workerArguments(execArgv)).toEqual(passed)
})
