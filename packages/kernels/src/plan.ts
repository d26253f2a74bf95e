import { type AnyFunction, call, type EmittedFunction, f32, f64, func, i32 } from './assembler/index.ts'
import { type HostKernel, instantiate, type Kernel } from './kernel.ts'
import type { Workspace } from './workspace.ts'

/**
 * A fixed list of kernel calls over one workspace, emitted as one function: a whole training step is a single call
 * from JavaScript. What changes from step to step (a learning rate, the rows of a batch) lies in memory.
 */
export interface Plan {
  readonly workspace: Workspace
  /** The calls so far, for people. */
  readonly calls: readonly { readonly kernel: string; readonly values: readonly number[] }[]
  /** Appends a call. Throws TypeError when the kernel takes another number of values. */
  call(kernel: Kernel | HostKernel, ...values: number[]): void
  /** Everything called so far, as one function without parameters. */
  emit(): EmittedFunction
  /** `emit`, compiled. */
  compile(): () => void
}

/** An empty plan. */
export function createPlan(workspace: Workspace): Plan {
  const entries: { readonly kernel: Kernel | HostKernel; readonly values: readonly number[] }[] = []
  const plan: Plan = {
    workspace,
    get calls() {
      return entries.map(({ kernel, values }) => ({ kernel: kernel.name, values }))
    },
    call(kernel, ...values) {
      const { length } = kernel.func.type.args
      if (values.length !== length) {
        throw new TypeError(`${kernel.name} takes ${length} values, got ${values.length}`)
      }
      entries.push({ kernel, values })
    },
    emit: () =>
      func({ in: [], out: [] }, () => {
        for (const { kernel, values } of entries) {
          for (const [index, value] of values.entries()) push(kernel.func, index, value)
          call(kernel.func)
        }
      }),
    compile: () => instantiate<'run'>(workspace, { run: plan.emit() }).run,
  }
  return plan
}

function push(kernel: AnyFunction, index: number, value: number): void {
  const type = kernel.type.args[index]
  if (type === 'f64') f64.const(value)
  else if (type === 'f32') f32.const(value)
  else i32.const(value)
}
