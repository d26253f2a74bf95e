import { bard } from './bard.ts'
import { beale } from './beale.ts'
import { biggsExp6 } from './biggs-exp6.ts'
import { box3d } from './box3d.ts'
import { brownAlmostLinear } from './brown-almost-linear.ts'
import { brownBadlyScaled } from './brown-badly-scaled.ts'
import { brownDennis } from './brown-dennis.ts'
import { broydenBanded } from './broyden-banded.ts'
import { broydenTridiagonal } from './broyden-tridiagonal.ts'
import { chebyquad } from './chebyquad.ts'
import { discreteBoundaryValue } from './discrete-boundary-value.ts'
import { discreteIntegralEquation } from './discrete-integral-equation.ts'
import { extendedRosenbrock } from './extended-rosenbrock.ts'
import { freudensteinRoth } from './freudenstein-roth.ts'
import { gaussian } from './gaussian.ts'
import { gulf } from './gulf.ts'
import { helicalValley } from './helical-valley.ts'
import { jennrichSampson } from './jennrich-sampson.ts'
import { kowalikOsborne } from './kowalik-osborne.ts'
import { linearFullRank } from './linear-full-rank.ts'
import { linearRankOne, linearRankOneZero } from './linear-rank-one.ts'
import { meyer } from './meyer.ts'
import { osborne1 } from './osborne1.ts'
import { osborne2 } from './osborne2.ts'
import { penalty1 } from './penalty1.ts'
import { penalty2 } from './penalty2.ts'
import { powellBadlyScaled } from './powell-badly-scaled.ts'
import { extendedPowellSingular, powellSingular } from './powell-singular.ts'
import type { Problem } from './problem.ts'
import { rosenbrock } from './rosenbrock.ts'
import { trigonometric } from './trigonometric.ts'
import { variablyDimensioned } from './variably-dimensioned.ts'
import { watson } from './watson.ts'
import { wood } from './wood.ts'

/**
 * The 35 families of Moré, Garbow & Hillstrom 1981 as 42 instances, in the order of the paper, unconstrained, from
 * their standard starts.
 *
 * Source: Moré, Garbow & Hillstrom 1981, "Testing unconstrained optimization software", ACM TOMS 7, 17-41.
 */
export const unconstrainedProblems: readonly Problem[] = [
  rosenbrock(),
  freudensteinRoth(),
  powellBadlyScaled(),
  brownBadlyScaled(),
  beale(),
  jennrichSampson(),
  helicalValley(),
  bard(),
  gaussian(),
  meyer(),
  gulf(),
  box3d(),
  powellSingular(),
  wood(),
  kowalikOsborne(),
  brownDennis(),
  osborne1(),
  biggsExp6(),
  osborne2(),
  watson(6),
  watson(9),
  extendedRosenbrock(10),
  extendedRosenbrock(100),
  extendedPowellSingular(12),
  penalty1(4),
  penalty1(10),
  penalty2(4),
  penalty2(10),
  variablyDimensioned(10),
  trigonometric(10),
  brownAlmostLinear(10),
  discreteBoundaryValue(10),
  discreteIntegralEquation(10),
  broydenTridiagonal(10),
  broydenTridiagonal(500),
  broydenBanded(10),
  linearFullRank(10),
  linearRankOne(10),
  linearRankOneZero(10),
  chebyquad(8),
  chebyquad(9),
  chebyquad(10),
]
