import { fileURLToPath } from 'node:url'
import { afterEach, expect, test } from 'vitest'
import { createPredictor, type Predictor, PredictorBusy, type PredictorOptions } from './predictor.ts'
import type { Answer } from './protocol.ts'

const file = fileURLToPath(new URL('../../test/fake-predictor.ts', import.meta.url))
const open: Predictor[] = []
afterEach(async () => {
  await Promise.all(open.splice(0).map((predictor) => predictor.close()))
})

function start(options: Partial<PredictorOptions> = {}): Predictor {
  const predictor = createPredictor({ backend: 'wasm', log: () => {}, file, ...options })
  open.push(predictor)
  return predictor
}

const question = (sha256: string) => ({ sha256, rows: Float32Array.of(1, 2), width: 2, temperature: 3 })
const model = async () => new Uint8Array(7)

/** Which process answered. */
function processOf(answer: Answer): string | undefined {
  expect(answer).toMatchObject({ type: 'predicted', probabilities: Float64Array.of(7, 2, 3) })
  return answer.type === 'predicted' ? answer.classNames[0] : undefined
}

test('the model is sent once, and only where it is wanted', async () => {
  const predictor = start()
  let loads = 0
  const load = () => {
    loads++
    return model()
  }
  const answers = await Promise.all(
    ['a', 'b', 'a', 'a'].map((name) => predictor.predict(question(name), load)),
  )
  expect(new Set(answers.map(processOf)).size).toBe(1)
  expect(loads).toBe(2)
})

test('a model that cannot be read fails its own question alone', async () => {
  const predictor = start()
  const gone = () => Promise.reject(new Error('the file is gone'))
  await expect(predictor.predict(question('a'), gone)).rejects.toThrow('the file is gone')
  expect(processOf(await predictor.predict(question('a'), model))).toBeDefined()
})

test('the next question finds a new process where one has ended', async () => {
  const predictor = start()
  const first = processOf(await predictor.predict(question('a'), model))
  await expect(predictor.predict(question('crash'), model)).rejects.toThrow('has ended')
  expect(processOf(await predictor.predict(question('a'), model))).not.toBe(first)
})

test('a question that takes too long ends the process', async () => {
  const predictor = start({ timeoutMs: 1500 })
  await expect(predictor.predict(question('silent'), model)).rejects.toThrow('has ended')
  expect(processOf(await predictor.predict(question('a'), model))).toBeDefined()
})

test('no more questions wait than are allowed', async () => {
  const predictor = start({ mostWaiting: 2 })
  const [first, second] = [predictor.predict(question('a'), model), predictor.predict(question('a'), model)]
  await expect(predictor.predict(question('a'), model)).rejects.toBeInstanceOf(PredictorBusy)
  await Promise.all([first, second])
  expect(processOf(await predictor.predict(question('a'), model))).toBeDefined()
})

test('after the end nothing is started', async () => {
  const predictor = start()
  await predictor.close()
  await expect(predictor.predict(question('a'), model)).rejects.toThrow('shutting down')
})
