type Matrix = Float32Array | Float64Array

/** A linear map from the student's features to the teacher's. */
export interface HintRegressor {
  /** [width, teacherWidth], row-major. */
  readonly weights: Matrix
  /** [teacherWidth]; 0 by default. */
  readonly bias?: Matrix
}

export interface HintOptions {
  /** The student's features, [rows, width], row-major. */
  readonly features: Matrix
  /** The teacher's for the same rows, [rows, teacherWidth], row-major. */
  readonly teacher: Matrix
  readonly rows: number
  /** Without one both widths must be equal, and the features are compared as they are. */
  readonly regressor?: HintRegressor
}

export interface HintLoss {
  readonly loss: number
  /** Of `loss` by the student's features, [rows, width]. */
  readonly gradient: Float64Array
  /** By the regressor's numbers, in their shapes; where there is one. */
  readonly regressorGradient?: { readonly weights: Float64Array; readonly bias: Float64Array }
}

/**
 * A hint: half the mean squared distance from the student's features f, mapped linearly, to the teacher's h.
 *
 *   e = f W + b - h
 *   loss = mean over rows of  1/2 sum_k e_k^2
 *   df = e W' / rows,  dW = f' e / rows,  db = sum over rows of e / rows
 *
 * Shapes: f [rows, width], W [width, teacherWidth], b, h's rows and e's [teacherWidth]. The squares are summed over features
 * and averaged over rows. Throws TypeError or RangeError for arrays that do not fit or are not finite.
 * Source: Romero et al. 2015 (FitNets), arXiv:1412.6550, equation 3, with a linear regressor.
 *
 * @example
 * const regressor = { weights: new Float64Array([1, 1]) }
 * hintLoss({ features: new Float64Array([2]), teacher: new Float64Array([1, 4]), rows: 1, regressor }).loss // 2.5
 */
export function hintLoss({ features, teacher, rows, regressor }: HintOptions): HintLoss {
  if (!(Number.isSafeInteger(rows) && rows >= 1)) {
    throw new RangeError(`hintLoss: rows must be a whole number in [1, ∞), got ${rows}`)
  }
  const width = widthOf('features', features, rows)
  const teacherWidth = widthOf('teacher', teacher, rows)
  if (regressor === undefined) {
    checkLength('features', features, teacher.length)
    const { loss, errors } = halfMeanSquare(Float64Array.from(features), teacher, rows)
    return { loss, gradient: errors }
  }
  const { weights, bias } = regressor
  checkFinite('regressor.weights', weights)
  checkLength('regressor.weights', weights, width * teacherWidth)
  if (bias !== undefined) {
    checkFinite('regressor.bias', bias)
    checkLength('regressor.bias', bias, teacherWidth)
  }
  const mapped = new Float64Array(rows * teacherWidth)
  for (let row = 0; row < rows; row++) {
    const out = mapped.subarray(row * teacherWidth, (row + 1) * teacherWidth)
    if (bias !== undefined) out.set(bias)
    for (let i = 0; i < width; i++) {
      const feature = features[row * width + i]
      for (let k = 0; k < teacherWidth; k++) out[k] += feature * weights[i * teacherWidth + k]
    }
  }
  const { loss, errors } = halfMeanSquare(mapped, teacher, rows)
  return { loss, ...gradients(features, weights, errors, { rows, width, teacherWidth }) }
}

/** The loss of what lies beside the teacher's features, and in its place its gradient: the errors divided by rows. */
function halfMeanSquare(mapped: Float64Array, teacher: Matrix, rows: number) {
  let sum = 0
  for (let at = 0; at < mapped.length; at++) {
    const error = mapped[at] - teacher[at]
    sum += error ** 2
    mapped[at] = error / rows
  }
  return { loss: sum / (2 * rows), errors: mapped }
}

function gradients(
  features: Matrix,
  weights: Matrix,
  errors: Float64Array,
  { rows, width, teacherWidth }: Readonly<Record<'rows' | 'width' | 'teacherWidth', number>>,
): Required<Omit<HintLoss, 'loss'>> {
  const gradient = new Float64Array(features.length)
  const regressorGradient = {
    weights: new Float64Array(weights.length),
    bias: new Float64Array(teacherWidth),
  }
  for (let row = 0; row < rows; row++) {
    const error = errors.subarray(row * teacherWidth, (row + 1) * teacherWidth)
    for (let k = 0; k < teacherWidth; k++) regressorGradient.bias[k] += error[k]
    for (let i = 0; i < width; i++) {
      const feature = features[row * width + i]
      let sum = 0
      for (let k = 0; k < teacherWidth; k++) {
        sum += error[k] * weights[i * teacherWidth + k]
        regressorGradient.weights[i * teacherWidth + k] += feature * error[k]
      }
      gradient[row * width + i] = sum
    }
  }
  return { gradient, regressorGradient }
}

/** How wide an array's rows are. */
function widthOf(name: string, values: Matrix, rows: number): number {
  checkFinite(name, values)
  if (values.length === 0 || values.length % rows !== 0) {
    throw new RangeError(
      `hintLoss: ${name} must hold ${rows} rows of one length, got ${values.length} numbers`,
    )
  }
  return values.length / rows
}

function checkLength(name: string, values: Matrix, length: number): void {
  if (values.length === length) return
  throw new RangeError(`hintLoss: ${name} must hold ${length} numbers, got ${values.length}`)
}

function checkFinite(name: string, values: Matrix): void {
  if (!(values instanceof Float32Array || values instanceof Float64Array)) {
    throw new TypeError(`hintLoss: ${name} must be a Float32Array or a Float64Array`)
  }
  const index = values.findIndex((value) => !Number.isFinite(value))
  if (index === -1) return
  throw new RangeError(`hintLoss: ${name} must be finite, got ${values[index]} at ${index}`)
}
