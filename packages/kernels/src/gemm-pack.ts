import { i32, type Local } from './assembler/index.ts'
import { advance, get, set, when, whileBelow, whole } from './emit.ts'
import type { Lanes } from './lanes.ts'

/** What is packed, and the locals that packing may change. */
interface Strip {
  readonly lanes: { readonly vector: Lanes; readonly single: Lanes }
  /** Elements of a packed row: the tile's rows, or its columns. */
  readonly width: number
  /** How many of them the matrix has here; the rest becomes 0. */
  readonly left: Local<'i32'>
  readonly from: Local<'i32'>
  readonly to: Local<'i32'>
  /** Where the packed strip ends. */
  readonly end: Local<'i32'>
  /** Bytes from one packed row's source to the next, and between the elements of a row. */
  readonly step: Local<'i32'>
  readonly stride: Local<'i32'>
  /** Address of the element at hand. */
  readonly element: Local<'i32'>
}

/**
 * Copies a strip of a matrix so that what a tile multiplies in one step of k lies together: `width` elements a row,
 * zeros beyond the matrix. By SIMD where the elements lie together already.
 */
export function packStrip(strip: Strip): void {
  const { lanes, width, left, stride } = strip
  when(
    () => i32.ge_u(left, width),
    () =>
      when(
        () => i32.eq(stride, lanes.single.elementBytes),
        () => copyRows(strip),
        () => gatherRows(strip),
      ),
    () => padRows(strip),
  )
}

function copyRows({ lanes: { vector, single }, width, from, to, end, step }: Strip): void {
  const rowBytes = width * single.elementBytes
  whileBelow(to, get(end), () => {
    for (let offset = 0; offset < rowBytes; offset += vector.bytes) {
      vector.store(get(to), vector.load(get(from), offset), offset)
    }
    advance(from, get(step))
    advance(to, whole(rowBytes))
  })
}

function gatherRows({ lanes: { single }, width, from, to, end, step, stride, element }: Strip): void {
  whileBelow(to, get(end), () => {
    set(element, get(from))
    for (let index = 0; index < width; index++) {
      single.store(get(to), single.load(get(element)), index * single.elementBytes)
      if (index < width - 1) advance(element, get(stride))
    }
    advance(from, get(step))
    advance(to, whole(width * single.elementBytes))
  })
}

function padRows({ lanes: { single }, width, left, from, to, end, step, stride, element }: Strip): void {
  whileBelow(to, get(end), () => {
    set(element, get(from))
    for (let index = 0; index < width; index++) {
      const offset = index * single.elementBytes
      when(
        () => i32.gt_u(left, index),
        () => single.store(get(to), single.load(get(element)), offset),
        () => single.store(get(to), single.constant(0), offset),
      )
      advance(element, get(stride))
    }
    advance(from, get(step))
    advance(to, whole(width * single.elementBytes))
  })
}
