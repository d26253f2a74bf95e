/** Shape of one image. */
export type ImageShape = readonly [rows: number, columns: number, channels: number]

/** Orders of the numbers of an image: [channels, rows, columns] and [rows, columns, channels]. */
export const imageLayouts = ['channelsFirst', 'channelsLast'] as const
export type ImageLayout = (typeof imageLayouts)[number]

/** Throws RangeError unless the layout is known. */
export function checkLayout(layout: unknown): void {
  if (!imageLayouts.some((known) => known === layout))
    throw new RangeError(
      `layout must be one of ${imageLayouts.join(', ')}; received ${JSON.stringify(layout)}`,
    )
}

/** The dimensions of an image in the order of its numbers. */
export function shapeOf([rows, columns, channels]: ImageShape, layout: ImageLayout): readonly number[] {
  return layout === 'channelsFirst' ? [channels, rows, columns] : [rows, columns, channels]
}

/** Writes one image, given as bytes [channels, rows, columns], to `target` from `position` on, in `layout`. */
export function copyPixels(
  bytes: Uint8Array,
  [rows, columns, channels]: ImageShape,
  layout: ImageLayout,
  target: Float32Array | Float64Array,
  position: number,
): void {
  if (layout === 'channelsFirst' || channels === 1) {
    target.set(bytes, position)
    return
  }
  const plane = rows * columns
  for (let channel = 0; channel < channels; channel++)
    for (let pixel = 0; pixel < plane; pixel++)
      target[position + pixel * channels + channel] = bytes[channel * plane + pixel]
}
