import type { RandomSource, Split } from '../src/dataset.ts'

/**
 * Trains softmax regression (hidden 0) or a net with one hidden layer of relu by plain gradient descent on batches of
 * 20, learning rate 0.1; returns the fraction of `heldOut` that it classifies right. One sample at a time, in f64.
 */
export function trainedAccuracy(
  { train, heldOut }: { readonly train: Split; readonly heldOut: Split },
  classes: number,
  hidden: number,
  epochs: number,
  random: RandomSource,
): number {
  const inputs = train.features.length / train.samples
  const sizes = hidden === 0 ? [inputs, classes] : [inputs, hidden, classes]
  const layers = sizes.slice(1).map((outputs, layer) => ({
    inputs: sizes[layer],
    outputs,
    weights: Float64Array.from(
      { length: outputs * (sizes[layer] + 1) },
      () => Math.sqrt(2 / sizes[layer]) * random.normal(),
    ),
    gradient: new Float64Array(outputs * (sizes[layer] + 1)),
  }))

  /** Values of every layer; the last weight of a row is the bias. */
  function forward(split: Split, sample: number): ArrayLike<number>[] {
    const values: ArrayLike<number>[] = [split.features.subarray(sample * inputs, (sample + 1) * inputs)]
    for (const [index, { inputs: width, outputs, weights }] of layers.entries()) {
      const input = values[index]
      const output = new Float64Array(outputs)
      for (let unit = 0; unit < outputs; unit++) {
        const row = unit * (width + 1)
        let sum = weights[row + width]
        for (let feature = 0; feature < width; feature++) sum += weights[row + feature] * input[feature]
        output[unit] = index < layers.length - 1 ? Math.max(sum, 0) : sum
      }
      values.push(output)
    }
    return values
  }

  function addGradient(sample: number): void {
    const values = forward(train, sample)
    const scores = Array.from(values[layers.length])
    const largest = Math.max(...scores)
    const total = scores.reduce((sum, score) => sum + Math.exp(score - largest), 0)
    let slope = Float64Array.from(
      scores,
      (score, label) => Math.exp(score - largest) / total - (label === train.labels[sample] ? 1 : 0),
    )
    for (let index = layers.length - 1; index >= 0; index--) {
      const { inputs: width, outputs, weights, gradient } = layers[index]
      const input = values[index]
      const below = new Float64Array(width)
      for (let unit = 0; unit < outputs; unit++) {
        const row = unit * (width + 1)
        gradient[row + width] += slope[unit]
        for (let feature = 0; feature < width; feature++) {
          gradient[row + feature] += slope[unit] * input[feature]
          if (input[feature] > 0) below[feature] += slope[unit] * weights[row + feature]
        }
      }
      slope = below
    }
  }

  for (let epoch = 0; epoch < epochs; epoch++)
    for (let start = 0; start < train.samples; start += 20) {
      for (let draw = 0; draw < 20; draw++) addGradient(Math.floor(random.uniform() * train.samples))
      for (const { weights, gradient } of layers) {
        for (let index = 0; index < weights.length; index++) weights[index] -= (0.1 / 20) * gradient[index]
        gradient.fill(0)
      }
    }
  let correct = 0
  for (let sample = 0; sample < heldOut.samples; sample++) {
    const scores = Array.from(forward(heldOut, sample)[layers.length])
    if (scores.indexOf(Math.max(...scores)) === heldOut.labels[sample]) correct++
  }
  return correct / heldOut.samples
}
