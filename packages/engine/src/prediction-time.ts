import type { Predictor } from './predictor.ts'

const rows = 1000
const leastMs = 20

/** Milliseconds for 1,000 samples at once, compiled and warm: the mean of as many rounds as take 20 ms. */
export function predictionTimeOf({ features, predict }: Pick<Predictor, 'features' | 'predict'>): number {
  const samples = new Float32Array(rows * features)
  predict(samples)
  const startedAt = performance.now()
  for (let rounds = 1; ; rounds++) {
    predict(samples)
    const spentMs = performance.now() - startedAt
    if (spentMs >= leastMs) return spentMs / rounds
  }
}
