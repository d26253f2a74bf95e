import { bytesFor, createWorkspace, elementBytes, maxWorkspaceBytes, type Workspace } from '@thalweg/kernels'
import type { Model } from '@thalweg/nn'
import { batchGradientBytes } from './batch-gradient.ts'
import { residentSamples } from './batch-input.ts'
import { evaluationBytes } from './evaluation.ts'
import type { Samples } from './samples.ts'

export interface WorkspaceParts {
  readonly model: Model
  /** What the optimizer's state takes. */
  readonly methodBytes: number
  /** What stands beside the model and its optimizer, such as a mean of the weights. */
  readonly besideBytes?: number
  readonly train: Samples
  readonly batchSize: number
  readonly threads: number
}

/** What is small: scalar blocks, results, barriers, and how each sample of a batch is moved. */
function smallBytes(batchSize: number): number {
  return 65_536 + 3 * bytesFor(3 * batchSize, 4)
}

/** A workspace that holds all of a run; throws RangeError with the sizes where it would be too large. */
export function createRunWorkspace(parts: WorkspaceParts): Workspace {
  const { model, methodBytes, besideBytes = 0, train, batchSize, threads } = parts
  const elements = elementBytes[model.precision]
  const resident = residentSamples(train, batchSize)
  const bytes =
    model.weightBytes +
    batchGradientBytes(model, batchSize, threads) +
    evaluationBytes(model, threads) +
    methodBytes +
    besideBytes +
    (model.loss.targets ? bytesFor(resident * model.classes, elements) : 0) +
    bytesFor(resident * model.features, elements) +
    bytesFor(resident, 4) +
    smallBytes(batchSize)
  if (bytes <= maxWorkspaceBytes) return createWorkspace({ bytes, shared: threads > 1 })
  const [needed, most] = [bytes, maxWorkspaceBytes].map((each) => `${(each / 2 ** 30).toFixed(1)} GiB`)
  throw new RangeError(
    `the run needs ${needed} of memory for ${model.parameterCount} parameters, batches of ${batchSize} and its data; at most ${most}`,
  )
}
