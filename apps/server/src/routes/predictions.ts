import { predictionRequestSchema } from '@thalweg/client'
import type { z } from 'zod'
import { artifactBytes } from '../artifact-bytes.ts'
import { readJsonBody } from '../http/json-body.ts'
import { ProblemError } from '../http/problem.ts'
import { noQuery } from '../http/query.ts'
import { components, referenceTo } from '../openapi/components.ts'
import { defineRoute, json } from '../openapi/define-route.ts'
import { PredictorBusy } from '../prediction/predictor.ts'
import type { Answer } from '../prediction/protocol.ts'
import type { AddRoutes, Services } from './services.ts'

/** More faults than a person reads. */
const mostFaults = 100

const predict = defineRoute(
  {
    method: 'post',
    path: '/v1/predictions',
    tags: ['Predictions'],
    summary: 'Predict with a stored model or ensemble',
    description:
      'Rows are samples as their data set has them, before any preprocessing: what the model was trained with stands ' +
      'in its file and is done here. Images are rows too, channel after channel, each row by row.',
    request: {
      query: noQuery,
      body: {
        required: true,
        content: {
          'application/json': {
            schema: referenceTo('PredictionRequest'),
            example: { run: '019b0000-0000-7000-8000-000000000000', rows: [[0.1, -0.4]] },
          },
        },
      },
    },
    responses: { 200: json('The probabilities of each row.', components.Predictions) },
  },
  [
    'malformed-json',
    'cross-origin',
    'not-found',
    'no-model',
    'too-large',
    'unsupported-media-type',
    'invalid-body',
    'busy',
  ],
)

export const addPredictionRoutes: AddRoutes = (app, { store, predictor }) => {
  app.openapi(predict, async (c) => {
    const { run: id, rows, temperature } = requestOf(await readJsonBody(c))
    const run = await store.run(id)
    if (run === undefined) throw new ProblemError('not-found', { detail: `there is no run ${id}` })
    const { loss } = run.document
    if (loss.name !== 'softmaxCrossEntropy') {
      throw new ProblemError('no-model', {
        detail: `run ${id} learnt with ${loss.name}: it gives no probabilities`,
      })
    }
    const file = run.artifacts.find(({ name }) => name === 'model.safetensors')
    if (file === undefined) {
      const why = run.message === undefined ? '' : ` (${run.message})`
      throw new ProblemError('no-model', { detail: `run ${id} has no model: it is ${run.state}${why}` })
    }
    const width = rows[0]?.length ?? 0
    const question = { sha256: file.sha256, rows: flattened(rows, width), width, temperature }
    const answer = await answerOf(predictor, question, () => artifactBytes(store, id, file))
    if (answer.type === 'failed') throw new Error(`predicting with run ${id}: ${answer.message}`)
    if (answer.type === 'refused') {
      throw invalid([{ pointer: '/rows', code: 'custom', message: answer.message }])
    }
    if (answer.type === 'misfit') {
      const message = `the model takes ${answer.features} numbers a row, got ${width}`
      throw invalid([{ pointer: '/rows/0', code: 'custom', message }])
    }
    return c.json(predictionsOf(answer), 200)
  })
}

async function answerOf(
  predictor: Services['predictor'],
  ...question: Parameters<Services['predictor']['predict']>
): Promise<Answer> {
  try {
    return await predictor.predict(...question)
  } catch (error) {
    if (!(error instanceof PredictorBusy)) throw error
    throw new ProblemError('busy', { detail: error.message, headers: { 'Retry-After': '1' } })
  }
}

function requestOf(body: unknown): z.output<typeof predictionRequestSchema> {
  const parsed = predictionRequestSchema.safeParse(body)
  if (parsed.success) return parsed.data
  throw invalid(
    parsed.error.issues.slice(0, mostFaults).map(({ path, code, message }) => ({
      pointer: path.map((part) => `/${String(part).replaceAll('~', '~0').replaceAll('/', '~1')}`).join(''),
      code,
      message,
    })),
  )
}

function invalid(errors: readonly { pointer: string; code: string; message: string }[]): ProblemError {
  const detail = `the body has ${errors.length === 1 ? 'a fault' : `${errors.length} faults`}`
  return new ProblemError('invalid-body', { detail, errors })
}

function flattened(rows: readonly (readonly number[])[], width: number): Float32Array {
  const flat = new Float32Array(rows.length * width)
  rows.forEach((row, index) => {
    flat.set(row, index * width)
  })
  return flat
}

function predictionsOf({ probabilities, classNames }: Extract<Answer, { type: 'predicted' }>) {
  const classes = classNames.length
  const rows = Array.from({ length: probabilities.length / classes }, (_, row) =>
    Array.from(probabilities.subarray(row * classes, (row + 1) * classes)),
  )
  return {
    classes: [...classNames],
    probabilities: rows,
    prediction: rows.map((row) => row.indexOf(Math.max(...row))),
  }
}
