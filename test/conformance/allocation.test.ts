import { execFileSync } from 'node:child_process'
import { resolve } from 'node:path'
import { expect, it } from 'vitest'

// A young generation of 1 MB: every megabyte that steps leave behind is one collection.
const program = `
  import { PerformanceObserver } from 'node:perf_hooks'
  import { adam, allocate } from '@thalweg/optimizers'
  let collections = 0
  new PerformanceObserver((list) => { collections += list.getEntries().length }).observe({ entryTypes: ['gc'] })
  const [weights, gradient] = [allocate(100).fill(1), allocate(100).fill(0.1)]
  const optimizer = adam()
  const state = optimizer.init(weights)
  const steps = (count) => { for (let step = 0; step < count; step++) optimizer.step(weights, gradient, state) }
  const told = () => new Promise((done) => setTimeout(done, 50))
  steps(50_000)
  await told()
  collections = 0
  steps(200_000)
  await told()
  console.log(collections)
`

it('leaves nothing to collect: 200 000 steps of Adam cost at most 4 MB, 20 bytes a step', () => {
  const flags = [
    '--max-semi-space-size=1',
    '--conditions=@thalweg/source',
    '--input-type=module',
    '--eval',
    program,
  ]
  const options = { cwd: resolve(import.meta.dirname, '..'), encoding: 'utf8' } as const
  expect(Number(execFileSync(process.execPath, flags, options))).toBeLessThanOrEqual(4)
})
