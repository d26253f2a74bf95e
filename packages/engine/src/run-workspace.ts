import type { Split } from '@thalweg/datasets'
import { bytesFor, createWorkspace, elementBytes, maxWorkspaceBytes, type Workspace } from '@thalweg/kernels'
import type { Model } from '@thalweg/nn'
import type { Optimizer } from '@thalweg/optimizers'

export interface WorkspaceParts {
  readonly model: Model
  readonly optimizer: Optimizer
  readonly train: Split
  readonly batchSize: number
  /** Samples that the batch's arrays hold: those of a step, or of an evaluation. */
  readonly rows: number
}

/** The optimizer's arrays, and for each tensor the numbers of a step. */
function stateBytes(model: Model, optimizer: Optimizer, elements: number): number {
  if (!optimizer.perTensor) return optimizer.slots * bytesFor(model.parameterCount, elements)
  const tensors = model.tensors.map(
    ({ length }) => optimizer.slots * bytesFor(length, elements) + bytesFor(128, 8),
  )
  return tensors.reduce((sum, bytes) => sum + bytes, 0)
}

/** What is small: scalar blocks and results. */
const smallBytes = 65_536

/** A workspace that holds all of a run; throws RangeError with the sizes where it would be too large. */
export function createRunWorkspace({ model, optimizer, train, batchSize, rows }: WorkspaceParts): Workspace {
  const elements = elementBytes[model.precision]
  const bytes =
    model.weightBytes +
    model.batchBytes(rows) +
    stateBytes(model, optimizer, elements) +
    bytesFor(train.features.length, elements) +
    2 * bytesFor(train.samples, 4) +
    bytesFor(batchSize, 4) +
    smallBytes
  if (bytes <= maxWorkspaceBytes) return createWorkspace({ bytes })
  const [needed, most] = [bytes, maxWorkspaceBytes].map((each) => `${(each / 2 ** 30).toFixed(1)} GiB`)
  throw new RangeError(
    `the run needs ${needed} of memory for ${model.parameterCount} parameters, batches of ${rows} and its data; at most ${most}`,
  )
}
