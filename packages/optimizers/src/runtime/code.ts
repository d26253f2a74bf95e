import { type BoundKernel, bind, type Kernel, type Precision, type Workspace } from '@thalweg/kernels'
import { type CompiledRule, compile } from '../notation/compile.ts'
import type { Program } from '../notation/program.ts'
import { type ScalarProgram, scalarProgram } from '../notation/scalars.ts'

/** A program's kernels for one precision, and the numbers they need before they run. */
export interface Compiled extends CompiledRule {
  readonly hoist: ScalarProgram
  /** Whether a sum is over all tensors, so that their stages must go side by side. */
  readonly sharesSums: boolean
  /** The kernels by name, bound to a workspace: emitted once a workspace. */
  bound(workspace: Workspace): Readonly<Record<string, BoundKernel>>
}

/** A program as code: emitted when it is first needed, once per precision. */
export interface Code {
  readonly program: Program
  readonly relaxedMultiplyAdd: boolean
  compiled(precision: Precision): Compiled
}

/** A program, to be compiled when its first step is taken. */
export function createCode(program: Program, relaxedMultiplyAdd: boolean): Code {
  const byPrecision = new Map<Precision, Compiled>()
  return {
    program,
    relaxedMultiplyAdd,
    compiled(precision) {
      const known = byPrecision.get(precision)
      if (known !== undefined) return known
      const rule = compile(program, { precision, relaxedMultiplyAdd })
      const bindings = new WeakMap<Workspace, Readonly<Record<string, BoundKernel>>>()
      const made: Compiled = {
        ...rule,
        hoist: scalarProgram(rule.block.hoisted, program.hyperparameters),
        sharesSums: rule.stages.some(({ exchanged }) => exchanged.length > 0),
        bound(workspace) {
          const bound = bindings.get(workspace) ?? bind(workspace, kernelsOf(rule))
          bindings.set(workspace, bound)
          return bound
        },
      }
      byPrecision.set(precision, made)
      return made
    },
  }
}

function kernelsOf({ begin, stages }: CompiledRule): Record<string, Kernel> {
  const kernels: Record<string, Kernel> = {}
  if (begin !== undefined) kernels.begin = begin
  for (const [index, { pass, between }] of stages.entries()) {
    if (pass !== undefined) kernels[`pass${index}`] = pass
    if (between !== undefined) {
      kernels[`collect${index}`] = between.collect
      kernels[`derive${index}`] = between.derive
    }
  }
  return kernels
}
