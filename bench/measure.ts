/** One figure: ours beside a peer's, in `unit` per call; a ratio above 1 means that ours is faster. */
export interface Figure {
  readonly case: string
  readonly thalweg: number
  readonly peer: number
  readonly peerName: string
  readonly ratio: number
  readonly unit: 'us'
}

/** Measures two functions in turns, and takes the median of each. */
export function compare(name: string, ours: () => void, peerName: string, peer: () => void): Figure {
  const rounds = 9
  const [oursCalls, peerCalls] = [ours, peer].map(callsFor)
  const [oursUs, peerUs]: number[][] = [[], []]
  for (let round = 0; round < rounds; round++) {
    oursUs.push(microseconds(ours, oursCalls))
    peerUs.push(microseconds(peer, peerCalls))
  }
  const [thalweg, other] = [oursUs, peerUs].map((times) => times.sort((a, b) => a - b)[rounds >> 1])
  const round3 = (value: number): number => Number(value.toPrecision(3))
  return {
    case: name,
    thalweg: round3(thalweg),
    peer: round3(other),
    peerName,
    ratio: round3(other / thalweg),
    unit: 'us',
  }
}

function microseconds(work: () => void, calls: number): number {
  const start = performance.now()
  for (let call = 0; call < calls; call++) work()
  return ((performance.now() - start) * 1000) / calls
}

/** As many calls as take about 20 ms, after warming up. */
function callsFor(work: () => void): number {
  for (const warmUntil = performance.now() + 100; performance.now() < warmUntil; ) work()
  return Math.max(1, Math.round(20_000 / microseconds(work, 3)))
}
