/** Ours in a process that `minimiser-child.ts` drives: `minimiser-serve.ts loops` or `minimiser-serve.ts simd`. */
import { createInterface } from 'node:readline'
import { ownVersion } from './installed.ts'
import type { MinimiserAnswer, MinimiserRequest } from './minimiser-child.ts'
import { type Minimising, minimising } from './minimiser-thalweg.ts'

const vectors = process.argv[2] === 'simd' ? 'simd' : 'loops'
let current: Minimising | undefined

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(answer(JSON.parse(line))))
}

function answer(request: MinimiserRequest): MinimiserAnswer {
  if (request.ask === 'version') return { version: ownVersion('lbfgs') }
  if (request.ask === 'setUp') {
    current = minimising(request, vectors)
    return { counts: current.counts }
  }
  if (current === undefined) return { error: 'nothing is set up' }
  return { microseconds: current.overhead(request.calls) }
}
