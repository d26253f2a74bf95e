import { type BoundedProblem, bounded } from './bounded.ts'
import { brownAlmostLinear } from './brown-almost-linear.ts'
import { broydenBanded } from './broyden-banded.ts'
import { broydenTridiagonal } from './broyden-tridiagonal.ts'
import { chebyquad } from './chebyquad.ts'
import { discreteBoundaryValue } from './discrete-boundary-value.ts'
import { extendedRosenbrock } from './extended-rosenbrock.ts'
import { linearFullRank } from './linear-full-rank.ts'
import { penalty1 } from './penalty1.ts'
import { variablyDimensioned } from './variably-dimensioned.ts'
import { watson } from './watson.ts'

/** n values: `value`, and others by coordinate. */
function filled(n: number, value: number, others: Readonly<Record<number, number>> = {}): number[] {
  return Array.from({ length: n }, (_, j) => others[j] ?? value)
}

/** Families of any size in boxes. */
export const boundedAnySize: readonly BoundedProblem[] = [
  bounded(watson(6), {
    what: 'one_sided',
    lower: { 2: 0 },
    upper: { 3: 1 },
    solution: [
      -0.019334585800321342, 0.9855602089627771, 0, 0.621574066567249, -0.8219203382867382,
      0.7268856059568186,
    ],
    minimum: 4.147276363870582e-3,
  }),
  bounded(watson(9), {
    what: 'box',
    lower: [-1e-5, 0, 0, 0, 0, -3, 0, -3, 0],
    upper: [1e-5, 0.9, 0.1, 1, 1, 0, 4, 0, 2],
    solution: [
      -1e-5, 0.9, 0.1, 0.6300969132578806, 0, -2.2096554016552554, 4, -2.5939317783169447, 0.6868306878339094,
    ],
    minimum: 3.740139779318448e-2,
  }),
  bounded(extendedRosenbrock(10), {
    what: 'mixed',
    lower: { 4: -0.5, 8: 0, 9: 1.5 },
    upper: { 2: 0.5, 4: -0.5, 6: 1 },
    solution: [1, 1, 0.5, 0.25, -0.5, 0.25, 1, 1, 1.2243707487363524, 1.5],
    minimum: 2.550426187893607,
    degenerate: [6],
  }),
  bounded(extendedRosenbrock(100), {
    what: 'upper',
    upper: filled(100, 0.5),
    solution: Array.from({ length: 100 }, (_, j) => (j % 2 === 0 ? 0.5 : 0.25)),
    minimum: 12.5,
  }),
  bounded(penalty1(10), {
    what: 'mixed',
    lower: [0.3, 0.3, 0.3],
    upper: { 9: 0.1 },
    solution: filled(10, 2.499320526946567e-4, { 0: 0.3, 1: 0.3, 2: 0.3 }),
    minimum: 4.8468250456511235e-4,
  }),
  bounded(variablyDimensioned(10), {
    what: 'mixed',
    lower: { 7: 1.1 },
    upper: { 4: 0.8 },
    // x_j = 1 + j d for the free coordinates.
    solution: Array.from({ length: 10 }, (_, j) => 1 + (j + 1) * 6.73400675456914e-4)
      .with(4, 0.8)
      .with(7, 1.1),
    minimum: 5.013468013488577e-2,
  }),
  bounded(brownAlmostLinear(10), {
    what: 'upper',
    upper: { 2: 0.9 },
    solution: filled(10, 0.9671483666183619, { 2: 0.9, 9: 1.4055483073691093 }),
    minimum: 5.062354760377891e-3,
  }),
  bounded(discreteBoundaryValue(10), {
    what: 'lower',
    lower: filled(10, -0.05),
    solution: [
      -0.014648508877600226, -0.02598741800046593, -0.03465596758929434, -0.04112277405154598,
      -0.04570835564440426, -0.048619657324995014, -0.05, -0.05, -0.04819935779499647, -0.03490677517521547,
    ],
    minimum: 1.0608921716310543e-3,
  }),
  bounded(broydenTridiagonal(500), {
    what: 'lower',
    lower: filled(500, -0.65),
    upper: filled(500, 0),
    solution: filled(500, -0.65, {
      0: -0.5563793327864676,
      497: -0.6449307966647865,
      498: -0.5863363200741321,
      499: -0.41222452735157705,
    }),
    minimum: 11.896992787744145,
  }),
  bounded(broydenBanded(10), {
    what: 'upper',
    upper: { 0: -0.45, 2: -0.45, 4: -0.45, 6: -0.45, 8: -0.45 },
    solution: [
      -0.45, -0.4772459357313222, -0.520085127802695, -0.5584871577876542, -0.5928538116060139,
      -0.6248282687223556, -0.6232175368213665, -0.6213685684795689, -0.620430964842738, -0.5864513384074496,
    ],
    minimum: 1.1267078077205063e-2,
  }),
  bounded(linearFullRank(10), {
    what: 'mixed',
    lower: { 0: 0, 1: -1, 5: 0, 8: 0.5 },
    upper: { 3: -2, 7: -1.5, 8: 0.5 },
    solution: filled(10, -1, { 0: 0, 3: -2, 5: 0, 7: -1.5, 8: 0.5 }),
    minimum: 15.5,
    degenerate: [1],
  }),
  bounded(chebyquad(8), {
    what: 'inactive',
    lower: filled(8, 0),
    upper: filled(8, 1),
    solution: [
      0.04315276015101663, 0.1930908403841861, 0.26632870689027294, 0.5, 0.5, 0.7336712931097271,
      0.8069091596158139, 0.9568472398489833,
    ],
    minimum: 3.51687372567793e-3,
  }),
]
