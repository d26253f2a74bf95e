import { solveLower, solveLowerTransposed } from './cholesky.ts'
import { chooseInactive, chooseIndex } from './sfo-choice.ts'
import { lengthScale, norm, record, type SfoMemory, squaredNorm } from './sfo-memory.ts'

/** Lengths of the first step, as a part of the length of x, and of the longest, in mean steps. */
const firstStep = 1e-5
const longestStep = 10
const maxFailuresInRow = 40

/** With f_i recorded: takes it into the model, then asks for a check of convergence or a step. */
export function proceed(memory: SfoMemory, failed: boolean): void {
  const { model, gradient, settings } = memory
  memory.distance += distanceBetween(memory.position, memory.previousPosition)
  refit(memory)
  if (memory.failuresInRow >= maxFailuresInRow) {
    memory.status = 'step-failed'
    return
  }
  model.gradient(memory.position, gradient)
  const length = norm(gradient)
  const allKnown = model.known.every((each) => each === 1)
  memory.gradientNorm = allKnown ? length : Infinity
  memory.calm = allKnown && length <= settings.tolerance ? memory.calm + 1 : 0
  // The model may be wrong where it was not measured for long: only a calm pass is worth a check of all.
  if (memory.calm >= model.count) startCheck(memory)
  else takeStep(memory, failed)
}

/** The value of one more sub-function at a point that may be the minimum. */
export function verify(memory: SfoMemory, value: number): void {
  record(memory, value, memory.position, memory.gradient)
  refit(memory)
  memory.verified[memory.index] = 1
  checkNext(memory)
}

function startCheck(memory: SfoMemory): void {
  const { model, position, verified } = memory
  for (let i = 0; i < model.count; i++) verified[i] = model.isAt(i, position) ? 1 : 0
  memory.phase = 'verify'
  memory.calm = 0
  checkNext(memory)
}

function checkNext(memory: SfoMemory): void {
  const { model, gradient } = memory
  const next = memory.verified.indexOf(0)
  if (next >= 0) {
    memory.index = next
    return
  }
  model.gradient(memory.position, gradient)
  memory.gradientNorm = norm(gradient)
  if (memory.gradientNorm <= memory.settings.tolerance) memory.status = 'converged'
  else takeStep(memory, false)
}

function refit(memory: SfoMemory): void {
  const { index, model } = memory
  if (memory.hasScale === 0) setScale(memory)
  model.fit(index)
  memory.sinceRebuild++
  if (memory.sinceRebuild >= Math.max(model.count, 20)) {
    memory.sinceRebuild = 0
    model.rebuild()
  }
}

/** The first curvature: one with which a step along the first gradient is `firstStep` long. */
function setScale(memory: SfoMemory): void {
  const { model, index } = memory
  const length = norm(model.gradients.subarray(index * model.stride, (index + 1) * model.stride))
  memory.hasScale = length > 0 ? 1 : 0
  const beta = length > 0 ? length / (firstStep * lengthScale(memory)) : 1
  for (let i = 0; i < model.count; i++) model.betas[i] = beta * model.active[i]
}

/** x <- x - eta B^-1 G'; `gradient` holds G'. */
function takeStep(memory: SfoMemory, failed: boolean): void {
  const { model, step, factor, x, position } = memory
  model.factor(factor)
  step.set(memory.gradient)
  solveLower(factor, model.size, model.stride, step)
  solveLowerTransposed(factor, model.size, model.stride, step)
  const length = norm(step)
  const times =
    length > 0 && length < Infinity && memory.hasScale === 1 ? allowed(memory, length) / length : 0
  for (let k = 0; k < step.length; k++) step[k] = times === 0 ? 0 : -times * step[k]
  memory.previous.set(x)
  memory.previousPosition.set(position)
  memory.subspace.add(step, x)
  for (let k = 0; k < model.size; k++) position[k] += step[k]
  memory.predictedGain = model.energy(step) / 2
  if (isGrowing(memory, failed)) {
    memory.sinceGrowth = 0
    model.active[chooseInactive(memory)] = 1
  }
  memory.phase = 'step'
  memory.index = chooseIndex(memory)
}

/** The length of the step: eta times the model's, bounded after the first pass. */
function allowed(memory: SfoMemory, length: number): number {
  const { evaluations, distance } = memory
  const wanted = length * memory.stepScale
  const isBounded = evaluations > memory.model.count && distance > 0
  return isBounded ? Math.min(wanted, (longestStep * distance) / evaluations) : wanted
}

/** One sub-function more is due when a step failed, a pass went by, or the gradient's sampling error is too large. */
function isGrowing(memory: SfoMemory, failed: boolean): boolean {
  const { model } = memory
  const count = model.active.reduce((sum, each) => sum + each, 0)
  memory.sinceGrowth++
  if (count === model.count) return false
  if (model.active.some((each, i) => each === 1 && model.evaluations[i] < 2)) return false
  return failed || memory.sinceGrowth > count + 1 || isNoisy(memory, count)
}

/** Whether the standard error of the mean gradient, measured in B^-1, is at least the mean. Spoils `step`. */
function isNoisy({ model, step, work, factor }: SfoMemory, active: number): boolean {
  const { size, stride, gradients } = model
  step.fill(0)
  for (let i = 0; i < model.count; i++) {
    if (model.active[i] === 0) continue
    for (let k = 0; k < size; k++) step[k] += gradients[i * stride + k] / active
  }
  let squares = 0
  for (let i = 0; i < model.count; i++) {
    if (model.active[i] === 0) continue
    for (let k = 0; k < size; k++) work[k] = gradients[i * stride + k] - step[k]
    solveLower(factor, size, stride, work)
    squares += squaredNorm(work, size)
  }
  solveLower(factor, size, stride, step)
  return squares / active / (active - 1) >= squaredNorm(step, size)
}

function distanceBetween(a: Float64Array, b: Float64Array): number {
  let sum = 0
  for (let k = 0; k < a.length; k++) sum += (a[k] - b[k]) ** 2
  return Math.sqrt(sum)
}
