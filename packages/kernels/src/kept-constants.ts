import { emission } from './assembler/emission.ts'
import type { Local } from './assembler/index.ts'
import { get } from './emit.ts'
import type { Lanes } from './lanes.ts'

/** The constants that a text uses, each once: it is emitted for that, and the code thrown away. */
export function constantsIn(lanes: Lanes, text: (lanes: Lanes) => void): readonly number[] {
  const found: number[] = []
  const constant: Lanes['constant'] = (value) => {
    if (placeOf(found, value) < 0) found.push(value)
    return lanes.constant(value)
  }
  emission(() => text({ ...lanes, constant }))
  return found
}

/**
 * Lanes that find constants in locals, in the same order, which are set before a loop: to make a vector of a number takes
 * three instructions, to read one again at most one.
 */
export function keepingConstants(lanes: Lanes, values: readonly number[], locals: readonly Local[]): Lanes {
  return {
    ...lanes,
    constant(value) {
      const place = placeOf(values, value)
      return place < 0 ? lanes.constant(value) : get(locals[place])
    },
  }
}

/** -0 is not 0. */
function placeOf(values: readonly number[], value: number): number {
  return values.findIndex((each) => Object.is(each, value))
}
