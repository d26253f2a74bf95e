import type { AugmentationDocument } from './augmentation.ts'
import type { LayerDocument } from './layer.ts'
import type { ModelDocument } from './model.ts'

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
