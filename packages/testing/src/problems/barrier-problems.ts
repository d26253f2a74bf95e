import { analyticCentre } from './analytic-centre.ts'
import { type BarrierProblem, barrierProblem } from './barrier.ts'
import { halfBall } from './half-ball.ts'
import { logBarrier } from './log-barrier.ts'
import { logDeterminant } from './log-determinant.ts'
import { negativeEntropy } from './negative-entropy.ts'
import { reciprocal } from './reciprocal.ts'

/**
 * Problems that are undefined outside of a domain, each answering NaN there and, once more, +Infinity. From every start
 * the steps -gradient and -gradient / |gradient| leave the domain.
 */
export const barrierProblems: readonly BarrierProblem[] = [
  logBarrier,
  analyticCentre,
  halfBall,
  reciprocal,
  negativeEntropy,
  logDeterminant,
].flatMap((barrier) => [barrierProblem(barrier, 'nan'), barrierProblem(barrier, 'infinity')])
