import { describe, expect, it } from 'vitest'
import { adam, grouped, type Parameters, sam, sgd, type Vector } from '../index.ts'

const near = (values: readonly number[]) => values.map((value) => expect.closeTo(value, 9))

function flat(parameters: Parameters): Vector {
  if (parameters instanceof Float32Array || parameters instanceof Float64Array) return parameters
  throw new Error('one array was given')
}

describe('sam', () => {
  it('by hand on (x^2 + 4 y^2) / 2 from (3, 1): the gradient of the point that lies radius uphill', () => {
    const optimizer = sam(sgd({ learningRate: 0.1 }), { radius: 0.5 })
    const w = Float64Array.of(3, 1)
    const seen: number[][] = []
    const reused = new Float64Array(2)
    const gradientAt = (at: Parameters): Vector => {
      const [x, y] = flat(at)
      seen.push([x, y])
      reused.set([x, 4 * y])
      return reused
    }
    expect(optimizer.step(w, gradientAt, optimizer.init(w))).toEqual({ applied: true })
    // g = (3, 4) of norm 5: uphill at (3.3, 1.4), where g = (3.3, 5.6).
    expect(seen).toEqual([near([3, 1]), near([3.3, 1.4])])
    expect([...w]).toEqual(near([3 - 0.33, 1 - 0.56]))
  })

  it('takes the norm over all tensors', () => {
    const optimizer = sam(sgd({ learningRate: 1 }), { radius: 0.5 })
    const w = { x: Float64Array.of(3), y: Float64Array.of(4) }
    let climbed: number[] = []
    optimizer.step(
      w,
      () => {
        climbed = [w.x[0], w.y[0]]
        return { x: w.x.slice(), y: w.y.slice() }
      },
      optimizer.init(w),
    )
    // g = w: uphill by 0.5 (0.6, 0.8).
    expect(climbed).toEqual(near([3.3, 4.4]))
    expect([w.x[0], w.y[0]]).toEqual(near([-0.3, -0.4]))
  })

  it('stays where it is when the gradient is zero', () => {
    const optimizer = sam(sgd())
    const w = Float64Array.of(1)
    optimizer.step(w, () => Float64Array.of(0), optimizer.init(w))
    expect(w[0]).toBe(1)
  })

  it.each([1, 2])('leaves the parameters as before when call %d throws', (failing) => {
    const optimizer = sam(adam())
    const w = Float32Array.of(0.1, 0.2, 0.3)
    const state = optimizer.init(w)
    let calls = 0
    const gradientAt = (): Vector => {
      calls += 1
      if (calls === failing) throw new Error('no gradient')
      return Float32Array.of(1, 2, 3)
    }
    expect(() => optimizer.step(w, gradientAt, state)).toThrow('no gradient')
    expect(w).toEqual(Float32Array.of(0.1, 0.2, 0.3))
    expect(state.step).toBe(0)
  })

  it('leaves the parameters as before when the second gradient or an override does not fit', () => {
    const optimizer = sam(sgd())
    const w = Float64Array.of(1, 2)
    const state = optimizer.init(w)
    const gradients = [Float64Array.of(1, 1), Float64Array.of(1)]
    expect(() => optimizer.step(w, () => gradients.shift() ?? w, state)).toThrow(TypeError)
    expect(() => optimizer.step(w, () => Float64Array.of(1, 1), state, { learningRate: -1 })).toThrow(
      RangeError,
    )
    expect([...w]).toEqual([1, 2])
  })

  it('moves no frozen tensor, uphill neither, and asks for no gradient of it', () => {
    const optimizer = sam(grouped(sgd({ learningRate: 1 }), [{ tensors: ['still'], frozen: true }]), {
      radius: 0.5,
    })
    const w = { still: Float64Array.of(1), moving: Float64Array.of(1) }
    const seen: number[][] = []
    optimizer.step(
      w,
      () => {
        seen.push([w.still[0], w.moving[0]])
        return { moving: w.moving.slice() }
      },
      optimizer.init(w),
    )
    expect(seen).toEqual([near([1, 1]), near([1, 1.5])])
    expect([w.still[0], w.moving[0]]).toEqual(near([1, -0.5]))
  })

  it('saves what the optimizer saves', () => {
    const optimizer = sam(adam())
    const w = Float64Array.of(1)
    const state = optimizer.init(w)
    optimizer.step(w, () => Float64Array.of(1), state)
    expect(optimizer.save(state)).toEqual(adam().save(state))
  })

  it('refuses a radius of 0', () => {
    expect(() => sam(sgd(), { radius: 0 })).toThrow('sam: radius must be in (0, ∞), got 0')
  })
})
