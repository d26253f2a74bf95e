import { bytesFor, elementBytes, type MatrixProducts, type Precision, type Workspace } from '@thalweg/kernels'

type Vector = Float32Array | Float64Array

/** Factors that are drawn anew for every step: each 0 with probability `rate`, else 1 / (1 - rate). */
export interface Mask {
  /** [rows, features] */
  readonly factors: Vector
  readonly features: number
  readonly rate: number
}

/** Gives a batch's arrays their places. */
export interface Arena {
  /** The address of `length` elements. */
  array(length: number): number
  /** The address of `length` i32. */
  integers(length: number): number
  /** The address of a mask over `rows` samples. */
  mask(rows: number, features: number, rate: number): number
  /** Asks for elements of the common scratch. */
  scratch(length: number): void
  /** Says that a product of these sizes will be planned: C [m, n] over an inner dimension k. */
  product(m: number, n: number, k: number): void
}

/** The largest of what was asked for. */
interface Scratch {
  readonly scratch: number
  readonly productScratch: number
}

function scratchOf(products: MatrixProducts, precision: Precision) {
  const most = { scratch: 0, productScratch: 0 }
  const asked: Pick<Arena, 'scratch' | 'product'> = {
    scratch(length) {
      most.scratch = Math.max(most.scratch, length)
    },
    product(m, n, k) {
      most.productScratch = Math.max(most.productScratch, products.scratchLength(precision, { m, n, k }))
    },
  }
  return { most: most as Scratch, asked }
}

/** What arrays take in a workspace: placed in an arena that only adds up, where every address is 0. */
export function bytesPlaced(
  products: MatrixProducts,
  precision: Precision,
  place: (arena: Arena) => void,
): number {
  const elements = elementBytes[precision]
  const { most, asked } = scratchOf(products, precision)
  let bytes = 0
  const add = (length: number, each: number): number => {
    bytes += bytesFor(length, each)
    return 0
  }
  place({
    ...asked,
    array: (length) => add(length, elements),
    integers: (length) => add(length, 4),
    mask: (rows, features) => add(rows * features, elements),
  })
  return bytes + bytesFor(most.scratch, elements) + bytesFor(most.productScratch, elements)
}

/** Arrays placed in a workspace. */
export interface Placed<T> extends Scratch {
  readonly placed: T
  readonly masks: readonly Mask[]
}

/** Places arrays in a workspace, and then the scratch that they share; `scratch` are addresses. */
export function placeIn<T>(
  workspace: Workspace,
  products: MatrixProducts,
  precision: Precision,
  place: (arena: Arena) => T,
): Placed<T> {
  const { most, asked } = scratchOf(products, precision)
  const masks: Mask[] = []
  const array = (length: number): number => workspace[precision](length).byteOffset
  const placed = place({
    ...asked,
    array,
    integers: (length) => workspace.i32(length).byteOffset,
    mask(rows, features, rate) {
      const factors = workspace[precision](rows * features)
      masks.push({ factors, features, rate })
      return factors.byteOffset
    },
  })
  return { placed, masks, scratch: array(most.scratch), productScratch: array(most.productScratch) }
}
