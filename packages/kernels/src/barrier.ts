import { atomics, block, br, br_if, drop, i32, i64, if_, local, loop } from './assembler/index.ts'
import { advance, get, set, whole } from './emit.ts'
import { defineKernel, type Kernel } from './kernel.ts'
import type { Plan } from './plan.ts'
import type { Workspace } from './workspace.ts'

/**
 * How often a thread looks before it sleeps: about 100 us, longer than threads wait for one another within a step. A
 * thread that has slept takes about as long to wake up. No longer, so that the core is free for whoever needs it.
 */
const looks = 100_000

/** Bytes from the number of threads that have come to the number of times that all have. */
const generationAt = 64

/** Where threads wait until all of them have come. */
export interface Barrier {
  /** Appends the wait to the plan of one of the threads. */
  wait(plan: Pick<Plan, 'call'>): void
  /** The values with which `waitForAll` is called. */
  readonly values: readonly [address: number, threads: number]
}

/** A barrier for `threads` threads, in a shared workspace. */
export function createBarrier(workspace: Workspace, threads: number): Barrier {
  const values = [workspace.i32(generationAt / 4 + 1).byteOffset, threads] as const
  return { values, wait: (plan) => plan.call(waitForAll, ...values) }
}

/**
 * `(address, threads)`: returns once it has been called by as many threads. The last one to come frees the others, which
 * look for that for a while and then sleep. All that was written before is seen by all after.
 */
export const waitForAll: Kernel = defineKernel({
  name: 'waitForAll',
  parameters: ['address', 'threads'],
  locals: { generation: i32, left: i32 },
  body({ address, threads, generation, left }) {
    const isSame = (): void => {
      local.get(address)
      atomics.load({ offset: generationAt })
      i32.eq(generation)
    }
    local.get(address)
    atomics.load({ offset: generationAt })
    local.set(generation)
    local.get(address)
    i32.const(1)
    atomics.add()
    i32.const(1)
    i32.add()
    i32.eq(threads)
    if_(
      () => {
        local.get(address)
        i32.const(0)
        atomics.store()
        local.get(address)
        i32.const(1)
        atomics.add({ offset: generationAt })
        drop()
        local.get(address)
        i32.const(-1)
        atomics.notify({ offset: generationAt })
        drop()
      },
      () =>
        block((freed) => {
          set(left, whole(looks))
          loop((again) => {
            isSame()
            i32.eqz()
            br_if(freed)
            advance(left, whole(-1))
            get(left)()
            br_if(again)
          })
          loop((again) => {
            local.get(address)
            local.get(generation)
            i64.const(-1n)
            atomics.wait({ offset: generationAt })
            drop()
            isSame()
            i32.eqz()
            br_if(freed)
            br(again)
          })
        }),
    )
  },
})
