import type { Local } from './assembler/index.ts'
import { elementWise } from './element-wise.ts'
import { type Emit, get, set } from './emit.ts'
import { expMinusOneOfNegative, expOfNegative, expPlaces } from './exp.ts'
import { type Kernel, once } from './kernel.ts'
import type { Lanes, Precision } from './lanes.ts'

/** An element-wise function whose derivative follows from its output. */
export type Activation =
  | { readonly name: 'relu' }
  /** Slope for negative numbers, above 0. */
  | { readonly name: 'leakyRelu'; readonly slope: number }
  | { readonly name: 'tanh' }
  | { readonly name: 'sigmoid' }

/** How an activation is computed. */
export interface ActivationText {
  readonly temporaries: number
  /** f(x). `x` is emitted more than once. */
  readonly value: (lanes: Lanes, x: Emit, temporaries: readonly Local[]) => Emit
  /** dy f'(x) from y = f(x). */
  readonly backward: (lanes: Lanes, y: Emit, dy: Emit) => Emit
}

/** What tells activations apart, in the form that kernels are made once for. */
export function activationKey(activation: Activation): readonly [name: Activation['name'], slope: number] {
  return [activation.name, activation.name === 'leakyRelu' ? activation.slope : 0]
}

/**
 *   relu: y = max(x, 0),                        dx = dy where y > 0, else 0
 *   leakyRelu: y = x where x > 0, else slope x, dx = dy where y > 0, else slope dy
 *   tanh: |y| = -m / (2 + m), m = e^(-2|x|) - 1, dx = dy (1 - y^2)
 *   sigmoid: y = 1 / (1 + e) where x > 0, else e / (1 + e), e = e^(-|x|),  dx = dy y (1 - y)
 */
export function activationText(name: Activation['name'], slope: number): ActivationText {
  const one = (lanes: Lanes): Emit => lanes.constant(1)
  const zero = (lanes: Lanes): Emit => lanes.constant(0)
  const minusAbs = (lanes: Lanes, x: Emit): Emit => lanes.neg(lanes.abs(x))
  switch (name) {
    case 'relu':
      return {
        temporaries: 0,
        value: (lanes, x) => lanes.max(x, zero(lanes)),
        backward: (lanes, y, dy) => lanes.choose('>', y, zero(lanes), dy, zero(lanes)),
      }
    case 'leakyRelu': {
      const scaled = (lanes: Lanes, x: Emit): Emit => lanes.mul(x, lanes.constant(slope))
      return {
        temporaries: 0,
        value: (lanes, x) => lanes.choose('>', x, zero(lanes), x, scaled(lanes, x)),
        backward: (lanes, y, dy) => lanes.choose('>', y, zero(lanes), dy, scaled(lanes, dy)),
      }
    }
    case 'tanh':
      return {
        temporaries: 1 + expPlaces,
        value:
          (lanes, x, [size, ...places]) =>
          () => {
            const exponent = lanes.mul(minusAbs(lanes, x), lanes.constant(2))
            set(size, expMinusOneOfNegative(lanes, exponent, places))
            set(size, lanes.div(lanes.neg(get(size)), lanes.add(get(size), lanes.constant(2))))
            lanes.choose('<', x, zero(lanes), lanes.neg(get(size)), get(size))()
          },
        backward: (lanes, y, dy) => lanes.mul(dy, lanes.sub(one(lanes), lanes.mul(y, y))),
      }
    case 'sigmoid':
      return {
        temporaries: 1 + expPlaces,
        value:
          (lanes, x, [e, ...places]) =>
          () => {
            set(e, expOfNegative(lanes, minusAbs(lanes, x), places))
            const [above] = places
            set(above, lanes.div(one(lanes), lanes.add(one(lanes), get(e))))
            lanes.choose('>', x, zero(lanes), get(above), lanes.mul(get(e), get(above)))()
          },
        backward: (lanes, y, dy) => lanes.mul(dy, lanes.mul(y, lanes.sub(one(lanes), y))),
      }
  }
}

/** `(count, -, x, y)`: y = f(x). */
export function activate(precision: Precision, activation: Activation): Kernel {
  return activateOnce(precision, ...activationKey(activation))
}

/** `(count, -, y, dy, dx)`: dx = dy f'(x), from y = f(x). */
export function activateBackward(precision: Precision, activation: Activation): Kernel {
  return activateBackwardOnce(precision, ...activationKey(activation))
}

const activateOnce = once((precision: Precision, name: Activation['name'], slope: number): Kernel => {
  const { temporaries, value } = activationText(name, slope)
  return elementWise({
    name,
    precision,
    arrays: 2,
    scalars: 0,
    temporaries,
    keepsConstants: true,
    body: (lanes, [x, y], _scalars, places) => lanes.store(y, value(lanes, lanes.load(x), places)),
  })
})

const activateBackwardOnce = once((precision: Precision, name: Activation['name'], slope: number): Kernel => {
  const { backward } = activationText(name, slope)
  return elementWise({
    name: `${name}Backward`,
    precision,
    arrays: 3,
    scalars: 0,
    temporaries: 0,
    body: (lanes, [y, dy, dx]) => lanes.store(dx, backward(lanes, lanes.load(y), lanes.load(dy))),
  })
})
