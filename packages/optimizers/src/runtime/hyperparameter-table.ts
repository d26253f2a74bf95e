import { canonicalName } from '../notation/names.ts'
import type { Range } from './hyperparameters.ts'
import type { Part } from './part.ts'

/** The hyper-parameters of an optimizer, whichever of its parts they belong to. */
export interface HyperparameterTable {
  readonly values: ReadonlyMap<string, number>
  readonly ranges: ReadonlyMap<string, Range>
  readonly flags: ReadonlySet<string>
  /** Hyper-parameters that no step can change. */
  readonly constants: ReadonlyMap<string, number>
}

/** The hyper-parameters of all parts in one table; throws TypeError where two parts have one of the same name. */
export function hyperparameterTable(name: string, parts: readonly Part[]): HyperparameterTable {
  const values = new Map<string, number>()
  const ranges = new Map<string, Range>()
  const constants = new Map<string, number>()
  for (const part of parts) {
    for (const [key, value] of part.values) {
      const owners = parts.filter((each) => each.values.has(key) && !isLeftOut(each, key))
      if (owners.length > 1) {
        const labels = owners.map(({ link }) => link.label).join(' and ')
        throw new TypeError(`${name}: ${labels} both have a hyper-parameter "${key}"`)
      }
      // What one part leaves out is another's to have.
      if (owners.length === 1 && owners[0] !== part) continue
      values.set(key, value)
      ranges.set(key, part.ranges.get(key) ?? {})
      const constant = part.link.constants?.get(key)
      if (constant !== undefined) constants.set(key, constant)
    }
  }
  for (const { link } of parts) {
    for (const key of link.inherits ?? []) {
      if (key === 'initialLearningRate') values.set(key, values.get('learningRate') ?? Number.NaN)
      else if (key !== 'isMatrix' && !values.has(key)) {
        throw new TypeError(`${name}: ${link.label} needs an optimizer with a hyper-parameter "${key}"`)
      }
    }
  }
  return { values, ranges, flags: new Set(parts.flatMap((part) => [...part.flags])), constants }
}

function isLeftOut({ link, flags }: Part, key: string): boolean {
  return link.constants?.get(key) === 0 && !flags.has(key)
}

/** A hyper-parameter as its owner spells it: a rule given as text may say `lr`. */
export function spelled(canonical: string, values: ReadonlyMap<string, number>): string | undefined {
  return [...values.keys()].find((key) => canonicalName(key) === canonical)
}
