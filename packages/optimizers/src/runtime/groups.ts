import { checkHyperparameter, type Range } from './hyperparameters.ts'

/** Tensors that are treated otherwise than the rest. */
export interface Group {
  /** Names of tensors; `*` stands for any text: `*.bias`. */
  readonly tensors: readonly string[]
  /** What the learning rate is multiplied by; 1 by default. */
  readonly learningRateFactor?: number
  /** False: no weight decay. */
  readonly decay?: boolean
  /** True: left as they are, without state, and no part of a global norm. Their gradients may be missing. */
  readonly frozen?: boolean
}

const factorRange: Range = { atLeast: 0 }

/** What the groups make of one tensor. */
export interface Treatment {
  readonly learningRateFactor: number
  readonly decay: boolean
  readonly frozen: boolean
}

/** Checks groups, and says how a tensor is treated: a later group wins over an earlier one. */
export function treatments(owner: string, groups: readonly Group[]): (tensor: string) => Treatment {
  for (const { tensors, learningRateFactor, ...rest } of groups) {
    if (learningRateFactor !== undefined) {
      checkHyperparameter(owner, 'learningRateFactor', learningRateFactor, factorRange)
    }
    const unknown = Object.keys(rest).filter((key) => key !== 'decay' && key !== 'frozen')
    if (!Array.isArray(tensors) || unknown.length > 0) {
      const problem = unknown.length > 0 ? `has no ${unknown.join(', ')}` : 'needs the names of its tensors'
      throw new TypeError(`${owner}: a group ${problem}`)
    }
  }
  const known = new Map<string, Treatment>()
  return (tensor) => {
    const cached = known.get(tensor)
    if (cached !== undefined) return cached
    const own = groups.filter(({ tensors }) => tensors.some((each) => fits(each, tensor)))
    const treatment: Treatment = {
      learningRateFactor:
        own.findLast((group) => group.learningRateFactor !== undefined)?.learningRateFactor ?? 1,
      decay: own.findLast((group) => group.decay !== undefined)?.decay ?? true,
      frozen: own.findLast((group) => group.frozen !== undefined)?.frozen ?? false,
    }
    known.set(tensor, treatment)
    return treatment
  }
}

/** Whether a name fits a pattern, each part at the first place where it fits: that is enough, as `*` takes any text. */
function fits(pattern: string, name: string): boolean {
  const [first, ...rest] = pattern.split('*')
  const last = rest.pop()
  if (last === undefined) return name === pattern
  if (!name.startsWith(first) || name.length < first.length + last.length || !name.endsWith(last))
    return false
  const middle = name.slice(first.length, name.length - last.length)
  let from = 0
  for (const part of rest) {
    const at = middle.indexOf(part, from)
    if (at === -1) return false
    from = at + part.length
  }
  return true
}
