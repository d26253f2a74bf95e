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
  const patterns = groups.map(({ tensors, learningRateFactor }) => {
    if (learningRateFactor !== undefined) {
      checkHyperparameter(owner, 'learningRateFactor', learningRateFactor, factorRange)
    }
    return tensors.map(pattern)
  })
  const known = new Map<string, Treatment>()
  return (tensor) => {
    const cached = known.get(tensor)
    if (cached !== undefined) return cached
    const own = groups.filter((_, index) => patterns[index].some((each) => each.test(tensor)))
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

function pattern(name: string): RegExp {
  const parts = name.split('*').map((part) => part.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&'))
  return new RegExp(`^${parts.join('.*')}$`, 's')
}
