import { bard } from './bard.ts'
import { beale } from './beale.ts'
import { biggsExp6 } from './biggs-exp6.ts'
import { type BoundedProblem, bounded } from './bounded.ts'
import { box3d } from './box3d.ts'
import { brownDennis } from './brown-dennis.ts'
import { freudensteinRoth } from './freudenstein-roth.ts'
import { gulf } from './gulf.ts'
import { helicalValley } from './helical-valley.ts'
import { jennrichSampson } from './jennrich-sampson.ts'
import { kowalikOsborne } from './kowalik-osborne.ts'
import { powellSingular } from './powell-singular.ts'
import { rosenbrock } from './rosenbrock.ts'
import { wood } from './wood.ts'

const infinity = Number.POSITIVE_INFINITY

/** Families of one size in boxes. */
export const boundedFixedSize: readonly BoundedProblem[] = [
  bounded(rosenbrock(), { what: 'upper', upper: [0.5], solution: [0.5, 0.25], minimum: 0.25 }),
  bounded(rosenbrock(), { what: 'inactive', lower: [-2, -2], upper: [2, 2], solution: [1, 1], minimum: 0 }),
  bounded(rosenbrock(), {
    what: 'infinite',
    lower: [-infinity, -infinity],
    upper: [infinity, infinity],
    solution: [1, 1],
    minimum: 0,
  }),
  bounded(rosenbrock(), { what: 'degenerate', upper: [1], solution: [1, 1], minimum: 0, degenerate: [0] }),
  bounded(rosenbrock(), {
    what: 'fixed',
    lower: [-0.5],
    upper: [-0.5],
    solution: [-0.5, 0.25],
    minimum: 2.25,
  }),
  bounded(rosenbrock(), {
    what: 'all_fixed',
    lower: [-1.2, 1],
    upper: [-1.2, 1],
    solution: [-1.2, 1],
    minimum: 24.2,
  }),
  bounded(rosenbrock(), {
    what: 'from_corner',
    lower: [-1.2, -1],
    upper: [2, 0.9],
    solution: [0.9488254177304869, 0.9],
    minimum: 2.6261102410277785e-3,
  }),
  bounded(freudensteinRoth(), {
    what: 'upper',
    lower: [0, -10],
    upper: [10, 0],
    solution: [10, -0.9794940043318495],
    minimum: 49.795824180357954,
  }),
  bounded(jennrichSampson(), {
    what: 'lower',
    lower: [0.26, 0.26],
    upper: [20, 20],
    solution: [0.26, 0.26],
    minimum: 125.01716255074109,
  }),
  bounded(beale(), {
    what: 'degenerate',
    lower: [0.6, 0.5],
    upper: [10, 100],
    solution: [3, 0.5],
    minimum: 0,
    degenerate: [1],
  }),
  bounded(beale(), {
    what: 'upper',
    upper: [2],
    solution: [2, 0.17008792303379597],
    minimum: 0.5233448360104926,
  }),
  bounded(helicalValley(), {
    what: 'upper',
    lower: [-100, -1, -1],
    upper: [0.8, 1, 1],
    solution: [0.8, 0.5619366456706896, 0.96493407531518],
    minimum: 0.9904221209614,
  }),
  bounded(bard(), {
    what: 'lower',
    lower: [0.1, 0.5, 0.5],
    upper: [50, 100, 50],
    solution: [0.1, 1.519450625869217, 1.9818735165632506],
    minimum: 9.582284721153255e-3,
  }),
  bounded(box3d(), {
    what: 'upper',
    lower: [0, 8, 0],
    upper: [2, 9.5, 20],
    solution: [1.0379441327700358, 9.5, 0.9722275854201358],
    minimum: 1.1434818026414504e-4,
  }),
  bounded(gulf(), {
    what: 'upper',
    lower: [0.1, 0, 0],
    upper: [40, 25.5, 5],
    solution: [40, 25.383852833120674, 1.4312402769219794],
    minimum: 9.588512985560523e-4,
  }),
  bounded(powellSingular(), {
    what: 'lower',
    lower: [0.1, -20, -1, -1],
    upper: [100, 20, 1, 50],
    solution: [0.1, -0.009982234157320425, 0.04307310782090479, 0.04378374152808778],
    minimum: 1.8781963005830337e-4,
  }),
  bounded(wood(), {
    what: 'upper',
    lower: { 2: 0 },
    upper: [0],
    solution: [0, 0.005338856860370824, 1.3997288764704865, 1.9608274605730478],
    minimum: 1.556700800438565,
  }),
  bounded(wood(), {
    what: 'inactive',
    lower: [-10, -10, -10, -10],
    upper: [10, 10, 10, 10],
    solution: [1, 1, 1, 1],
    minimum: 0,
  }),
  bounded(kowalikOsborne(), {
    what: 'lower',
    lower: [0, 0.2, 0, 0],
    upper: [0.42, 0.42, 0.42, 0.42],
    solution: [0.19244252918500437, 0.2, 0.12515840725937036, 0.1399474167952222],
    minimum: 3.0763998949848777e-4,
  }),
  bounded(brownDennis(), {
    what: 'box',
    lower: [-10, 0, -100, -20],
    upper: [100, 15, 0, 0.2],
    solution: [-10, 12.677818288630913, -0.4855279925816281, 0.2],
    minimum: 88860.47976750047,
  }),
  bounded(biggsExp6(), {
    what: 'box',
    lower: [0, 0, 0, 0, 0, 0],
    upper: [2, 8, 1, 7, 5, 5],
    solution: [0.9056765386943366, 8, 0.904344402364846, 6.534399059952033, 4.486866781719962, 5],
    minimum: 5.320986590782621e-4,
  }),
]
