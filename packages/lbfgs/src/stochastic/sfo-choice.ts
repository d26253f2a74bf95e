import type { SfoMemory } from './sfo-memory.ts'
import { drawn, nextState } from './splitmix.ts'

/**
 * Which sub-function is evaluated next: an active one seen once, so that its first pair is known at once; then an
 * active one not seen; then by `order`. The generator is part of the memory, so that a restored run draws the same.
 */
export function chooseIndex(memory: SfoMemory): number {
  const { active, evaluations } = memory.model
  const once = evaluations.findIndex((each, i) => each === 1 && active[i] === 1)
  if (once >= 0) return once
  const fresh = indices(memory, (i) => active[i] === 1 && evaluations[i] === 0)
  if (fresh.length > 0) return drawFrom(memory, fresh)
  switch (memory.settings.order) {
    case 'farthest':
      return farthest(memory)
    case 'cyclic':
      return next(memory)
    case 'random':
      return drawFrom(
        memory,
        indices(memory, (i) => active[i] === 1),
      )
  }
}

/** One that does not take part yet; there must be one. */
export function chooseInactive(memory: SfoMemory): number {
  return drawFrom(
    memory,
    indices(memory, (i) => memory.model.active[i] === 0),
  )
}

function farthest(memory: SfoMemory): number {
  const { model, position } = memory
  const measure = draw(memory) < 0.5 ? model.totalDistance : model.ownDistance
  let [most, index] = [-1, -1]
  for (let i = 0; i < model.count; i++) {
    if (model.active[i] === 0) continue
    const distance = measure(i, position)
    if (distance > most || index < 0) [most, index] = [distance, i]
  }
  return index
}

function next(memory: SfoMemory): number {
  const { active, count } = memory.model
  let index = memory.cyclic
  while (active[index] === 0) index = (index + 1) % count
  memory.cyclic = (index + 1) % count
  return index
}

function indices({ model }: SfoMemory, wanted: (i: number) => boolean): number[] {
  return Array.from({ length: model.count }, (_, i) => i).filter(wanted)
}

function drawFrom(memory: SfoMemory, choices: readonly number[]): number {
  return choices[Math.floor(draw(memory) * choices.length)]
}

function draw(memory: SfoMemory): number {
  memory.random = nextState(memory.random)
  return drawn(memory.random)
}
