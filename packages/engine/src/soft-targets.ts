import type { RunDocument } from '@thalweg/document'
import type { MatrixProducts } from '@thalweg/kernels'
import type { Loss } from '@thalweg/nn'
import { createTargets, needsTeacher } from './distillation.ts'
import { predictSamples } from './predict-samples.ts'
import { loadPredictor } from './predictor.ts'
import { readRawData } from './run-data.ts'

/** A file that holds the teacher: a model or an ensemble. */
export interface TeacherFile {
  readonly data: Uint8Array
}

export interface SoftTargetParts {
  readonly document: RunDocument
  readonly loss: Loss
  readonly classes: number
  readonly labels: Int32Array
  readonly teacher: TeacherFile | undefined
  readonly dataDirectory: string | undefined
  readonly products: MatrixProducts | undefined
}

/** Soft targets are computed once and kept; more of them than this are refused. */
const mostBytes = 2 ** 30

/**
 * What the loss of a student compares with, [samples, classes]: the teacher's answers for every training sample as it was
 * read, unaugmented. Undefined where the loss reads no targets. Rejects with TypeError where the teacher is missing,
 * RangeError for more than 1 GiB of targets or a teacher of other classes or features.
 */
export async function softTargetsOf(parts: SoftTargetParts): Promise<Float64Array | undefined> {
  const { document, loss, classes, labels, teacher, products } = parts
  const { distill } = document
  if (distill === undefined || !loss.targets) return undefined
  const bytes = 8 * labels.length * classes
  if (bytes > mostBytes) {
    const size = (bytes / 2 ** 30).toFixed(1)
    throw new RangeError(
      `distill: the soft targets of ${labels.length} samples have ${size} GiB; at most 1 GiB`,
    )
  }
  const finish = createTargets(distill, classes)
  if (!needsTeacher(distill)) {
    const targets = new Float64Array(labels.length * classes)
    finish(targets, labels)
    return targets
  }
  if (teacher === undefined)
    throw new TypeError('distill: a teacher must be given where hardWeight is below 1')
  const predictor = loadPredictor(teacher.data, products === undefined ? {} : { products })
  const raw = await readRawData(document, parts.dataDirectory)
  try {
    const [features] = raw.input
    if (predictor.classes !== classes || predictor.features !== features) {
      throw new RangeError(
        `distill: the teacher must have ${features} features and ${classes} classes, got ${predictor.features} and ${predictor.classes}`,
      )
    }
    const { temperature } = distill
    const predictions = await predictSamples(predictor, raw.train, { temperature })
    finish(predictions, labels)
    return predictions
  } finally {
    await raw.close()
  }
}
