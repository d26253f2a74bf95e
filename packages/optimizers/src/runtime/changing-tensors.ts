import { allocate } from '@thalweg/kernels'
import type { Optimizer, OptimizerState, Overrides } from '../optimizer.ts'
import type { SavedState } from './saved-state.ts'
import { isVector, type Vector } from './tensors.ts'

interface ShapedTensor {
  readonly values: Float32Array
  readonly shape: readonly number[]
}

/** Tensors by name, each with its gradient. */
type Gradients = ReadonlyMap<string, ShapedTensor & { readonly gradient: Float32Array }>

/**
 * An optimizer and its state for tensors that come and go, as when layers are frozen and thawed. Every tensor has steps
 * of its own: one that joins late starts from 0. A state whose tensor comes in other company than at its last step is
 * moved by saving and restoring it, which takes as long as many steps.
 */
export interface ChangingTensors {
  /** The tensors' next values, valid until the next call; throws TypeError for a tensor that changed its length. */
  update(tensors: Gradients, overrides: Overrides | undefined): ReadonlyMap<string, Float32Array>
  /** The state of every tensor that was ever updated. */
  save(): Readonly<Record<string, SavedState>>
  /** Takes a saved state in place of the present one; throws TypeError for one that does not fit, and changes nothing. */
  restore(saved: Readonly<Record<string, SavedState>>, tensors: ReadonlyMap<string, ShapedTensor>): void
  evaluationParameters(): Readonly<Record<string, Vector>> | undefined
  clear(): void
}

type Arrays = Readonly<Record<string, Float32Array>>

/**
 * The tensors of one call of `step`. It holds the state of those that are at the same step; the others stand by as
 * copies whose fate does not matter, because a global norm must see their gradients.
 */
interface Cohort {
  readonly parameters: Arrays
  readonly gradients: Arrays
  readonly state: OptimizerState
}

/** Tensors have their outputs in the last dimension, as in Keras. */
export function createChangingTensors(optimizer: Optimizer): ChangingTensors {
  const cohorts = new Map<string, Cohort>()
  /** Where the state of a tensor is. */
  const homes = new Map<string, Cohort>()

  function createCohort(tensors: ReadonlyMap<string, ShapedTensor>, init = optimizer.init): Cohort {
    const arrays = (): Arrays =>
      Object.fromEntries([...tensors].map(([name, { values }]) => [name, allocate(values.length)]))
    const cohort = { parameters: arrays(), gradients: arrays() }
    for (const [name, { values }] of tensors) cohort.parameters[name].set(values)
    const shapes = Object.fromEntries([...tensors].map(([name, { shape }]) => [name, shape]))
    return { ...cohort, state: init(cohort.parameters, { shapes, outputs: 'last' }) }
  }

  /** The cohort in which `own` tensors are stepped; their states move there from where they are. */
  function cohortOf(tensors: Gradients, own: readonly string[]): Cohort {
    const key = keyOf(tensors, own)
    const known = cohorts.get(key)
    if (known !== undefined && own.every((name) => homes.get(name) === known)) return known
    const cohort = createCohort(tensors, (parameters, options) => {
      const fresh = optimizer.init(parameters, options)
      const moved = savedOf(own)
      if (moved.size === 0) return fresh
      const [{ step }] = moved.values()
      const states = [optimizer.save(fresh), ...moved.values()].map((saved) => saved.tensors)
      const saved = { optimizer: fresh.optimizer, step, tensors: Object.assign({}, ...states) }
      return optimizer.restore(saved, parameters, options)
    })
    cohorts.set(key, cohort)
    for (const name of own) homes.set(name, cohort)
    const used = new Set(homes.values())
    for (const [each, other] of cohorts) if (!used.has(other)) cohorts.delete(each)
    return cohort
  }

  /** The states of those tensors that have one, each by itself. */
  function savedOf(names: Iterable<string>): ReadonlyMap<string, SavedState> {
    const whole = new Map<Cohort, SavedState>()
    const parts = new Map<string, SavedState>()
    for (const name of names) {
      const home = homes.get(name)
      if (home === undefined) continue
      const saved = whole.get(home) ?? optimizer.save(home.state)
      whole.set(home, saved)
      const tensors = Object.entries(saved.tensors).filter(([each]) => each === name)
      parts.set(name, { ...saved, tensors: Object.fromEntries(tensors) })
    }
    return parts
  }

  function load(name: string, array: Float32Array, values: Float32Array): void {
    if (values.length !== array.length) {
      throw new TypeError(
        `${optimizer.name}: ${name} must have ${array.length} elements, got ${values.length}`,
      )
    }
    array.set(values)
  }

  return {
    update(tensors, overrides) {
      const updated = new Map<string, Float32Array>()
      for (const own of Map.groupBy(tensors.keys(), (name) => homes.get(name)?.state.step ?? 0).values()) {
        const { parameters, gradients, state } = cohortOf(tensors, own)
        for (const [name, { values, gradient }] of tensors) {
          load(name, parameters[name], values)
          load(`the gradient of ${name}`, gradients[name], gradient)
        }
        optimizer.step(parameters, gradients, state, overrides)
        for (const name of own) updated.set(name, parameters[name])
      }
      return updated
    },

    save: () => Object.fromEntries(savedOf(homes.keys())),

    restore(saved, tensors) {
      const all = Object.assign({}, ...Object.values(saved).map((each) => each.tensors))
      const restored = [...Map.groupBy(Object.keys(saved), (name) => saved[name].step).values()].map(
        (own) => {
          const group = { ...saved[own[0]], tensors: all }
          const init: typeof optimizer.init = (parameters, options) =>
            optimizer.restore(group, parameters, options)
          return [own, createCohort(tensors, init)] as const
        },
      )
      this.clear()
      for (const [own, cohort] of restored) {
        cohorts.set(keyOf(tensors, own), cohort)
        for (const name of own) homes.set(name, cohort)
      }
    },

    evaluationParameters() {
      const averages = [...homes].map(([name, { state }]) => {
        const average = optimizer.evaluationParameters(state)
        return average === undefined || isVector(average) ? [] : [[name, average[name]] as const]
      })
      return averages.some((each) => each.length > 0) ? Object.fromEntries(averages.flat()) : undefined
    },

    clear() {
      cohorts.clear()
      homes.clear()
    },
  }
}

function keyOf(tensors: ReadonlyMap<string, unknown>, own: readonly string[]): string {
  return JSON.stringify([[...tensors.keys()], own])
}
