import { checkHyperparameter, type Range, rangeOf } from './hyperparameters.ts'
import { lower } from './notation/lower.ts'
import { parse } from './notation/parse.ts'
import { type Optimizer, ruleOptimizer } from './optimizer.ts'
import { createPass } from './pass.ts'

/** An optimizer as its author writes it: the paper's equation, and the defaults of its hyper-parameters. */
export interface RuleDefinition<H extends string = string> {
  readonly name: string
  /** Where the equation comes from. */
  readonly source: string
  readonly hyperparameters: Readonly<Record<H, number>>
  /** Ranges of hyper-parameters; by default those that the names have in all optimizers, `(-∞, ∞)` for other names. */
  readonly ranges?: Readonly<Partial<Record<H, Range>>>
  /** The update, in the notation. */
  readonly rule: string
}

/** An optimizer's constructor: hyper-parameters by name, each with its default. */
export interface OptimizerConstructor<H extends string = string> {
  (hyperparameters?: Readonly<Partial<Record<H, number>>>): Optimizer
  readonly definition: RuleDefinition<H>
}

/**
 * Turns an update rule into an optimizer.
 *
 * The rule is read at once: RuleError tells line, column and what was expected. The constructor throws RangeError
 * naming parameter, range and value, and TypeError for a hyper-parameter that the rule does not have.
 *
 * @example
 * const sgd = defineRule({ name: 'sgd', source: '', hyperparameters: { learningRate: 0.1 }, rule: 'w -= lr * g' })
 * sgd({ learningRate: 0.5 })
 */
export function defineRule<const H extends string>(definition: RuleDefinition<H>): OptimizerConstructor<H> {
  const defaults = new Map<string, number>(Object.entries<number>(definition.hyperparameters))
  const program = lower(parse(definition.rule), [...defaults.keys()])
  const ranges = new Map([...defaults.keys()].map((name) => [name, rangeOf(name)]))
  if (definition.ranges !== undefined) {
    ranges.clear()
    for (const [name, range] of Object.entries<Range | undefined>(definition.ranges))
      ranges.set(name, range ?? {})
  }
  // Shared by all optimizers of the rule: its code is emitted once, and a workspace holds one block of its numbers.
  const pass = createPass(program)
  const construct = (given?: Readonly<Partial<Record<H, number>>>): Optimizer => {
    const values = new Map(defaults)
    for (const [name, value] of Object.entries<number | undefined>(given ?? {})) {
      if (!defaults.has(name)) {
        const known = [...defaults.keys()].join(', ')
        throw new TypeError(`${definition.name}: unknown hyper-parameter "${name}"; there are: ${known}`)
      }
      if (value !== undefined) values.set(name, value)
    }
    for (const [name, value] of values)
      checkHyperparameter(definition.name, name, value, ranges.get(name) ?? {})
    return ruleOptimizer(definition.name, program, pass, { values, ranges })
  }
  return Object.assign(construct, { definition })
}
