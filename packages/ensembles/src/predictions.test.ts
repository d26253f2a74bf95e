import { describe, expect, it } from 'vitest'
import {
  accuracy,
  brier,
  combine,
  createCombiner,
  disagreement,
  diversity,
  entropy,
  expectedCalibrationError,
  greedySelection,
  klDivergence,
  type Member,
  meanProbabilities,
  negativeLogLikelihood,
  softmax,
  stackingObjective,
  temperatureObjective,
} from './index.ts'

const good = new Float64Array([0.5, 0.5, 0.2, 0.8])
const classes = 2
const members = (second: Member): readonly Member[] => [{ name: 'a', predictions: good }, second]
const named = (predictions: Float64Array | Float32Array): Member => ({ name: 'b', predictions })

describe('every input is checked, and errors name the member and the row, counted from 0', () => {
  it.each<[string, () => unknown, string]>([
    [
      'a row that does not sum to 1',
      () => combine(members(named(new Float64Array([0.5, 0.5, 0.2, 0.73]))), { classes }),
      "combine: member 'b' row 1 must sum to 1, got 0.93",
    ],
    [
      'a row of Infinity',
      () => combine(members(named(new Float64Array([0.5, 0.5, 0, Infinity]))), { classes }),
      "combine: member 'b' row 1 must sum to 1, got Infinity",
    ],
    [
      'NaN',
      () => meanProbabilities(members(new Float64Array([0.5, 0.5, Number.NaN, 1])), { classes }),
      'meanProbabilities: member 1 row 1 class 0 must be a probability in [0, 1], got NaN',
    ],
    [
      'a negative number',
      () => disagreement(members(new Float64Array([1.5, -0.5, 0, 1])), { classes }),
      'disagreement: member 1 row 0 class 1 must be a probability in [0, 1], got -0.5',
    ],
    [
      'other rows',
      () => diversity(members(named(new Float64Array([1, 0]))), { classes }),
      "diversity: member 'b' must have 2 rows, got 1",
    ],
    [
      'a row cut short',
      () => stackingObjective(members(named(new Float64Array(3))), [0, 1], { classes }),
      "stackingObjective: member 'b' must hold one or more whole rows of 2 classes, got 3 numbers",
    ],
    [
      'no rows',
      () => entropy(new Float64Array(0), classes),
      'entropy: predictions must hold one or more whole rows of 2 classes, got 0 numbers',
    ],
    [
      'no members',
      () => greedySelection([], [0], { classes }),
      'greedySelection: members must be one or more, got none',
    ],
    [
      'a single class',
      () => accuracy(new Float64Array([1]), [0], 1),
      'accuracy: classes must be a whole number in [2, ∞), got 1',
    ],
    [
      'a label too large',
      () => negativeLogLikelihood(good, [0, 2], classes),
      'negativeLogLikelihood: labels row 1 must be a whole number in [0, 2), got 2',
    ],
    [
      'a label between classes',
      () => brier(good, [0.5, 1], classes),
      'brier: labels row 0 must be a whole number in [0, 2), got 0.5',
    ],
    [
      'too few labels',
      () => expectedCalibrationError(good, [0], classes),
      'expectedCalibrationError: labels must be one for each of 2 rows, got 1',
    ],
    [
      'a bad reference',
      () => klDivergence(good, new Float64Array([1, 0, 0, 0]), classes),
      'klDivergence: reference row 1 must sum to 1, got 0',
    ],
    [
      'another reference',
      () => klDivergence(good, new Float64Array([1, 0]), classes),
      'klDivergence: reference must have 2 rows, got 1',
    ],
    [
      'a logit that is not finite',
      () => softmax(new Float64Array([0, 1, -Infinity, 2]), classes),
      'softmax: logits row 1 class 0 must be finite, got -Infinity',
    ],
    [
      'the same to be scaled',
      () => temperatureObjective(new Float64Array([0, Number.NaN]), [0], classes),
      'temperatureObjective: logits row 0 class 1 must be finite, got NaN',
    ],
    [
      'too few weights',
      () => combine([good, good], { classes, weights: [1] }),
      'combine: weights must be one for each of 2 members, got 1',
    ],
    [
      'a negative weight',
      () => combine([good, good], { classes, weights: [1, -1] }),
      'combine: weights[1] must be a number in [0, ∞), got -1',
    ],
    [
      'weights of sum 0',
      () => combine([good, good], { classes, weights: [0, 0] }),
      'combine: weights must have a sum in (0, ∞), got 0',
    ],
    [
      'weights of sum Infinity',
      () => combine([good, good], { classes, weights: [1e308, 1e308] }),
      'combine: weights must have a sum in (0, ∞), got Infinity',
    ],
    [
      'a row in a streamed member',
      () => createCombiner({ classes, rows: 2 }).add(named(new Float64Array([1, 0, 1, 1]))),
      "createCombiner: member 'b' row 1 must sum to 1, got 2",
    ],
    [
      'rows in a streamed member',
      () => createCombiner({ classes, rows: 1 }).add(good),
      'createCombiner: member 0 must have 1 rows, got 2',
    ],
    [
      'a weight of a streamed member',
      () => createCombiner({ classes, rows: 2 }).add(good, Infinity),
      'createCombiner: the weight of member 0 must be a number in [0, ∞), got Infinity',
    ],
    [
      'nothing streamed',
      () => createCombiner({ classes, rows: 2 }).result(),
      'createCombiner: weights must have a sum in (0, ∞), got 0',
    ],
    [
      'rows of a combiner',
      () => createCombiner({ classes, rows: 0 }),
      'createCombiner: rows must be a whole number in [1, ∞), got 0',
    ],
    [
      'an unknown way',
      () => combine([good], { classes, how: 'toString' as 'meanRank' }),
      'combine: how must be one of meanProbabilities, meanLogProbabilities, majorityVote, meanRank, got toString',
    ],
  ])('%s', (_, call, message) => {
    expect(call).toThrow(new RangeError(message))
  })

  it('a table that is no typed array', () => {
    const list = [1, 0] as unknown as Float64Array
    const message = 'accuracy: predictions must be a Float32Array or a Float64Array'
    expect(() => accuracy(list, [0], classes)).toThrow(new TypeError(message))
  })
})

describe('the sum of a row', () => {
  it.each([
    [Float64Array, 0.9e-6, true],
    [Float64Array, 1.1e-6, false],
    [Float32Array, 0.9e-4, true],
    [Float32Array, 1.1e-4, false],
  ])('of a %o may be off by %f: %s', (kind, off, allowed) => {
    const scored = () => accuracy(kind.from([0.5, 0.5 + off]), [1], classes)
    if (allowed) expect(scored()).toBe(1)
    else expect(scored).toThrow('must sum to 1, got 1.00')
  })
})
