import type { Convention } from '../convention.ts'
import { canonicalName } from '../notation/names.ts'
import { vectorStates } from '../notation/passes.ts'
import type { Program } from '../notation/program.ts'
import { type ScalarInputs, scalarProgram } from '../notation/scalars.ts'
import type { InitOptions, Optimizer, OptimizerState, Overrides } from '../optimizer.ts'
import type { Code } from './code.ts'
import { type Group, treatments } from './groups.ts'
import { hyperparameterTable, spelled } from './hyperparameter-table.ts'
import { checkHyperparameter } from './hyperparameters.ts'
import { madeOf, type Part } from './part.ts'
import { restoreState, savedOptions, saveState } from './saved-state.ts'
import { isSame, nothingSeen, type SeenArrays, seenArrays } from './seen-arrays.ts'
import { createTensorRun, planStages, runStages, type TensorRun } from './tensor-run.ts'
import { createTensorStates } from './tensor-state.ts'
import {
  checkAlike,
  checkApart,
  checkLengths,
  checkNames,
  checkShapeNames,
  flatName,
  named,
  type Parameters,
  shapeOf,
  type Vector,
} from './tensors.ts'

export interface RuleOptimizer {
  readonly name: string
  /** What the state's arrays mean: a state of another identity is refused. */
  readonly identity: string
  readonly parts: readonly Part[]
  /** The parts' program; may be shared by optimizers that differ in the values of hyper-parameters. */
  readonly code: Code
  readonly groups?: readonly Group[]
  readonly convention?: Convention | undefined
}

/** A tensor ready to be stepped, and what its numbers are computed from. */
interface NamedRun {
  readonly tensor: string
  readonly run: TensorRun
  readonly inputs: ScalarInputs
  /** Its own hyper-parameters, where a group or its shape changes them. */
  readonly own: Float64Array | undefined
}

/** The runs of a state's tensors, kept while the same arrays come again. */
interface Runs {
  named: readonly NamedRun[]
  list: readonly TensorRun[]
  parameters: SeenArrays
  gradient: SeenArrays
}

