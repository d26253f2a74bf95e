import type { TrainingContender } from './contenders/training-contender.ts'
import { type Contender, type Figure, figure, median, rounded } from './measure.ts'

/** Ours beside a peer with as many threads. */
export interface TrainingFigure extends Figure {
  readonly thalwegName: string
  /** How the peer's threads were set up, where several ways were tried. */
  readonly setting?: string
}

/** How much of what the processor multiplies at best a contender's steps multiply. */
export interface LimitShare {
  readonly case: string
  readonly contender: string
  readonly threads: number
  readonly setting?: string
  readonly gflops: number
  /** Of a large matrix product with as many threads, in the same rounds. */
  readonly peakGflops: number
  readonly share: number
}

/** What the matrix products of our step take, and how far that leaves peers behind: a bound of the ratio to them. */
export interface ProductsAlone {
  readonly case: string
  readonly contender: string
  readonly stepMs: number
  readonly productsMs: number
  /** The time of the fastest PyTorch with as many threads over that of the products. */
  readonly bound: number
}

/** Who is measured: ours and a peer in steps, ours in the products of steps, a peak in large matrix products. */
export interface Measured extends Contender {
  readonly role: 'ours' | 'products' | 'peer' | 'peak'
  readonly contender: TrainingContender
}

/** What was measured, and the microseconds of each call. */
export type MeasuredSamples = readonly (readonly [Measured, readonly number[]])[]

/** Size of the matrices whose product is the peak. */
export const peakSize = 1024

/** Each of ours beside the peers that have as many threads. */
export function* trainingFigures(name: string, samples: MeasuredSamples): Generator<TrainingFigure> {
  for (const [own, ownSamples] of samples) {
    if (own.role !== 'ours') continue
    for (const [{ role, contender }, peerSamples] of samples) {
      if (role !== 'peer' || contender.threads !== own.contender.threads) continue
      const [ownMs, peerMs] = [ownSamples, peerSamples].map((each) => each.map((us) => us / 1000))
      const thalwegName = labelOf(own.contender)
      yield { ...figure(name, ownMs, labelOf(contender), peerMs, 'ms'), thalwegName, ...settingOf(contender) }
    }
  }
}

/** Of each of ours that PyTorch is measured beside. */
export function* productsAlone(name: string, samples: MeasuredSamples): Generator<ProductsAlone> {
  const medians = samples.map(([each, perCallUs]) => ({ ...each, ms: median(perCallUs) / 1000 }))
  for (const { role, contender, ms: productsMs } of medians) {
    if (role !== 'products') continue
    const step = medians.find((each) => each.role === 'ours' && each.contender === contender)
    const pytorch = medians.filter(
      (each) =>
        each.role === 'peer' &&
        each.contender.name.startsWith('PyTorch') &&
        each.contender.threads === contender.threads,
    )
    if (step === undefined || pytorch.length === 0) continue
    yield {
      case: name,
      contender: labelOf(contender),
      stepMs: rounded(step.ms),
      productsMs: rounded(productsMs),
      bound: rounded(Math.min(...pytorch.map(({ ms }) => ms)) / productsMs),
    }
  }
}

/** The operations per second of everybody's steps, over those of the best peak with as many threads. */
export function* limitShares(
  name: string,
  operations: number,
  samples: MeasuredSamples,
): Generator<LimitShare> {
  for (const [{ role, contender }, stepSamples] of samples) {
    if (role === 'peak' || role === 'products') continue
    const peaks = samples
      .filter(([peak]) => peak.role === 'peak' && peak.contender.threads === contender.threads)
      .map(([, peakSamples]) => gigaflops(2 * peakSize ** 3, peakSamples))
    if (peaks.length === 0) continue
    const [gflops, peakGflops] = [gigaflops(operations, stepSamples), Math.max(...peaks)]
    yield {
      case: name,
      contender: labelOf(contender),
      threads: contender.threads,
      ...settingOf(contender),
      gflops: rounded(gflops),
      peakGflops: rounded(peakGflops),
      share: rounded(gflops / peakGflops),
    }
  }
}

/** `PyTorch, 2 threads` */
export function labelOf({ name, threads }: TrainingContender): string {
  return `${name}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`
}

function settingOf({ setting }: TrainingContender): { readonly setting?: string } {
  return setting === undefined ? {} : { setting }
}

function gigaflops(operations: number, perCallUs: readonly number[]): number {
  return operations / median(perCallUs) / 1000
}
