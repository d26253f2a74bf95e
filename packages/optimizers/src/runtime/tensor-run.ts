import { type BoundKernel, elementBytes, type Plan, partOf, workspaceOf } from '@thalweg/kernels'
import { addNumber } from '../notation/between.ts'
import { vectorStates } from '../notation/passes.ts'
import type { Code, Compiled } from './code.ts'
import { stagingIn } from './staging.ts'
import type { TensorState } from './tensor-state.ts'
import { precisionOf, type Vector } from './tensors.ts'

/** One tensor's arrays together with the code that updates them. Calls go: `begin`, then each stage in order. */
export interface TensorRun {
  readonly parameter: Vector
  readonly gradient: Vector
  readonly state: TensorState
  readonly compiled: Compiled
  /** The step's numbers, to be filled before `begin`. */
  readonly hoisted: Float64Array
  begin(): void
  pass(stage: number): void
  /** Adds up what the pass summed. */
  collect(stage: number): void
  /** Computes what those sums feed. */
  derive(stage: number): void
  /** A number of the tensor's first block. */
  readonly numbers: Float64Array
}

/** The arrays of a tensor in the order of the kernels' operands. */
function arraysOf(code: Code, parameter: Vector, gradient: Vector, state: TensorState): Vector[] {
  return [parameter, gradient, ...vectorStates(code.program).map(({ name }) => state.vectors[name])]
}

/** Prepares a tensor for steps. The state is in a workspace; parameter and gradient may lie anywhere. */
export function createTensorRun(
  code: Code,
  parameter: Vector,
  gradient: Vector,
  state: TensorState,
): TensorRun {
  const precision = precisionOf(parameter)
  const compiled = code.compiled(precision)
  const home = workspaceOf(state.block)
  if (home === undefined) throw new TypeError('the state was not made by init or restore')
  const kernels = compiled.bound(home)
  const { stages } = compiled
  const [passes, collects, derives] = ['pass', 'collect', 'derive'].map((kind) =>
    stages.map((_, stage): BoundKernel | undefined => kernels[`${kind}${stage}`]),
  )
  const { numbersAt, blocksAt, blockBytes } = addresses(code, compiled, state)
  const { rows } = state
  const columns = parameter.length / rows
  const arrays = arraysOf(code, parameter, gradient, state)
  const foreign = arrays.map((array) => workspaceOf(array) !== home)
  const staging = foreign.some(Boolean) ? stagingIn(home, precision) : undefined
  const staged = (index: number): Vector | undefined =>
    foreign[index] ? (index === 0 ? staging?.parameter : staging?.gradient) : undefined
  // Refilled for every call, so that a step leaves nothing to collect.
  const values: number[] = Array.from({ length: 2 + arrays.length }, () => 0)

  function callPass(kernel: BoundKernel, count: number, unit: number, start: number): void {
    values[0] = count
    values[1] = blocksAt + unit * blockBytes
    for (let index = 0; index < arrays.length; index++) {
      const from = staged(index)
      values[2 + index] =
        from === undefined ? arrays[index].byteOffset + start * elementBytes[precision] : from.byteOffset
    }
    kernel(...values)
  }

  function stagedPass(stage: number, kernel: BoundKernel, unit: number): void {
    const { reads, writes } = compiled.stages[stage]
    const from = unit * columns
    const most = staging?.parameter.length ?? columns
    for (let start = from; start < from + columns; start += most) {
      const count = Math.min(most, from + columns - start)
      for (const index of [0, 1]) {
        const target = staged(index)
        if (target !== undefined && reads.includes(index)) {
          target.set(whole(arrays[index], start, count))
        }
      }
      callPass(kernel, count, unit, start)
      const source = staged(0)
      if (source !== undefined && writes.includes(0)) arrays[0].set(whole(source, 0, count), start)
    }
  }

  const offset = (blocksAt - state.block.byteOffset) / 8
  const { hoisted } = compiled.block
  return {
    parameter,
    gradient,
    state,
    compiled,
    hoisted: state.block.subarray(offset, offset + hoisted.length),
    numbers: state.block.subarray(offset),
    begin: () => kernels.begin?.(rows, blocksAt),
    pass(stage) {
      const kernel = passes[stage]
      if (kernel === undefined) return
      for (let unit = 0; unit < rows; unit++) {
        if (staging === undefined) callPass(kernel, columns, unit, unit * columns)
        else stagedPass(stage, kernel, unit)
      }
    },
    collect: (stage) => collects[stage]?.(rows, blocksAt),
    derive: (stage) => derives[stage]?.(rows, blocksAt, numbersAt),
  }
}

function whole(array: Vector, start: number, count: number): Vector {
  return start === 0 && count === array.length ? array : array.subarray(start, start + count)
}

function addresses(code: Code, compiled: Compiled, { block }: TensorState) {
  const scalars = code.program.states.filter((state) => state.shape === 'scalar').length
  return {
    numbersAt: block.byteOffset,
    blocksAt: block.byteOffset + 8 * scalars,
    blockBytes: 8 * compiled.block.length,
  }
}

