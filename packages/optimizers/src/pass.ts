import {
  type BoundKernel,
  bind,
  createWorkspace,
  type Plan,
  type Precision,
  type Workspace,
  workspaceOf,
} from '@thalweg/kernels'
import { type CompiledRule, compile } from './notation/compile.ts'
import type { Program } from './notation/program.ts'
import { type ScalarProgram, scalarProgram } from './notation/scalars.ts'
import { precisionOf, type Vector } from './tensors.ts'

/** Elements that are staged at a time for arrays outside a workspace: a block of all operands stays in the L2 cache. */
const stagedElements = 4096

/** A rule's pass over memory, wherever the arrays lie. */
export interface Pass {
  /** The vector states, by name. */
  readonly vectors: readonly string[]
  /** The vector states at their initial values, beside the parameter. */
  initialVectors(parameter: Vector): Readonly<Record<string, Vector>>
  /** Updates parameter and states; `writeScalars` fills the numbers of the step. */
  run(
    parameter: Vector,
    gradient: Vector,
    states: Readonly<Record<string, Vector>>,
    writeScalars: WriteScalars,
  ): void
  /** Appends the update to a plan; the block must hold the step's numbers when the plan runs. */
  plan(plan: Plan, parameter: Vector, gradient: Vector, states: Readonly<Record<string, Vector>>): PlannedPass
}

/** Fills the block with the numbers that the program computes. */
type WriteScalars = (compute: ScalarProgram, block: Float64Array) => void

interface PlannedPass {
  readonly block: Float64Array
  readonly compute: ScalarProgram
}

interface Bound {
  readonly update: BoundKernel
  readonly block: Float64Array
}

interface Staging extends Bound {
  readonly arrays: readonly Vector[]
}

interface PassRule extends CompiledRule {
  readonly compute: ScalarProgram
}

/**
 * Compiles a rule once per precision, and binds it once per workspace. Binding takes 8 bytes a number of the rule from
 * the workspace, rounded up to cache lines.
 */
export function createPass(program: Program): Pass {
  const compiled = new Map<Precision, PassRule>()
  const bound = new WeakMap<Workspace, Map<Precision, Bound>>()
  const staging = new Map<Precision, Staging>()
  const states = program.states.filter((state) => state.shape === 'vector')
  const vectors = states.map((state) => state.name)

  function ruleFor(precision: Precision): PassRule {
    const known = compiled.get(precision)
    if (known !== undefined) return known
    const rule = compile(program, precision)
    const made = { ...rule, compute: scalarProgram(rule.scalars) }
    compiled.set(precision, made)
    return made
  }

  function boundTo(workspace: Workspace, precision: Precision): Bound {
    const byPrecision = bound.get(workspace) ?? new Map<Precision, Bound>()
    bound.set(workspace, byPrecision)
    const known = byPrecision.get(precision)
    if (known !== undefined) return known
    const { kernel, scalars } = ruleFor(precision)
    const { update } = bind(workspace, { update: kernel })
    const made = { update, block: workspace.f64(scalars.length) }
    byPrecision.set(precision, made)
    return made
  }

  function stagingFor(precision: Precision): Staging {
    const known = staging.get(precision)
    if (known !== undefined) return known
    const count = 2 + vectors.length
    const workspace = createWorkspace({ bytes: (count + 1) * (stagedElements * 8 + 1024) })
    const arrays = Array.from({ length: count }, () => workspace[precision](stagedElements))
    const made = { ...boundTo(workspace, precision), arrays }
    staging.set(precision, made)
    return made
  }

  return {
    vectors,

    initialVectors(parameter) {
      const workspace = workspaceOf(parameter)
      const precision = precisionOf(parameter)
      const entries = states.map((state) => {
        const { length } = parameter
        const vector =
          workspace?.[precision](length) ??
          (precision === 'f32' ? new Float32Array(length) : new Float64Array(length))
        return [state.name, vector.fill(state.initial)] as const
      })
      return Object.fromEntries(entries)
    },

    run(parameter, gradient, stateVectors, writeScalars) {
      const precision = precisionOf(parameter)
      const { compute } = ruleFor(precision)
      const arrays = [parameter, gradient, ...vectors.map((name) => stateVectors[name])]
      const workspace = workspaceOf(parameter)
      if (workspace !== undefined && arrays.every((array) => workspaceOf(array) === workspace)) {
        const { update, block } = boundTo(workspace, precision)
        writeScalars(compute, block)
        update(parameter.length, block.byteOffset, ...arrays.map((array) => array.byteOffset))
        return
      }
      const staged = stagingFor(precision)
      writeScalars(compute, staged.block)
      const addresses = staged.arrays.map((array) => array.byteOffset)
      for (let start = 0; start < parameter.length; start += stagedElements) {
        const end = Math.min(start + stagedElements, parameter.length)
        for (const [index, array] of arrays.entries()) staged.arrays[index].set(array.subarray(start, end))
        staged.update(end - start, staged.block.byteOffset, ...addresses)
        // The gradient, at 1, is only read.
        for (const [index, array] of arrays.entries()) {
          if (index !== 1) array.set(staged.arrays[index].subarray(0, end - start), start)
        }
      }
    },

    plan(plan, parameter, gradient, stateVectors) {
      const { kernel, scalars, compute } = ruleFor(precisionOf(parameter))
      const arrays = [parameter, gradient, ...vectors.map((name) => stateVectors[name])]
      if (arrays.some((array) => workspaceOf(array) !== plan.workspace)) {
        throw new TypeError("plan: parameters, gradient and state must lie in the plan's workspace")
      }
      const block = plan.workspace.f64(scalars.length)
      plan.call(kernel, parameter.length, block.byteOffset, ...arrays.map((array) => array.byteOffset))
      return { block, compute }
    },
  }
}
