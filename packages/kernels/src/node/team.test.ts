import { describe, expect, it } from 'vitest'
import { axpy, createPlan, createWorkspace, dot } from '../index.ts'
import { createTeam } from './team.ts'

describe.each([1, 2, 3])('%d threads', (threads) => {
  it('run a job together, in step, as often as it is called', async () => {
    const workspace = createWorkspace({ bytes: 1 << 20, shared: true })
    const team = await createTeam(workspace, { threads })
    const one = workspace.f64(1).fill(1)
    const parts = Array.from({ length: threads }, () => workspace.f32(1000))
    const ones = workspace.f32(1000).fill(1)
    const sums = Array.from({ length: threads }, () => workspace.f64(1))
    // Every thread adds 1 to its own part, and then measures the next one's, which must be through.
    const plans = parts.map((part, index) => {
      const plan = createPlan(workspace)
      const next = parts[(index + 1) % threads]
      plan.call(axpy('f32'), 1000, one.byteOffset, ones.byteOffset, part.byteOffset)
      team.barrier(plan)
      plan.call(dot('f32'), 1000, ones.byteOffset, next.byteOffset, sums[index].byteOffset)
      team.barrier(plan)
      return plan
    })
    const run = team.job(plans)
    for (let time = 1; time <= 2000; time++) {
      run()
      if (sums.some(([sum]) => sum !== 1000 * time)) expect(sums.map(([sum]) => sum)).toEqual(time)
    }
    const second = team.job(parts.map(() => createPlan(workspace)))
    second()
    run()
    expect(sums.map(([sum]) => sum)).toEqual(parts.map(() => 2_001_000))
    team.close()
  })
})

it('refuses a workspace of one thread, and another number of plans', async () => {
  await expect(createTeam(createWorkspace({ bytes: 1 << 16 }), { threads: 2 })).rejects.toThrow(
    'must be shared',
  )
  const workspace = createWorkspace({ bytes: 1 << 16, shared: true })
  await expect(createTeam(workspace, { threads: 0 })).rejects.toThrow('team: threads must be')
  const team = await createTeam(workspace, { threads: 2 })
  expect(() => team.job([createPlan(workspace)])).toThrow('one plan for each of 2 threads, got 1')
  const run = team.job([createPlan(workspace), createPlan(workspace)])
  team.close()
  expect(run).toThrow('team: its threads have ended')
  expect(() => team.job([createPlan(workspace), createPlan(workspace)])).toThrow('its threads have ended')
})
