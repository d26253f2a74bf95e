import { isVector, named, type Parameters, type Vector } from './tensors.ts'

/** Arrays as they came, to be known again without a look at each; a record may have others the next time. */
export interface SeenArrays {
  readonly given: Parameters | undefined
  readonly names: readonly string[]
  readonly arrays: readonly Vector[]
}

/** No arrays yet. */
export const nothingSeen: SeenArrays = { given: undefined, names: [], arrays: [] }

/** Remembers these. */
export function seenArrays(given: Parameters): SeenArrays {
  const tensors = named(given)
  return { given, names: Object.keys(tensors), arrays: Object.values(tensors) }
}

/** Whether the same arrays come again. */
export function isSame({ given, names, arrays }: SeenArrays, parameters: Parameters): boolean {
  if (isVector(parameters)) return given === parameters
  if (given === undefined || isVector(given)) return false
  let count = 0
  for (const name in parameters) {
    if (names[count] !== name || arrays[count] !== parameters[name]) return false
    count += 1
  }
  return count === names.length
}
