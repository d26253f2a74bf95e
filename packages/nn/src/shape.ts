/** Dimensions of one sample: [features], or [rows, columns, channels] of an image. */
export type Shape = readonly number[]

/** Numbers in a sample. */
export function sizeOf(shape: Shape): number {
  return shape.reduce((product, size) => product * size, 1)
}

/** The dimensions of an image; throws RangeError naming the layer that wants one. */
export function imageShape(
  layer: string,
  shape: Shape,
): readonly [rows: number, columns: number, channels: number] {
  const [rows, columns, channels] = shape
  if (shape.length !== 3) {
    throw new RangeError(
      `${layer}: samples must be images [rows, columns, channels], got [${shape.join(', ')}]`,
    )
  }
  return [rows, columns, channels]
}
