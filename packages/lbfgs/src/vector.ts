/** The coordinates of a point, a gradient or a direction, [n]. */
export type Vector = Float64Array | Float32Array

/** The precision of the coordinates; scalars and small matrices are f64 in both. */
export type Precision = 'f64' | 'f32'
