import { elementBytes, type Precision, type Workspace } from '@thalweg/kernels'
import type { Vector } from './tensors.ts'

/** Elements of a foreign array that are copied at a time: such parts of all arrays fit the second-level cache. */
export const stagedElements = 24_576

/** Whole vectors, so that sums over parts are sums over the whole, bit for bit. */
const stagedAlignment = 64

/** Bytes that arrays take at most beside their elements. */
const slackBytes = 1024

/** Where parts of a parameter and a gradient stand while a kernel works on them. */
export interface Staging {
  readonly parameter: Vector
  readonly gradient: Vector
}

const stagings = new WeakMap<Workspace, Map<Precision, Staging>>()

/** A place for parts of foreign arrays; smaller where a workspace of the caller's is nearly full. */
export function stagingIn(workspace: Workspace, precision: Precision): Staging {
  const known = stagings.get(workspace) ?? new Map<Precision, Staging>()
  stagings.set(workspace, known)
  const free = workspace.bytesTotal - workspace.bytesUsed
  const room =
    Math.floor((free / 2 - slackBytes) / elementBytes[precision] / stagedAlignment) * stagedAlignment
  const length = Math.max(stagedAlignment, Math.min(stagedElements, room))
  const staging = known.get(precision) ?? {
    parameter: workspace[precision](length),
    gradient: workspace[precision](length),
  }
  known.set(precision, staging)
  return staging
}
