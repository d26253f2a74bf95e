/** The process that predicts with stored models, so that neither the server nor training waits for it. */
import { loadPredictor } from '@thalweg/engine'
import type { Answer, FromPredictor, Question, ToPredictor } from './protocol.ts'
import { recentModels } from './recent-models.ts'

const models = recentModels(loadPredictor)
let asked: Question | undefined

process.on('message', (message: ToPredictor) => {
  if (message.type === 'predict') asked = message.question
  if (asked === undefined) return
  try {
    if (message.type === 'model') models.add(message.sha256, message.data)
    const model = models.get(asked.sha256)
    post(model === undefined ? { type: 'wanted' } : answer(model, asked))
  } catch (error) {
    const type = error instanceof RangeError ? 'refused' : 'failed'
    post({ type, message: error instanceof Error ? error.message : String(error) })
  }
})
// The server ends it. A Ctrl-C reaches it too.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})
process.on('disconnect', () => process.exit(0))

function answer(model: ReturnType<typeof loadPredictor>, question: Question): Answer {
  const { classes, classNames, features } = model
  if (question.width !== features) return { type: 'misfit', features }
  const probabilities = model.predict(question.rows, { temperature: question.temperature })
  return {
    type: 'predicted',
    probabilities: Float64Array.from(probabilities),
    classNames: classNames ?? Array.from({ length: classes }, (_, index) => String(index)),
  }
}

function post(message: FromPredictor): void {
  process.send?.(message)
}
