import type { AugmentationDocument } from './augmentation.ts'
import type { LayerDocument } from './layer.ts'
import type { ModelDocument } from './model.ts'
import { isQuasiNewton, learningRateOf, type OptimizerDocument } from './optimizer.ts'

/** What is wrong in a run, and where. */
export interface TrainingFault {
  readonly path: readonly (string | number)[]
  readonly message: string
}

/**
 * What keeps the loss from being one function of the weights, as L-BFGS and SFO need it: what is drawn anew for every
 * batch, and what depends on the batch.
 */
export function changingLossFaults(
  optimizer: string,
  run: {
    readonly model: ModelDocument
    readonly augmentation?: readonly AugmentationDocument[] | undefined
    readonly sampling: 'shuffle' | 'replacement'
  },
): readonly TrainingFault[] {
  const { model, augmentation = [], sampling } = run
  const faults = model.name === 'network' ? layerFaults(optimizer, model.layers, ['model', 'layers']) : []
  const reason = 'needs a loss that is the same every time'
  return [
    ...faults,
    ...(augmentation.length === 0
      ? []
      : [{ path: ['augmentation'], message: `${optimizer} ${reason}; augmentation changes it` }]),
    ...(sampling === 'shuffle'
      ? []
      : [{ path: ['sampling'], message: `${optimizer} takes every sample in a fixed order; leave it out` }]),
  ]
}

/** What keeps the rate from falling in cycles, or the weights of the steps from being averaged. */
export function snapshotFaults(run: {
  readonly optimizer: OptimizerDocument
  readonly schedule: { readonly name: string }
  readonly averaging?: object | undefined
  readonly snapshots?: object | undefined
  readonly earlyStopping?: object | undefined
}): readonly TrainingFault[] {
  const { optimizer, schedule, averaging, snapshots, earlyStopping } = run
  const fault = (part: string, message: string, holds: boolean): readonly TrainingFault[] =>
    holds ? [{ path: [part], message }] : []
  const quasiNewton = isQuasiNewton(optimizer)
  const noRate = quasiNewton || learningRateOf(optimizer) === undefined
  return [
    ...fault(
      'averaging',
      `the steps of ${optimizer.name} are no noisy iterates to average`,
      averaging !== undefined && quasiNewton,
    ),
    ...(snapshots === undefined
      ? []
      : [
          ...fault('snapshots', `${optimizer.name} has no learning rate that could fall in cycles`, noRate),
          ...fault(
            'schedule',
            'snapshots have a schedule of their own; leave it out',
            schedule.name !== 'constant',
          ),
          ...fault(
            'earlyStopping',
            'would cut the cycles of snapshots; leave it out',
            earlyStopping !== undefined,
          ),
        ]),
  ]
}

function layerFaults(
  optimizer: string,
  layers: readonly LayerDocument[],
  path: TrainingFault['path'],
): readonly TrainingFault[] {
  return layers.flatMap((layer, index): readonly TrainingFault[] => {
    const place = [...path, index]
    switch (layer.name) {
      case 'dropout':
        return layer.rate === 0 ? [] : [faultAt(place, optimizer, 'dropout draws new masks for every batch')]
      case 'batchNorm':
        return [faultAt(place, optimizer, 'batchNorm makes it depend on the batch; layerNorm does not')]
      case 'residual':
        return (['layers', 'shortcut'] as const).flatMap((part) =>
          layerFaults(optimizer, layer[part], [...place, part]),
        )
      default:
        return []
    }
  })
}

function faultAt(path: TrainingFault['path'], optimizer: string, why: string): TrainingFault {
  return { path, message: `${optimizer} needs a loss that is the same every time; ${why}` }
}
