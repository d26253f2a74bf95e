import { fromWireNumber, type RunResource } from '@thalweg/client'

type Measured = Pick<RunResource, 'metrics'>

/** How far a run is in the x direction of a drawing: completed steps, or passes over the training data. */
export type Extent = 'step' | 'passes'

/** Passes over the training data in a step; undefined where none is recorded. */
export function passesPerStep({ metrics: { passes } }: Measured): number | undefined {
  return passes === undefined || passes.lastStep === 0
    ? undefined
    : fromWireNumber(passes.last) / passes.lastStep
}

/**
 * What runs are compared by: passes where their steps do not take equally many, as one of L-BFGS takes all data and one of
 * Adam a batch; else steps.
 */
export function comparableExtent(runs: readonly Measured[]): Extent {
  const known = runs.map(passesPerStep).filter((each) => each !== undefined)
  if (known.length < runs.length || runs.length === 0) return 'step'
  const [least, most] = [Math.min(...known), Math.max(...known)]
  // Quotients of equal steps differ by rounding.
  return most - least > 1e-9 * most ? 'passes' : 'step'
}

/** `12`, `0.3`: tenths of a pass. */
export function formatPasses(passes: number): string {
  return String(Math.round(10 * passes) / 10)
}
