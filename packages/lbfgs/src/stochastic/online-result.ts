import type { Vector } from '../vector.ts'
import type { OnlineLbfgs, OnlineStatus } from './online-lbfgs.ts'
import type { LimitStatus } from './online-limits.ts'

/** A limit, or the end of the method; `stopped`: by `onStep`. Never 'converged': no batch can tell. */
export type OnlineEnd = Exclude<OnlineStatus, 'running'> | LimitStatus | 'stopped'

export interface OnlineResult<A extends Vector, S> {
  /** The newest point that evaluations were finite at. */
  readonly x: A
  /** The value measured last at x, of one batch; NaN before the first. */
  readonly f: number
  /** The largest component of the gradient that belongs to `f`. */
  readonly gradientNorm: number
  readonly status: OnlineEnd
  /** One sentence, with the numbers. */
  readonly message: string
  readonly steps: number
  readonly evaluations: number
  /** Gradients evaluated, in passes over the data; both of a step count. */
  readonly passes: number
  /** To go on from: made when it is read. */
  readonly state: S
}

type Method<A extends Vector, S> = Pick<
  OnlineLbfgs<A>,
  'x' | 'f' | 'gradientNorm' | 'status' | 'message' | 'steps' | 'evaluations'
> & { save(): S }

export function resultOf<A extends Vector, S>(
  method: Method<A, S>,
  x0: A,
  status: OnlineEnd,
  passes: number,
): OnlineResult<A, S> {
  const { f, gradientNorm, steps, evaluations } = method
  const x = x0.slice() as A
  x.set(method.x)
  const done = `${steps} steps, ${evaluations} evaluations, ${passes} passes`
  const where = `f of the last batch ${f}, its largest component of the gradient ${gradientNorm}`
  const message = status === method.status ? method.message : `${status} after ${done}; ${where}`
  return {
    x,
    f,
    gradientNorm,
    status,
    message,
    steps,
    evaluations,
    passes,
    get state() {
      return method.save()
    },
  }
}
