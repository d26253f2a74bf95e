import { f64, i32, type Local, v128 } from './assembler/index.ts'
import { asNumber, conversionsOf } from './conversions.ts'
import { advance, type Emit, get, plus, set, times, whileBelow, whole } from './emit.ts'
import { defineKernel, type Kernel, once } from './kernel.ts'
import { type Lanes, lanesOf, type Precision } from './lanes.ts'
import { alongRow } from './rows.ts'
import { addToSum, startSum, sumIn, totalOf } from './sum.ts'

/**
 * `(rows, columns, x, scale, moments, dy, dx, dScale, dShift)`: the gradients of `layerNorm`, from its `moments` m_i, r_i.
 *
 *   n_ij = (x_ij - m_i) r_i,  g_ij = dy_ij scale_j
 *   dx_ij = r_i g_ij - r_i mean_j g_ij - n_ij r_i mean_j (g_ij n_ij)
 *   dScale_j = sum_i dy_ij n_ij,  dShift_j = sum_i dy_ij
 *
 * dx may lie where dy does. Means in f64, sums over rows in the precision, from the first row to the last.
 */
export const layerNormBackward = once((precision: Precision): Kernel => {
  const { vector, single } = lanesOf[precision]
  const { widen, narrow, splat } = conversionsOf[precision]
  const f64Lane = lanesOf.f64.single
  return defineKernel({
    name: 'layerNormBackward',
    parameters: ['rows', 'columns', 'x', 'scale', 'moments', 'dy', 'dx', 'dScale', 'dShift'],
    locals: {
      end: i32,
      column: i32,
      mean: single.type,
      wideMean: vector.type,
      reciprocal: single.type,
      wideReciprocal: vector.type,
      level: single.type,
      wideLevel: vector.type,
      slope: single.type,
      wideSlope: vector.type,
      normal: single.type,
      wideNormal: vector.type,
      product: single.type,
      wideProduct: vector.type,
      levelA: v128,
      levelB: v128,
      levelTail: f64,
      slopeA: v128,
      slopeB: v128,
      slopeTail: f64,
    },
    body(v) {
      const { rows, columns, x, scale, moments, dy, dx, dScale, dShift, end, column } = v
      const levelSum = sumIn(precision, [v.levelA, v.levelB], v.levelTail)
      const slopeSum = sumIn(precision, [v.slopeA, v.slopeB], v.slopeTail)
      const at = (array: Local): Emit => plus(get(array), get(column))
      const columnsOf = (body: (lanes: Lanes, of: (name: keyof typeof pairs) => Local) => void): void => {
        set(column, whole(0))
        alongRow(precision, column, get(columns), (lanes) =>
          body(lanes, (name) => pairs[name][lanes.width === 1 ? 1 : 0]),
        )
      }
      const pairs = {
        mean: [v.wideMean, v.mean],
        reciprocal: [v.wideReciprocal, v.reciprocal],
        level: [v.wideLevel, v.level],
        slope: [v.wideSlope, v.slope],
        normal: [v.wideNormal, v.normal],
        product: [v.wideProduct, v.product],
      } as const
      const everywhere = (name: keyof typeof pairs, element: Emit): void => {
        const [wide, one] = pairs[name]
        set(one, element)
        set(wide, splat(get(one)))
      }
      /** r_i times a mean of the row. */
      const scaledMean = (sum: typeof levelSum): Emit => {
        const count = asNumber(() => i32.div_u(columns, single.elementBytes))
        return narrow(f64Lane.mul(f64Lane.div(totalOf(sum), count), widen(get(v.reciprocal))))
      }

      set(columns, times(get(columns), whole(single.elementBytes)))
      columnsOf((lanes) => {
        for (const array of [dScale, dShift]) lanes.store(at(array), lanes.constant(0))
      })
      set(end, plus(get(x), times(get(rows), get(columns))))
      whileBelow(x, get(end), () => {
        everywhere('mean', single.load(get(moments)))
        everywhere('reciprocal', single.load(get(moments), single.bytes))
        startSum(levelSum)
        startSum(slopeSum)
        const setNormal = (lanes: Lanes, of: (name: keyof typeof pairs) => Local): void =>
          set(of('normal'), lanes.mul(lanes.sub(lanes.load(at(x)), get(of('mean'))), get(of('reciprocal'))))
        columnsOf((lanes, of) => {
          const gradient = lanes.load(at(dy))
          setNormal(lanes, of)
          lanes.store(at(dShift), lanes.add(lanes.load(at(dShift)), gradient))
          lanes.store(at(dScale), lanes.add(lanes.load(at(dScale)), lanes.mul(gradient, get(of('normal')))))
          set(of('product'), lanes.mul(gradient, lanes.load(at(scale))))
          addToSum(levelSum, lanes, get(of('product')))
          addToSum(slopeSum, lanes, get(of('product')), get(of('normal')))
        })
        everywhere('level', scaledMean(levelSum))
        everywhere('slope', scaledMean(slopeSum))
        columnsOf((lanes, of) => {
          setNormal(lanes, of)
          const scaled = lanes.mul(
            lanes.mul(lanes.load(at(dy)), lanes.load(at(scale))),
            get(of('reciprocal')),
          )
          const fallen = lanes.mul(get(of('normal')), get(of('slope')))
          lanes.store(at(dx), lanes.sub(lanes.sub(scaled, get(of('level'))), fallen))
        })
        advance(moments, whole(2 * single.bytes))
        for (const array of [x, dy, dx]) advance(array, get(columns))
      })
    },
  })
})
