/** Ours as a process that `child.ts` drives: started with the flags of V8 that are to be measured. */
import { createInterface } from 'node:readline'
import type { Answer, Request } from './child.ts'
import { thalweg } from './thalweg.ts'
import type { Training } from './trainer.ts'

const trainer = thalweg('Thalweg', 'allocated')
let training: Training | undefined

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await answer(JSON.parse(line))))
}

async function answer(request: Request): Promise<Answer> {
  if (request.ask === 'version') return { version: trainer.version }
  if (request.ask === 'setUp') {
    training = await trainer.setUp(request.optimizer, request.length)
    return { known: training !== undefined }
  }
  if (training === undefined) return { error: 'nothing is set up' }
  if (request.ask === 'first') return { values: await training.first(request.count) }
  return { microseconds: await training.elapsed(request.calls) }
}
