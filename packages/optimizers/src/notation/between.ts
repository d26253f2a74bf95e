import {
  advance,
  defineKernel,
  type Emit,
  f64,
  get,
  i32,
  type Kernel,
  type Local,
  lanesOf,
  plus,
  set,
  sumLength,
  times,
  whileBelow,
  whole,
} from '@thalweg/kernels'

import type { Block } from './block.ts'
import { operationOn } from './operations.ts'
import type { Node, Program, SumNode } from './program.ts'

const lane = lanesOf.f64.single
const bytes = 8

/** `(units, block)`: sums start from 0, and the other units get the hoisted numbers of the first. */
export function beginKernel(layout: Block): Kernel {
  return defineKernel({
    name: 'begin',
    parameters: ['units', 'block'],
    locals: { unit: i32, end: i32 },
    body({ units, block, unit, end }) {
      eachUnit(layout, { units: get(units), block: get(block), unit, end }, () => {
        for (const node of layout.hoisted) {
          const offset = bytes * layout.slotOf(node)
          lane.store(get(unit), lane.load(get(block), offset), offset)
        }
        for (const sum of layout.sums) {
          const places = Array.from({ length: sumLength }, (_, place) => layout.sumAt(sum) + place)
          for (const place of [...places, layout.slotOf(sum)])
            lane.store(get(unit), lane.constant(0), bytes * place)
        }
      })
    },
  })
}

/**
 * `(units, block)`: adds up what the lanes of the units gathered in the sums of one pass, always in the same order. A
 * tensor's sum then stands in its first unit; its part of a sum over all tensors stands beside, to be added to the
 * others' by the caller.
 */
export function collectKernel(layout: Block, sums: readonly SumNode[]): Kernel {
  return defineKernel({
    name: 'collect',
    parameters: ['units', 'block'],
    locals: { unit: i32, end: i32, total: f64 },
    body({ units, block, unit, end, total }) {
      for (const sum of sums) {
        set(total, lane.constant(0))
        eachUnit(layout, { units: get(units), block: get(block), unit, end }, () => {
          const [a, b, c, d, tail] = Array.from({ length: sumLength }, (_, place) =>
            lane.load(get(unit), bytes * (layout.sumAt(sum) + place)),
          )
          const ofUnit = lane.add(lane.add(lane.add(a, b), lane.add(c, d)), tail)
          if (sum.scope === 'row') lane.store(get(unit), ofUnit, bytes * layout.slotOf(sum))
          else set(total, lane.add(get(total), ofUnit))
        })
        const slot = sum.scope === 'all' ? layout.partAt(sum) : layout.slotOf(sum)
        if (sum.scope !== 'row') lane.store(get(block), get(total), bytes * slot)
      }
    },
  })
}

/** `(units, block, numbers)`: computes the numbers of one level; states that are numbers move on in `numbers`. */
export function deriveKernel(program: Program, layout: Block, level: number): Kernel {
  const derived = layout.derived.filter((node) => node.level === level)
  const states = program.states.filter((state) => state.shape === 'scalar')
  return defineKernel({
    name: 'derive',
    parameters: ['units', 'block', 'numbers'],
    locals: { unit: i32, end: i32 },
    body({ units, block, numbers, unit, end }) {
      const value = (node: Node): Emit =>
        node.kind === 'constant'
          ? lane.constant(node.value)
          : lane.load(get(unit), bytes * layout.slotOf(node))
      eachUnit(layout, { units: get(units), block: get(block), unit, end }, () => {
        for (const node of derived) {
          const offset = bytes * layout.slotOf(node)
          if (node.kind === 'operation') lane.store(get(unit), operationOn(lane, node, value), offset)
          else if (node.kind === 'sum' && node.scope !== 'row')
            lane.store(get(unit), lane.load(get(block), offset), offset)
        }
      })
      for (const [index, { next }] of states.entries()) {
        if (next.level !== level) continue
        lane.store(get(numbers), lane.load(get(block), bytes * layout.slotOf(next)), bytes * index)
      }
    },
  })
}

/** `(from, to)`: adds one number to another. */
export const addNumber = defineKernel({
  name: 'addNumber',
  parameters: ['from', 'to'],
  locals: { sum: f64 },
  body({ from, to, sum }) {
    set(sum, lane.add(lane.load(get(from)), lane.load(get(to))))
    lane.store(get(to), get(sum))
  },
})

interface Units {
  readonly units: Emit
  readonly block: Emit
  readonly unit: Local<'i32'>
  readonly end: Local<'i32'>
}

/** Runs a body for each unit, whose block's address is then in `unit`. */
function eachUnit({ length }: Block, { units, block, unit, end }: Units, body: () => void): void {
  set(unit, block)
  set(end, plus(block, times(units, whole(length * bytes))))
  whileBelow(unit, get(end), () => {
    body()
    advance(unit, whole(length * bytes))
  })
}
