/**
 * Whose form of an optimizer: where frameworks put the learning rate (inside or outside the velocity), where they put
 * epsilon (outside the root, inside it, or beside the uncorrected average), and their defaults. `cs231n` are the
 * lecture notes; `torch` is PyTorch.
 */
export type Convention = 'cs231n' | 'torch' | 'optax' | 'keras'

export const conventions: readonly Convention[] = ['cs231n', 'torch', 'optax', 'keras']
