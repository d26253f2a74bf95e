import { createPlan, createWorkspace, type Precision, wasmProducts } from '@thalweg/kernels'
import { finiteDifference, guarded, sequence } from '@thalweg/testing'
import { expect } from 'vitest'
import type { Arena } from './arena.ts'
import type { Layer, PlanContext, TensorSpec } from './layer.ts'
import { type Shape, sizeOf } from './shape.ts'

type Vector = Float32Array | Float64Array

export interface AloneOptions {
  readonly precision?: Precision
  /** Samples that are planned, and those that there is room for. */
  readonly rows: number
  readonly capacity?: number
  readonly mode?: PlanContext['mode']
  readonly updatesStatistics?: boolean
}

/** One layer without a model, filled with fixed numbers. */
export interface Alone {
  readonly outputShape: Shape
  /** Of the rows planned. */
  readonly input: Vector
  readonly output: Vector
  readonly outputGradient: Vector
  readonly inputGradient: Vector
  readonly tensors: Readonly<Record<string, Vector>>
  readonly tensorGradients: Readonly<Record<string, Vector>>
  readonly statistics: Readonly<Record<string, Vector>>
  readonly forward: () => void
  /** Both passes; nothing may be written beside what the layer asked for. Outputs' gradients are put back before. */
  readonly both: () => void
}

/** More than any of the layers here needs. */
const workspaceBytes = 1 << 25

export function layAlone(layer: Layer, shape: Shape, options: AloneOptions): Alone {
  const { precision = 'f64', rows, capacity = rows, mode = 'train', updatesStatistics = true } = options
  const laid = layer.lay(shape)
  const workspace = createWorkspace({ bytes: workspaceBytes })
  const filled = (length: number, seed: number, factor = 1): Vector => {
    const array = workspace[precision](length)
    array.set(sequence(length, seed).map((value) => factor * value))
    return array
  }
  const named = (specs: readonly TensorSpec[], from: (length: number, seed: number) => Vector) =>
    Object.fromEntries(specs.map(({ name, shape }, index) => [name, from(sizeOf(shape), 11 + index)]))
  const tensors = named(laid.tensors, (length, seed) => filled(length, seed))
  // Where nothing is written what was there must not be taken for a result.
  const tensorGradients = named(laid.tensors, (length) => workspace[precision](length).fill(Number.NaN))
  const statistics = named(laid.statistics, (length, seed) => filled(length, seed).map(Math.abs))
  const counted = named(laid.statistics, (length) => workspace[precision](length))
  for (const [name, values] of Object.entries(statistics)) counted[name].set(values)
  const [inputs, outputs] = [rows * sizeOf(shape), rows * sizeOf(laid.outputShape)]
  const input = filled(inputs, 1)
  const output = laid.inPlace ? input : workspace[precision](outputs).fill(Number.NaN)
  const outputGradient = workspace[precision](outputs)
  const inputGradient = laid.inPlace ? outputGradient : workspace[precision](inputs).fill(Number.NaN)
  // What the layer asks for has guards on both sides.
  const own: ReturnType<typeof guarded>[] = []
  const take = (length: number): number => {
    const array = guarded(workspace, precision, new Float64Array(length))
    own.push(array)
    return array.address
  }
  const most = { scratch: 0, productScratch: 0 }
  const arena: Arena = {
    array: take,
    integers: (length) => workspace.i32(length).byteOffset,
    mask: (rows, features) => take(rows * features),
    scratch(length) {
      most.scratch = Math.max(most.scratch, length)
    },
    product(m, n, k) {
      most.productScratch = Math.max(most.productScratch, wasmProducts.scratchLength(precision, { m, n, k }))
    },
  }
  const placed = laid.place(arena, capacity, true)
  const plan = createPlan(workspace)
  const context: PlanContext = {
    plan,
    precision,
    rows,
    batchRows: rows,
    mode,
    updatesStatistics,
    scratch: take(most.scratch),
    products: wasmProducts,
    productScratch: take(most.productScratch),
  }
  const arrays = {
    input: input.byteOffset,
    output: output.byteOffset,
    tensors: (name: string) => tensors[name].byteOffset,
    statistics: (name: string) => counted[name].byteOffset,
  }
  placed.forward(context, arrays)
  const forward = plan.compile()
  placed.backward(context, {
    ...arrays,
    outputGradient: outputGradient.byteOffset,
    inputGradient: inputGradient.byteOffset,
    tensorGradients: (name: string) => tensorGradients[name].byteOffset,
  })
  const run = plan.compile()
  return {
    outputShape: laid.outputShape,
    input,
    output,
    outputGradient,
    inputGradient,
    tensors,
    tensorGradients,
    statistics: counted,
    forward,
    both() {
      outputGradient.set(weightsOf(outputs))
      run()
      expect(own.every((array) => array.intact())).toBe(true)
    },
  }
}

/** What outputs are multiplied by to make one number of them. */
function weightsOf(outputs: number): Float64Array {
  return sequence(outputs, 5).map((value) => value / Math.sqrt(outputs))
}

/** Expects every gradient of sum_i weights_i y_i, by the input and by the tensors, to be that of central differences. */
export function expectGradients(layer: Layer, shape: Shape, options: AloneOptions): void {
  const alone = layAlone(layer, shape, options)
  alone.both()
  const weights = weightsOf(alone.output.length)
  const objective = (): number => {
    alone.forward()
    return weights.reduce((sum, weight, index) => sum + weight * alone.output[index], 0)
  }
  const pairs = [
    ['input', alone.input, alone.inputGradient],
    ...Object.keys(alone.tensors).map(
      (name) => [name, alone.tensors[name], alone.tensorGradients[name]] as const,
    ),
  ] as const
  for (const [name, array, gradient] of pairs) {
    const numeric = finiteDifference(objective, array as Float64Array)
    const worst = numeric.reduce((most, value, index) => Math.max(most, Math.abs(value - gradient[index])), 0)
    expect(worst, `gradient of ${name}`).toBeLessThan(1e-9)
    expect(numeric.some((value) => Math.abs(value) > 1e-4)).toBe(true)
  }
}

/** Expects outputs and gradients in f32 to be those in f64 within `tolerance` of 1 or of the largest in their array. */
export function expectSameInF32(layer: Layer, shape: Shape, options: AloneOptions, tolerance = 1e-5): void {
  const [narrow, wide] = (['f32', 'f64'] as const).map((precision) => {
    const alone = layAlone(layer, shape, { ...options, precision })
    // The same numbers in both.
    alone.input.set(Float32Array.from(alone.input))
    for (const tensor of Object.values(alone.tensors)) tensor.set(Float32Array.from(tensor))
    alone.both()
    const { output, inputGradient, tensorGradients } = alone
    return [output, inputGradient, ...Object.values(tensorGradients)]
  })
  for (const [index, array] of narrow.entries()) {
    let [worst, largest] = [0, 1]
    for (const [place, value] of array.entries()) {
      worst = Math.max(worst, Math.abs(value - wide[index][place]))
      largest = Math.max(largest, Math.abs(wide[index][place]))
    }
    expect(worst).toBeLessThan(tolerance * largest)
  }
}
