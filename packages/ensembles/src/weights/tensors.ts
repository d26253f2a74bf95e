export type Tensor = Float32Array | Float64Array

/** A model's weights: one tensor, or tensors by name. */
export type Weights = Tensor | Readonly<Record<string, Tensor>>

/** Names, lengths and precisions of weights, in their order; a tensor without a name is named ''. */
export interface Layout {
  readonly single: boolean
  readonly tensors: ReadonlyMap<string, TensorLayout>
}

interface TensorLayout {
  readonly name: string
  readonly length: number
  readonly isSingle: boolean
}

const isTensor = (value: unknown): value is Tensor =>
  value instanceof Float32Array || value instanceof Float64Array

const kindOf = (isSingle: boolean): string => (isSingle ? 'a Float32Array' : 'a Float64Array')

/** How errors name a tensor. */
export const labelOf = (name: string): string => (name === '' ? 'the tensor' : `tensor '${name}'`)

/** The layout of weights. Throws TypeError for what is no weights, RangeError for none; `place` says whose they are. */
export function layoutOf(place: string, weights: Weights): Layout {
  if (isTensor(weights)) return { single: true, tensors: new Map([['', described('', weights)]]) }
  if (typeof weights !== 'object' || weights === null) {
    throw new TypeError(`${place}: weights must be a typed array, or such arrays by name, got ${weights}`)
  }
  const tensors = new Map<string, TensorLayout>()
  for (const [name, values] of Object.entries<unknown>(weights)) {
    if (!isTensor(values)) {
      throw new TypeError(`${place}: ${labelOf(name)} must be a Float32Array or a Float64Array`)
    }
    tensors.set(name, described(name, values))
  }
  if (tensors.size === 0) throw new RangeError(`${place}: weights must have at least one tensor, got none`)
  return { single: false, tensors }
}

const described = (name: string, values: Tensor): TensorLayout => ({
  name,
  length: values.length,
  isSingle: values instanceof Float32Array,
})

/** One tensor of weights, undefined where there is none of that name. */
export function tensorOf(weights: Weights, name: string): Tensor | undefined {
  if (isTensor(weights)) return name === '' ? weights : undefined
  return Object.hasOwn(weights, name) ? weights[name] : undefined
}

/** Throws TypeError or RangeError naming the first tensor that is not as the layout says. */
export function checkLayout(place: string, layout: Layout, weights: Weights): void {
  if (isTensor(weights) !== layout.single) {
    const expected = layout.single ? 'one typed array' : 'tensors by name'
    throw new TypeError(`${place}: weights must be ${expected}, as those before`)
  }
  for (const expected of layout.tensors.values()) {
    const label = labelOf(expected.name)
    const values = tensorOf(weights, expected.name)
    if (!isTensor(values)) throw new TypeError(`${place}: ${label} is missing`)
    const isSingle = values instanceof Float32Array
    if (isSingle !== expected.isSingle) {
      throw new TypeError(`${place}: ${label} must be ${kindOf(expected.isSingle)}, got ${kindOf(isSingle)}`)
    }
    if (values.length !== expected.length) {
      throw new RangeError(`${place}: ${label} must have length ${expected.length}, got ${values.length}`)
    }
  }
  if (layout.single) return
  for (const name in weights) {
    if (layout.tensors.has(name)) continue
    throw new TypeError(
      `${place}: unknown tensor '${name}'; there are: ${[...layout.tensors.keys()].join(', ')}`,
    )
  }
}

/** Throws RangeError naming the first number that is NaN or infinite. */
export function checkFinite(place: string, layout: Layout, weights: Weights): void {
  for (const { name } of layout.tensors.values()) {
    const values = tensorOf(weights, name)
    if (values === undefined) continue
    for (let index = 0; index < values.length; index++) {
      if (Number.isFinite(values[index])) continue
      throw new RangeError(`${place}: ${labelOf(name)} must be finite, got ${values[index]} at ${index}`)
    }
  }
}

/** New weights of a layout, all 0. */
export function zeros<W extends Weights>(layout: Layout): W {
  const entries = Array.from(layout.tensors.values(), ({ name, length, isSingle }) => {
    return [name, isSingle ? new Float32Array(length) : new Float64Array(length)] as const
  })
  return (layout.single ? entries[0][1] : Object.fromEntries(entries)) as W
}
