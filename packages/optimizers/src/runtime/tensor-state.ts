import { type Precision, sharedWorkspace, type Workspace, workspaceBeside } from '@thalweg/kernels'
import type { StateVariable } from '../notation/program.ts'
import type { Code } from './code.ts'
import { stagedElements } from './staging.ts'
import { precisionOf, type Vector } from './tensors.ts'

/** What an optimizer keeps between steps for one tensor. */
export interface TensorState {
  /** Numbers in the tensor. */
  readonly length: number
  /** Arrays of the tensor's length and precision, by the name they have in the rule. */
  readonly vectors: Readonly<Record<string, Vector>>
  /** States that are one number a tensor, each an array of one f64. */
  readonly scalars: Readonly<Record<string, Float64Array>>
  /** How many rows the tensor has, where the rule works by rows; else 1. */
  readonly rows: number
  /** Its dimensions; one where none were given. */
  readonly shape: readonly number[]
  /** The numbers of the step under way, after the scalars; no state. */
  readonly block: Float64Array
}

/** A tensor to be trained, and its shape where that matters. */
export interface Tensor {
  readonly vector: Vector
  /** Rows of the tensor seen as a matrix: the first of its dimensions. */
  readonly rows: number
  readonly shape: readonly number[]
}

/** Bytes that arrays take at most beside their elements. */
const slackBytes = 1024

/** Staging of a parameter and a gradient that lie elsewhere, beside the state. */
const stagingBytes = 2 * (8 * stagedElements + slackBytes)

/**
 * The state of tensors before the first step. It lies in the workspace of the parameters if they are in one, else in a
 * shared one with room for all of it: kernels work on states where they lie, and only foreign parameters and gradients
 * are copied.
 */
export function createTensorStates(
  code: Code,
  tensors: Readonly<Record<string, Tensor>>,
  hyperparameters: (tensor: string, shape: readonly number[]) => Float64Array,
): Record<string, TensorState> {
  const { states } = code.program
  const vectors = states.filter((state) => state.shape === 'vector')
  const entries = Object.entries(tensors).map(([name, { vector, rows, shape }]) => {
    const length = blockLength(code, vector, rows)
    const bytes = vectors.length * (vector.byteLength + slackBytes) + 8 * length + slackBytes
    const workspace = workspaceBeside(vector, bytes + stagingBytes) ?? sharedWorkspace(bytes + stagingBytes)
    const state = createTensorState({ states, workspace, vector, rows, shape, length })
    const own = hyperparameters(name, shape)
    fillInitial(state, states, vector, (each) => own[code.program.hyperparameters.indexOf(each)])
    return [name, state] as const
  })
  return Object.fromEntries(entries)
}

function blockLength(code: Code, vector: Vector, rows: number): number {
  const scalars = code.program.states.filter((state) => state.shape === 'scalar').length
  return scalars + rows * code.compiled(precisionOf(vector)).block.length
}

interface Layout {
  readonly states: readonly StateVariable[]
  readonly workspace: Workspace
  readonly vector: Vector
  readonly rows: number
  readonly shape: readonly number[]
  readonly length: number
}

function createTensorState({ states, workspace, vector, rows, shape, length }: Layout): TensorState {
  const precision: Precision = precisionOf(vector)
  const block = workspace.f64(length)
  const scalarNames = states.filter((state) => state.shape === 'scalar').map((state) => state.name)
  return {
    vectors: Object.fromEntries(
      states
        .filter((state) => state.shape === 'vector')
        .map((state) => [state.name, workspace[precision](vector.length)]),
    ),
    scalars: Object.fromEntries(scalarNames.map((name, index) => [name, block.subarray(index, index + 1)])),
    length: vector.length,
    rows,
    shape,
    block,
  }
}

function fillInitial(
  { vectors, scalars }: TensorState,
  states: readonly StateVariable[],
  parameter: Vector,
  numberNamed: (hyperparameter: string) => number,
): void {
  for (const { name, initial, shape } of states) {
    if (initial.kind === 'parameter') {
      vectors[name].set(parameter)
      continue
    }
    const value = initial.kind === 'number' ? initial.value : numberNamed(initial.name)
    if (shape === 'scalar') scalars[name][0] = value
    else if (value !== 0) vectors[name].fill(value)
  }
}
