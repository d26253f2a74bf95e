import type { SampleRange } from '../dataset.ts'
import type { Cifar10Spec, MnistSpec } from '../dataset-spec.ts'
import { DatasetError } from '../errors.ts'
import { requireInteger } from '../ranges.ts'

/** RangeError or TypeError for counts that no file could satisfy. */
export function checkCounts({ train, validation, test }: MnistSpec | Cifar10Spec): void {
  if (train !== undefined) requireInteger('train', train, 1, 2 ** 31)
  if (validation !== undefined) requireInteger('validation', validation, 0, 2 ** 31)
  if (test !== undefined) requireInteger('test', test, 0, 2 ** 31)
}

/** The first `count` of `available` samples, all where undefined. DatasetError `mismatch` where there are fewer. */
export function firstSamples(
  part: string,
  count: number | undefined,
  available: number,
  file: string,
): SampleRange {
  if ((count ?? 0) > available)
    throw new DatasetError('mismatch', {
      file,
      expected: `${count} samples for ${part}`,
      received: `${available}`,
    })
  return { from: 0, to: count ?? available }
}

/**
 * Cuts the training samples: the last `heldOut` for validation, then the first `train` of the rest (default
 * all). DatasetError `mismatch` where there are not enough.
 */
export function trainingRanges(
  train: number | undefined,
  heldOut: number,
  available: number,
  file: string,
): { train: SampleRange; heldOut: SampleRange } {
  const rest = available - heldOut
  if (rest < (train ?? 1))
    throw new DatasetError('mismatch', {
      file,
      expected: `${train ?? 'at least 1'} samples for train and ${heldOut} for validation`,
      received: `${available}`,
    })
  return { train: { from: 0, to: train ?? rest }, heldOut: { from: rest, to: available } }
}
