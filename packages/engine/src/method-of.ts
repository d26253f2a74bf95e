import type { RunDocument } from '@thalweg/document'
import type { Model } from '@thalweg/nn'
import { firstOrder } from './first-order.ts'
import { lbfgs } from './lbfgs.ts'
import type { MethodDefinition } from './method.ts'
import { onlineLbfgs } from './online-lbfgs.ts'
import { sfo } from './sfo.ts'

/** The method of a run's optimizer, for so many training samples. This is where optimizers are told apart. */
export function methodOf(document: RunDocument, model: Model, samples: number): MethodDefinition {
  const { optimizer } = document
  switch (optimizer.name) {
    case 'lbfgs':
      return lbfgs(optimizer, model)
    case 'sfo':
      return sfo(optimizer, model, samples)
    case 'onlineLbfgs':
      return onlineLbfgs(optimizer, model)
    default:
      return firstOrder(optimizer, document, model)
  }
}