/** Runs all stages over tensors, whose numbers are filled. */
export function runStages(runs: readonly TensorRun[]): void {
  const [first] = runs
  if (first === undefined) return
  if (!first.compiled.sharesSums) {
    for (const run of runs) {
      run.begin()
      for (let stage = 0; stage < run.compiled.stages.length; stage++) {
        run.pass(stage)
        if (run.compiled.stages[stage].between === undefined) continue
        run.collect(stage)
        run.derive(stage)
      }
    }
    return
  }
  for (const run of runs) run.begin()
  const { stages } = first.compiled
  for (let stage = 0; stage < stages.length; stage++) {
    const { between, exchanged } = stages[stage]
    for (const run of runs) run.pass(stage)
    if (between === undefined) continue
    for (const run of runs) run.collect(stage)
    for (const { part, whole: total } of exchanged) {
      let sum = 0
      for (const { numbers } of runs) sum += numbers[part]
      for (const { numbers } of runs) numbers[total] = sum
    }
    for (const run of runs) run.derive(stage)
  }
}

/** Elements that a thread's part of an update is a multiple of: several lines of the cache, of which none is shared. */
const partUnit = 256

/**
 * Appends all stages over tensors to a plan over the workspace in which their arrays lie, or to plans of threads: they
 * share a single pass, which needs nothing but its own place; else the first one does all. Each stretch of a tensor
 * between two `cuts` is shared by all.
 */
export function planStages(
  plans: readonly Plan[],
  code: Code,
  runs: readonly TensorRun[],
  cuts: readonly number[],
): void {
  const [first] = runs
  const shared = first?.compiled.stages.length === 1 && first.compiled.begin === undefined
  if (!shared) planAll(plans[0], code, runs)
  else for (const [index, plan] of plans.entries()) planPart(plan, code, runs, cuts, index, plans.length)
}

/** The arrays of tensors and their addresses; throws TypeError where they lie elsewhere. */
function placesIn(plan: Plan, code: Code, runs: readonly TensorRun[]) {
  return runs.map((run) => {
    const { parameter, gradient, state, compiled } = run
    const arrays = arraysOf(code, parameter, gradient, state)
    if ([...arrays, state.block].some((array) => workspaceOf(array) !== plan.workspace)) {
      throw new TypeError("plan: parameters, gradient and state must lie in the plan's workspace")
    }
    return { run, arrays, ...addresses(code, compiled, state), columns: parameter.length / state.rows }
  })
}

/** Appends a thread's part of the only pass. */
function planPart(
  plan: Plan,
  code: Code,
  runs: readonly TensorRun[],
  cuts: readonly number[],
  index: number,
  parts: number,
): void {
  for (const { run, arrays, blocksAt, blockBytes, columns } of placesIn(plan, code, runs)) {
    const [{ pass }] = run.compiled.stages
    if (pass === undefined) continue
    const ends = [...cuts.filter((cut) => cut < columns), columns]
    for (const [stretch, end] of ends.entries()) {
      const first = stretch === 0 ? 0 : ends[stretch - 1]
      const { start, count } = partOf(end - first, index, parts, partUnit)
      if (count === 0) continue
      for (let unit = 0; unit < run.state.rows; unit++) {
        const from = unit * columns + first + start
        const at = arrays.map((array) => array.byteOffset + from * array.BYTES_PER_ELEMENT)
        plan.call(pass, count, blocksAt + unit * blockBytes, ...at)
      }
    }
  }
}

function planAll(plan: Plan, code: Code, runs: readonly TensorRun[]): void {
  const placed = placesIn(plan, code, runs)
  const stages = placed[0]?.run.compiled.stages.length ?? 0
  for (const { run, blocksAt } of placed) {
    const { begin } = run.compiled
    if (begin !== undefined) plan.call(begin, run.state.rows, blocksAt)
  }
  for (let stage = 0; stage < stages; stage++) {
    for (const { run, arrays, blocksAt, blockBytes, columns } of placed) {
      const { pass } = run.compiled.stages[stage]
      if (pass === undefined) continue
      for (let unit = 0; unit < run.state.rows; unit++) {
        const at = arrays.map((array) => array.byteOffset + unit * columns * array.BYTES_PER_ELEMENT)
        plan.call(pass, columns, blocksAt + unit * blockBytes, ...at)
      }
    }
    for (const { run, blocksAt } of placed) {
      const { between } = run.compiled.stages[stage]
      if (between !== undefined) plan.call(between.collect, run.state.rows, blocksAt)
    }
    const [first, ...others] = placed
    for (const { part, whole: total } of first.run.compiled.stages[stage].exchanged) {
      const to = first.blocksAt + 8 * total
      for (const { blocksAt } of placed) plan.call(addNumber, blocksAt + 8 * part, to)
      // The others' own places are 0 since `begin`.
      for (const { blocksAt } of others) plan.call(addNumber, to, blocksAt + 8 * total)
    }
    for (const { run, blocksAt, numbersAt } of placed) {
      const { between } = run.compiled.stages[stage]
      if (between !== undefined) plan.call(between.derive, run.state.rows, blocksAt, numbersAt)
    }
  }
}
