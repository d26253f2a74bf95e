import type { Node, Operation, Scope } from './program.ts'

/** What a step's numbers are computed from; refilled for every step. */
export interface ScalarInputs {
  /** The step, from 1. */
  step: number
  /** In the order of the program's names. */
  hyperparameters: Float64Array
  /** State variables that are one number. */
  readonly states: Readonly<Record<string, Float64Array>>
  /** How many elements a sum is over. */
  readonly counts: Record<Scope, number>
}

/** Computes the wanted numbers of one step, in f64, into `results`. */
export type ScalarProgram = (inputs: ScalarInputs, results: Float64Array) => void

/**
 * Orders the numbers that a rule needs so that each is computed once a step, after what it depends on.
 * None of `wanted` may depend on a vector.
 */
export function scalarProgram(wanted: readonly Node[], hyperparameters: readonly string[]): ScalarProgram {
  const places = new Map<Node, number>()
  const order: Node[] = []
  const visit = (node: Node): void => {
    if (places.has(node)) return
    if (node.kind === 'operation') node.inputs.forEach(visit)
    places.set(node, order.length)
    order.push(node)
  }
  wanted.forEach(visit)
  const values = new Float64Array(order.length)
  const layout = { values, places, hyperparameters }
  const instructions = order.map((node, place) => instruction(node, place, layout))
  const outputs = wanted.map((node) => places.get(node) ?? -1)

  return (inputs, results) => {
    for (let place = 0; place < instructions.length; place++) instructions[place](inputs)
    for (let index = 0; index < outputs.length; index++) results[index] = values[outputs[index]]
  }
}

interface ScalarLayout {
  readonly values: Float64Array
  readonly places: ReadonlyMap<Node, number>
  readonly hyperparameters: readonly string[]
}

/** What fills one place; a closure each, because looking operations up by name takes longer than doing them. */
function instruction(
  node: Node,
  place: number,
  { values, places, hyperparameters }: ScalarLayout,
): (inputs: ScalarInputs) => void {
  switch (node.kind) {
    case 'constant':
      values[place] = node.value
      return () => {}
    case 'step':
      return (inputs) => {
        values[place] = inputs.step
      }
    case 'count':
      return (inputs) => {
        values[place] = inputs.counts[node.scope]
      }
    case 'hyperparameter': {
      const index = hyperparameters.indexOf(node.name)
      return (inputs) => {
        values[place] = inputs.hyperparameters[index]
      }
    }
    case 'state':
      return (inputs) => {
        values[place] = inputs.states[node.name][0]
      }
    case 'operation': {
      const [first, second, third] = node.inputs.map((input) => places.get(input) ?? -1)
      return operations[node.operation](values, [place, first, second, third])
    }
    default:
      throw new Error(`unreachable: ${node.kind} depends on a vector`)
  }
}

/** An operation on numbers; comparisons give 1 or 0. */
export function operate(operation: Operation, inputs: readonly number[]): number {
  const values = Float64Array.of(0, ...inputs)
  operations[operation](values, [0, 1, 2, 3])()
  return values[0]
}

/** The place of a result, and those of up to three inputs. */
type Places = readonly [number, number, number, number]

/** Each reads and writes the array by itself: a number that passes through a call is an object on the heap. */
const operations: Readonly<Record<Operation, (v: Float64Array, places: Places) => () => void>> = {
  '+': (v, [to, a, b]) => {
    return () => {
      v[to] = v[a] + v[b]
    }
  },
  '-': (v, [to, a, b]) => {
    return () => {
      v[to] = v[a] - v[b]
    }
  },
  '*': (v, [to, a, b]) => {
    return () => {
      v[to] = v[a] * v[b]
    }
  },
  '/': (v, [to, a, b]) => {
    return () => {
      v[to] = v[a] / v[b]
    }
  },
  '<': (v, [to, a, b]) => {
    return () => {
      v[to] = v[a] < v[b] ? 1 : 0
    }
  },
  '<=': (v, [to, a, b]) => {
    return () => {
      v[to] = v[a] <= v[b] ? 1 : 0
    }
  },
  '>': (v, [to, a, b]) => {
    return () => {
      v[to] = v[a] > v[b] ? 1 : 0
    }
  },
  '>=': (v, [to, a, b]) => {
    return () => {
      v[to] = v[a] >= v[b] ? 1 : 0
    }
  },
  '==': (v, [to, a, b]) => {
    return () => {
      v[to] = v[a] === v[b] ? 1 : 0
    }
  },
  '!=': (v, [to, a, b]) => {
    return () => {
      v[to] = v[a] !== v[b] ? 1 : 0
    }
  },
  where: (v, [to, condition, yes, no]) => {
    return () => {
      v[to] = v[condition] !== 0 ? v[yes] : v[no]
    }
  },
  negate: (v, [to, a]) => {
    return () => {
      v[to] = -v[a]
    }
  },
  // As for vectors, which differs from the language's power at -0 and -Infinity.
  power: (v, [to, a, b]) => {
    return () => {
      v[to] = v[b] === 0.5 ? Math.sqrt(v[a]) : v[a] ** v[b]
    }
  },
  sqrt: (v, [to, a]) => {
    return () => {
      v[to] = Math.sqrt(v[a])
    }
  },
  abs: (v, [to, a]) => {
    return () => {
      v[to] = Math.abs(v[a])
    }
  },
  sign: (v, [to, a]) => {
    return () => {
      v[to] = Math.sign(v[a])
    }
  },
  exp: (v, [to, a]) => {
    return () => {
      v[to] = Math.exp(v[a])
    }
  },
  log: (v, [to, a]) => {
    return () => {
      v[to] = Math.log(v[a])
    }
  },
  min: (v, [to, a, b]) => {
    return () => {
      v[to] = Math.min(v[a], v[b])
    }
  },
  max: (v, [to, a, b]) => {
    return () => {
      v[to] = Math.max(v[a], v[b])
    }
  },
}
