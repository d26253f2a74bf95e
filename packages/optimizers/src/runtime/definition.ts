import type { Convention } from '../convention.ts'
import { checkHyperparameter, type Range } from './hyperparameters.ts'

/** Numbers, and flags that shape the rule. */
export type Defaults = Readonly<Record<string, number | boolean>>

/** How another source writes the same optimizer: other defaults, another rule, or both. */
export interface Variant<D extends Defaults = Defaults> {
  readonly hyperparameters?: Readonly<{ [H in keyof D]?: Value<D[H]> }>
  readonly rule?: string
}

/** A hyper-parameter's type by its default. */
export type Value<T> = T extends boolean ? boolean : number

/**
 * An optimizer as its author writes it: the paper's equation, and the defaults of its hyper-parameters.
 *
 * A flag (a hyper-parameter that is true or false), and a number that keeps its default of 0, are known for good when
 * the optimizer is made: what they leave out of the rule costs nothing, and no step can change them.
 */
export interface RuleDefinition<D extends Defaults = Defaults> {
  /** Also what saved states are known by: rules of one name take each other's. */
  readonly name: string
  /** Where the equation comes from. */
  readonly source: string
  readonly hyperparameters: D
  /** Ranges of hyper-parameters; by default those that the names have in all optimizers, `(-∞, ∞)` for other names. */
  readonly ranges?: Readonly<{ [H in keyof D]?: Range }>
  /** The update, in the notation. */
  readonly rule: string
  /** Whose form `rule` is; needed where there are `conventions`. */
  readonly convention?: Convention
  /** The forms of others. An empty one is the same as `rule`. */
  readonly conventions?: Readonly<{ [C in Convention]?: Variant<D> }>
  /** The state that holds the parameters to evaluate, where they are not those that are trained. */
  readonly evaluation?: string
}

/** The form of a convention; throws TypeError listing those there are. */
export function variantOf<D extends Defaults>(
  { name, convention: own, conventions: others = {} }: RuleDefinition<D>,
  convention: unknown,
): Variant<D> {
  if (convention === own || convention === undefined) return {}
  const found = Object.entries<Variant<D> | undefined>(others).find(([each]) => each === convention)
  if (found?.[1] !== undefined) return found[1]
  const known = [...(own === undefined ? [] : [own]), ...Object.keys(others)]
  const list = known.length === 0 ? 'it has one form only' : `there are: ${known.join(', ')}`
  throw new TypeError(`${name}: unknown convention "${String(convention)}"; ${list}`)
}

export interface CheckedValues {
  readonly values: ReadonlyMap<string, number>
  readonly flags: ReadonlySet<string>
}

/** Hyper-parameters as given or by default, flags as 1 or 0; throws for what is unknown or out of range. */
export function checkedValues(
  { name, hyperparameters }: Pick<RuleDefinition, 'name' | 'hyperparameters'>,
  variant: Variant,
  ranges: ReadonlyMap<string, Range>,
  given: Readonly<Record<string, unknown>>,
): CheckedValues {
  if (typeof given !== 'object' || given === null) {
    throw new TypeError(`${name}: hyper-parameters must be an object, got ${String(given)}`)
  }
  const defaults = new Map<string, unknown>(
    Object.entries({ ...hyperparameters, ...variant.hyperparameters }),
  )
  for (const key of Object.keys(given)) {
    if (defaults.has(key)) continue
    const known = [...defaults.keys()].join(', ')
    throw new TypeError(`${name}: unknown hyper-parameter "${key}"; there are: ${known}`)
  }
  const values = new Map<string, number>()
  const flags = new Set<string>()
  for (const [key, standard] of defaults) {
    // Names from outside may be those of an object's own: constructor.
    const value = Object.hasOwn(given, key) && given[key] !== undefined ? given[key] : standard
    if (typeof standard === 'boolean') {
      if (typeof value !== 'boolean') {
        throw new TypeError(`${name}: ${key} must be true or false, got ${String(value)}`)
      }
      flags.add(key)
      values.set(key, Number(value))
    } else {
      checkHyperparameter(name, key, value, ranges.get(key) ?? {})
      values.set(key, value)
    }
  }
  return { values, flags }
}
