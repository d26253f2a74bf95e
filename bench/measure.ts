import { setTimeout } from 'node:timers/promises'

/** Work that can be timed, here or in another process. */
export interface Contender {
  readonly name: string
  /** Does the work `calls` times and returns the microseconds that took. */
  readonly elapsed: (calls: number) => number | Promise<number>
}

/** One figure: ours beside a peer's, in `unit` per call; a ratio above 1 means that ours is faster. */
export interface Figure {
  readonly case: string
  readonly thalweg: number
  readonly peer: number
  readonly peerName: string
  readonly ratio: number
  readonly unit: 'us' | 'ms'
  /** The wider of the two interquartile ranges, over its median: large on a busy machine. */
  readonly spread: number
}

/** A peer without a figure, and why. */
export interface Skipped {
  readonly case?: string
  readonly skipped: string
  readonly reason: string
}

const sampleUs = 20_000

/** So long because V8 can take half a second until it inlines a hot loop into its caller, which is then much faster. */
const warmUpUs = 1_000_000

/** How long a contender is measured, unless three samples take longer. */
const mostMeasuredUs = 10_000_000

/** Work in this process. */
export function inProcess(name: string, work: () => void): Contender {
  return { name, elapsed: (calls) => microseconds(calls, work) }
}

/** The microseconds that `calls` calls take. */
export function microseconds(calls: number, work: () => void): number {
  const start = performance.now()
  for (let call = 0; call < calls; call++) work()
  return (performance.now() - start) * 1000
}

/** As many calls as take about a sample, after warming up. */
export async function callsPerSample(
  { elapsed }: Contender,
  warmUp = warmUpUs,
  sample = sampleUs,
): Promise<number> {
  let warmed = 0
  for (let calls = 1; ; ) {
    const took = await elapsed(calls)
    warmed += took
    if (warmed >= warmUp) return Math.max(1, Math.round((sample * calls) / took))
    if (took < warmUp / 8) calls *= 2
  }
}

/** Measures ours and its peers in turns, and sets the medians side by side. A peer that fails is skipped. */
export async function* compare(
  name: string,
  ours: Contender,
  peers: readonly Contender[],
  rounds = 15,
): AsyncGenerator<Figure | Skipped> {
  const samples = await samplesInTurns([ours, ...peers], rounds)
  const own = samples.get(ours)
  if (own === undefined || 'failure' in own) throw own?.failure
  for (const [peer, theirs] of samples) {
    if (peer === ours) continue
    if ('failure' in theirs) yield { case: name, skipped: peer.name, reason: reasonOf(theirs.failure) }
    else yield figure(name, own.perCall, peer.name, theirs.perCall, 'us')
  }
}

/** Samples that spread by more than this were taken on a busy machine. */
const calmSpread = 0.1
const mostAttempts = 3
const pauseMs = 2000

/** Ours beside one peer: measured up to three times, some seconds apart, until calm; else the calmest of them. */
export async function compareCalmly(
  name: string,
  ours: Contender,
  peer: Contender,
): Promise<Figure | Skipped> {
  const found: (Figure | Skipped)[] = []
  while (found.length < mostAttempts) {
    if (found.length > 0) await setTimeout(pauseMs)
    for await (const each of compare(name, ours, [peer])) found.push(each)
    const last = found[found.length - 1]
    if (!('spread' in last) || last.spread <= calmSpread) return last
  }
  return found.reduce((a, b) => ('spread' in a && 'spread' in b && b.spread < a.spread ? b : a))
}

/** What was measured of a contender: microseconds per call, or why not. */
export type Samples = { readonly perCall: readonly number[] } | { readonly failure: unknown }

/** Measures contenders in turns; one of slow calls in fewer rounds, at least 3. */
export async function samplesInTurns<Each extends Contender>(
  contenders: readonly Each[],
  rounds: number,
  sample = sampleUs,
): Promise<Map<Each, Samples>> {
  const samples = new Map<Each, Samples>()
  const running = new Map<Each, { readonly calls: number; readonly perCall: number[] }>()

  async function attempt(contender: Each, work: () => Promise<void>): Promise<void> {
    try {
      await work()
    } catch (failure) {
      running.delete(contender)
      samples.set(contender, { failure })
    }
  }

  for (const contender of contenders) {
    await attempt(contender, async () => {
      const perCall: number[] = []
      running.set(contender, { calls: await callsPerSample(contender, warmUpUs, sample), perCall })
      samples.set(contender, { perCall })
    })
  }
  for (let round = 0; round < rounds; round++) {
    for (const [contender, { calls, perCall }] of [...running]) {
      if (round >= 3 && perCall[0] * calls * round > mostMeasuredUs) continue
      await attempt(contender, async () => {
        perCall.push((await contender.elapsed(calls)) / calls)
      })
    }
  }
  return samples
}

/** The figure that two sets of samples make. */
export function figure(
  name: string,
  ours: readonly number[],
  peerName: string,
  peers: readonly number[],
  unit: 'us' | 'ms',
): Figure {
  const [thalweg, peer] = [median(ours), median(peers)]
  const [spread] = [ours, peers].map(relativeSpread).sort((a, b) => b - a)
  return {
    case: name,
    thalweg: rounded(thalweg),
    peer: rounded(peer),
    peerName,
    ratio: rounded(peer / thalweg),
    unit,
    spread: rounded(spread),
  }
}

/** What an error says in one line. */
export function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]
}

function relativeSpread(samples: readonly number[]): number {
  return (quantile(samples, 0.75) - quantile(samples, 0.25)) / median(samples)
}

export function median(samples: readonly number[]): number {
  return quantile(samples, 0.5)
}

function quantile(samples: readonly number[], fraction: number): number {
  const sorted = samples.toSorted((a, b) => a - b)
  return sorted[Math.round((sorted.length - 1) * fraction)]
}

/** To three digits. */
export function rounded(value: number): number {
  return Number(value.toPrecision(3))
}