/** The optimizer of rules that run one after the other. */
export function ruleOptimizer(spec: RuleOptimizer): Optimizer {
  const { name, identity, parts, code, groups = [] } = spec
  const { values, ranges, flags, constants } = hyperparameterTable(name, parts)
  const treatmentOf = treatments(name, groups)
  const rateName = spelled('learningrate', values)
  const decayName = spelled('weightdecay', values)
  const { program } = code
  const scalarStates = program.states.filter((state) => state.shape === 'scalar')
  // Numbers that sums feed move on in memory, between the passes.
  const stepped = scalarStates.filter((state) => state.next.level === 0)
  const nextScalars = scalarProgram(
    stepped.map((state) => state.next),
    program.hyperparameters,
  )
  const nextValues = new Float64Array(stepped.length)
  const byRows = parts.some(({ link }) => link.scope === 'row')
  const evaluation = parts.map((part) => evaluatedState(part, program)).findLast((each) => each !== undefined)
  const fills = parts.flatMap(({ fill, link }) =>
    fill === undefined ? [] : [{ fill, inputs: link.inputs ?? [] }],
  )
  const running = new WeakMap<OptimizerState, Runs>()

  // What a step computes from: by place, in arrays that are refilled, so that a training loop leaves nothing to collect.
  const base = Float64Array.from(program.hyperparameters, (each) => values.get(each) ?? Number.NaN)
  const overridden = Float64Array.from(base)
  const placeOf = new Map(program.hyperparameters.map((each, index) => [each, index]))
  const ratePlace = rateName === undefined ? undefined : placeOf.get(rateName)
  const decayPlace = decayName === undefined ? undefined : placeOf.get(decayName)
  const initialRatePlace = placeOf.get('initialLearningRate')
  const matrixPlace = placeOf.get('isMatrix')

  function withOverrides(overrides: Overrides | undefined): Float64Array {
    if (overrides === undefined) return base
    overridden.set(base)
    for (const key in overrides) {
      const value = overrides[key]
      const range = ranges.get(key)
      if (range === undefined) {
        throw new TypeError(
          `${name}: unknown hyper-parameter "${key}"; there are: ${[...ranges.keys()].join(', ')}`,
        )
      }
      const constant = constants.get(key)
      if (constant !== undefined) {
        if (Number(value) === constant) continue
        const was = flags.has(key) ? String(constant !== 0) : constant
        throw new TypeError(`${name}: ${key} was ${was} when the optimizer was made, and is so for good`)
      }
      // A schedule may reach 0 exactly; a configured rate may not.
      if (value !== 0 || canonicalName(key) !== 'learningrate') checkHyperparameter(name, key, value, range)
      overridden[placeOf.get(key) ?? -1] = value
    }
    return overridden
  }

  /** Room for a tensor's own hyper-parameters; undefined where they are those of all. */
  function ownValues(tensor: string): Float64Array | undefined {
    const { learningRateFactor, decay } = treatmentOf(tensor)
    return learningRateFactor === 1 && decay && matrixPlace === undefined
      ? undefined
      : Float64Array.from(base)
  }

  function fillOwn(
    own: Float64Array,
    all: Float64Array,
    tensor: string,
    shape: readonly number[],
  ): Float64Array {
    const { learningRateFactor, decay } = treatmentOf(tensor)
    own.set(all)
    if (ratePlace !== undefined) own[ratePlace] *= learningRateFactor
    if (initialRatePlace !== undefined) own[initialRatePlace] *= learningRateFactor
    if (decayPlace !== undefined && !decay) own[decayPlace] = 0
    if (matrixPlace !== undefined) own[matrixPlace] = Number(shape.length > 1)
    return own
  }

  const isFrozen = (tensor: string): boolean => groups.length > 0 && treatmentOf(tensor).frozen

  function trained(tensors: Readonly<Record<string, Vector>>): Readonly<Record<string, Vector>> {
    if (groups.length === 0) return tensors
    return Object.fromEntries(Object.entries(tensors).filter(([tensor]) => !isFrozen(tensor)))
  }

  /** The runs of all trained tensors, after checking that everything fits. */
  function runsOf(parameters: Parameters, gradient: Parameters, state: OptimizerState): Runs {
    const known = running.get(state)
    if (known !== undefined && isSame(known.parameters, parameters) && isSame(known.gradient, gradient))
      return known
    const tensors = trained(named(parameters))
    const gradients = trained(named(gradient))
    checkAlike(name, tensors, gradients, 'gradient')
    checkApart(name, tensors, gradients)
    checkState(tensors, state)
    const runs: Runs = known ?? { named: [], list: [], parameters: nothingSeen, gradient: nothingSeen }
    const last = new Map(runs.named.map((each) => [each.tensor, each]))
    const all = Object.values(tensors).reduce((sum, { length }) => sum + length, 0)
    runs.named = Object.entries(tensors).map(([tensor, vector]): NamedRun => {
      const kept = last.get(tensor)
      if (kept?.run.parameter === vector && kept.run.gradient === gradients[tensor]) return kept
      const run = createTensorRun(code, vector, gradients[tensor], state.tensors[tensor])
      const { rows, scalars, length } = run.state
      const counts = { row: length / rows, tensor: length, all }
      const inputs: ScalarInputs = { step: 0, hyperparameters: base, states: scalars, counts }
      return { tensor, run, inputs, own: ownValues(tensor) }
    })
    runs.list = runs.named.map(({ run }) => run)
    runs.parameters = seenArrays(parameters)
    runs.gradient = seenArrays(gradient)
    running.set(state, runs)
    return runs
  }

  /** Fills the numbers of every tensor for the step that comes, and moves on the states that are numbers. */
  function writeNumbers(runs: Runs, state: OptimizerState, hyperparameters: Float64Array): void {
    // Somebody else's code, which may throw: before anything is changed.
    for (const { fill, inputs: filled } of fills) {
      for (const { run } of runs.named)
        for (const input of filled) fill(run.state.vectors[input], state.step + 1)
    }
    for (const { tensor, run, inputs, own } of runs.named) {
      inputs.step = state.step + 1
      inputs.hyperparameters =
        own === undefined ? hyperparameters : fillOwn(own, hyperparameters, tensor, run.state.shape)
      run.compiled.hoist(inputs, run.hoisted)
      nextScalars(inputs, nextValues)
      for (let index = 0; index < stepped.length; index++)
        run.state.scalars[stepped[index].name][0] = nextValues[index]
    }
  }

  function checkState(tensors: Readonly<Record<string, Vector>>, state: OptimizerState): void {
    if (state.optimizer !== identity) throw new TypeError(`${name}: the state is of ${state.optimizer}`)
    checkNames(name, Object.keys(tensors), Object.keys(state.tensors), 'state')
    checkLengths(name, tensors, state.tensors)
    for (const { name: vectorName } of vectorStates(program)) {
      const kept = Object.entries(state.tensors).map(
        ([tensor, { vectors }]) => [tensor, vectors[vectorName]] as const,
      )
      checkAlike(name, tensors, Object.fromEntries(kept), `state ${vectorName} of`)
    }
  }

  const optimizer: Optimizer = {
    name,
    convention: spec.convention,
    hyperparameters: Object.freeze(
      Object.fromEntries(
        [...ranges.keys()].map((key) => {
          const value = values.get(key) ?? Number.NaN
          return [key, flags.has(key) ? value !== 0 : value]
        }),
      ),
    ),
    slots: vectorStates(program).length,
    plannable: true,
    perTensor:
      groups.length > 0 || code.program.states.some(dependsOnTensor) || dependsOnTensor(program.parameter),

    init(parameters, { shapes, outputs = 'first' }: InitOptions = {}) {
      if (byRows && outputs === 'last') {
        throw new TypeError(`${name}: rows must be outputs; of tensors with outputs last they are inputs`)
      }
      checkShapeNames(name, named(parameters), shapes)
      const tensors = Object.entries(trained(named(parameters))).map(([tensor, vector]) => {
        const shape = shapeOf(name, tensor, vector, shapes)
        return [tensor, { vector, rows: byRows && shape.length > 1 ? shape[0] : 1, shape }] as const
      })
      const hyperparameters = (tensor: string, shape: readonly number[]): Float64Array =>
        fillOwn(Float64Array.from(base), base, tensor, shape)
      const states = createTensorStates(code, Object.fromEntries(tensors), hyperparameters)
      return { optimizer: identity, step: 0, outputs, tensors: states }
    },

    step(parameters, gradient, state, overrides) {
      const hyperparameters = withOverrides(overrides)
      const runs = runsOf(parameters, gradient, state)
      writeNumbers(runs, state, hyperparameters)
      runStages(runs.list)
      state.step += 1
      return applied
    },

    save: (state) => saveState(state),

    restore(saved, parameters, options) {
      const state = optimizer.init(parameters, savedOptions(saved, options))
      restoreState(saved, state)
      return state
    },

    evaluationParameters(state) {
      if (evaluation === undefined) return undefined
      const averages = Object.entries(state.tensors).map(
        ([tensor, { vectors }]) => [tensor, vectors[evaluation]] as const,
      )
      return averages.length === 1 && averages[0][0] === flatName
        ? averages[0][1]
        : Object.fromEntries(averages)
    },

    plan(plan, parameters, gradient, state, { cuts = [] } = {}) {
      const runs = runsOf(parameters, gradient, state)
      planStages('call' in plan ? [plan] : plan, code, runs.list, cuts)
      return (overrides) => {
        writeNumbers(runs, state, withOverrides(overrides))
        state.step += 1
      }
    },
  }
  specs.set(optimizer, spec)
  return madeOf(optimizer, parts)
}

/** What every update but a skipped one says. */
const applied = { applied: true } as const

function dependsOnTensor({ next }: { readonly next: { readonly level: number } }): boolean {
  return next.level > 0
}

/** The state to evaluate under the name it has among all parts' states. */
function evaluatedState({ evaluation, link }: Part, { states }: Program): string | undefined {
  const own = `${link.label}.${evaluation}`
  return states.some((state) => state.name === own) ? own : evaluation
}

const specs = new WeakMap<Optimizer, RuleOptimizer>()

/** What a rule's optimizer was made of; undefined for another. */
export function specOf(optimizer: Optimizer): RuleOptimizer | undefined {
  return specs.get(optimizer)
}
