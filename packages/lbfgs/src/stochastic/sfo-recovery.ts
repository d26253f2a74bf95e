import { include, record, type SfoMemory } from './sfo-memory.ts'
import { proceed } from './sfo-step.ts'

const smallestScale = 1e-5
const shrinkFactor = 0.01
const maxShrinks = 10

/**
 * Whether f_i at the new point exceeds its own prediction by more than the other sub-functions are predicted to gain;
 * for one never seen, whether it is more than three standard deviations above the mean of at least three others.
 */
export function isSuspicious(memory: SfoMemory, value: number): boolean {
  const { index, model } = memory
  if (model.known[index] === 0) return isOutlier(memory, value)
  const last = model.values[index]
  if (!(value > last)) return false
  const predicted = model.predict(index, memory.position)
  return value - predicted > memory.predictedGain - (last - predicted)
}

function isOutlier({ model }: SfoMemory, value: number): boolean {
  const others = model.values.filter((_, i) => model.known[i] === 1)
  if (others.length < 3) return false
  const mean = others.reduce((sum, each) => sum + each, 0) / others.length
  const squares = others.reduce((sum, each) => sum + (each - mean) ** 2, 0)
  return value > mean + 3 * Math.sqrt(squares / others.length)
}

/** After a suspicious value (Infinity: not finite): the same sub-function is measured where the step began. */
export function suspect(memory: SfoMemory, value: number): void {
  memory.stepScale = Math.max(memory.stepScale / 2, smallestScale)
  memory.trialValue = value
  memory.trialGradient.set(memory.gradient)
  memory.shrinks = 0
  memory.phase = 'previous'
}

/** The value where the step began. */
export function comparePrevious(memory: SfoMemory, value: number): void {
  memory.previousValue = value
  memory.previousGradient.set(memory.gradient)
  if (value < Infinity) shrinkOrSettle(memory)
  else if (memory.trialValue < Infinity) settle(memory)
  else retreat(memory)
}

/** The value at a trial that has come closer. */
export function compareShrunk(memory: SfoMemory, value: number): void {
  memory.shrinks++
  memory.trialValue = value
  memory.trialGradient.set(memory.gradient)
  shrinkOrSettle(memory)
}

/** A trial that exploded comes closer until its pair tells about the function near by. */
function shrinkOrSettle(memory: SfoMemory): void {
  const { index, model, x, previous, position, previousPosition, trialValue, previousValue } = memory
  const change =
    model.known[index] === 1
      ? model.predict(index, position) - model.values[index]
      : trialValue - previousValue
  const expected = Math.max(Math.abs(change), 1e-12 * Math.abs(previousValue))
  const isNear = trialValue < Infinity && !(trialValue - previousValue >= 10 * expected)
  if (isNear || memory.shrinks === maxShrinks) {
    settle(memory)
    return
  }
  for (let i = 0; i < x.length; i++) x[i] = (1 - shrinkFactor) * previous[i] + shrinkFactor * x[i]
  for (let k = 0; k < model.size; k++) {
    position[k] = (1 - shrinkFactor) * previousPosition[k] + shrinkFactor * position[k]
  }
  memory.phase = 'shrink'
}

/** Records both ends of a failed step, the better one last, and stays there. */
function settle(memory: SfoMemory): void {
  const { position, previousPosition, trialGradient, previousGradient, trialValue, previousValue } = memory
  if (trialValue < previousValue) {
    if (previousValue < Infinity) record(memory, previousValue, previousPosition, previousGradient)
    record(memory, trialValue, position, trialGradient)
  } else {
    if (trialValue < Infinity) record(memory, trialValue, position, trialGradient)
    memory.x.set(memory.previous)
    position.set(previousPosition)
    record(memory, previousValue, position, previousGradient)
    memory.failuresInRow++
  }
  trialGradient.fill(0)
  previousGradient.fill(0)
  proceed(memory, true)
}

/** Finite at neither end of the step: back to the last point of this sub-function, or to x0 where it has none. */
function retreat(memory: SfoMemory): void {
  const { index, model, subspace, x, position } = memory
  const isKnown = model.known[index] === 1
  if (isKnown) {
    position.set(model.positions.subarray(index * model.stride, (index + 1) * model.stride))
    x.fill(0)
    subspace.add(position, x)
  } else {
    x.set(memory.start)
    include(memory, x, position)
  }
  memory.previous.set(x)
  memory.previousPosition.set(position)
  memory.trialGradient.fill(0)
  memory.previousGradient.fill(0)
  memory.failuresInRow++
  if (isKnown) proceed(memory, true)
  else memory.phase = 'start'
}
