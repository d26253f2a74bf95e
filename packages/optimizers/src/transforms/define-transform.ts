import { lower } from '../notation/lower.ts'
import { parse } from '../notation/parse.ts'
import type { Link } from '../notation/variables.ts'
import { checkHyperparameter, type Range } from '../runtime/hyperparameters.ts'
import { madeOf, type Part, type Transform } from '../runtime/part.ts'
import type { Vector } from '../runtime/tensors.ts'

/** A transform as its author writes it: a rule over the gradient, before the optimizer, or over w, after it. */
interface TransformDefinition<H extends string> {
  readonly name: string
  readonly source: string
  readonly on: Transform['on']
  readonly ranges: Readonly<Record<H, Range>>
  /** Besides w, the gradient and t: `start`, w before the step. */
  readonly rule: string
  /** What `sum mean norm dot` are over: each row of a tensor of two dimensions and more, or the tensor. */
  readonly scope?: 'row' | 'tensor'
  /** What it reads of the optimizer: `learningRate`, `initialLearningRate`; or of the tensor: `isMatrix`. */
  readonly inherits?: readonly string[]
  readonly evaluation?: string
  readonly inputs?: readonly string[]
}

/** The constructor of a transform from the values of its hyper-parameters; throws RangeError for one out of range. */
export function defineTransform<const H extends string>(definition: TransformDefinition<H>) {
  const { name, on, scope = 'tensor', inherits = [], evaluation, inputs = [] } = definition
  const ranges = new Map(Object.entries<Range>(definition.ranges))
  const link: Link = {
    label: name,
    rule: parse(definition.rule),
    hyperparameters: [...ranges.keys()],
    inherits,
    transform: true,
    scope,
    inputs,
    keeps: evaluation === undefined ? [] : [evaluation],
  }
  lower([link])
  return (given: Readonly<Record<H, number>>, fill?: (vector: Vector, step: number) => void): Transform => {
    const values = new Map(Object.entries<number>(given))
    for (const [key, range] of ranges) checkHyperparameter(name, key, values.get(key), range)
    const part: Part = { identity: name, link, values, flags: new Set(), ranges, evaluation, fill }
    return madeOf({ name, on }, [part])
  }
}
