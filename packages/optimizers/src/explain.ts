import { createOptimizer, type OptimizerSpec } from './create-optimizer.ts'
import { operandsOf, passesOf, vectorStates } from './notation/passes.ts'
import type { Optimizer } from './optimizer.ts'
import { specOf } from './runtime/rule-optimizer.ts'

/** One pass over memory: which arrays it reads and writes, each once. */
export interface PassExplanation {
  readonly reads: readonly string[]
  readonly writes: readonly string[]
  /** How many sums it gathers, which the next pass needs. */
  readonly sums: number
}

/** What a step of a rule does to memory. */
export interface Explanation {
  readonly passes: readonly PassExplanation[]
  /** Arrays of the parameters' length that live from step to step. */
  readonly states: readonly string[]
  /** States that are one number a tensor. */
  readonly numbers: readonly string[]
  /** Bytes that a step reads and writes, a parameter. */
  readonly bytesPerParameter: { readonly f32: number; readonly f64: number }
}

/**
 * The passes over memory that an optimizer takes in a step, with what each reads and writes. Throws TypeError for one
 * that is no rule, such as muon.
 *
 * @example explain(adam()).passes // [{ reads: ['w', 'gradient', 'first_moment', 'second_moment'], writes: [...], sums: 0 }]
 */
export function explain(optimizer: Optimizer | OptimizerSpec): Explanation {
  const made = 'init' in optimizer ? optimizer : createOptimizer(optimizer)
  const spec = specOf(made)
  if (spec === undefined) throw new TypeError(`${made.name} is no rule over coordinates`)
  const { program } = spec.code
  const operands = operandsOf(program)
  const passes = passesOf(program, operands)
    .map(({ reads, writes, sums }) => ({
      reads: reads.map((operand) => operand.name),
      writes: writes.map((operand) => operand.name),
      sums: sums.length,
    }))
    .filter(({ writes, sums }) => writes.length > 0 || sums > 0)
  const touched = passes.reduce((sum, { reads, writes }) => sum + reads.length + writes.length, 0)
  return {
    passes,
    states: vectorStates(program).map((state) => state.name),
    numbers: program.states.filter((state) => state.shape === 'scalar').map((state) => state.name),
    bytesPerParameter: { f32: 4 * touched, f64: 8 * touched },
  }
}
