import type { ExperimentInput, RecordedKey } from '@thalweg/document'
import { z } from 'zod'
import { errorOfAnswer, parseJson, ServiceError } from './errors.ts'
import { type PredictionRequest, type Predictions, predictionsSchema } from './prediction.ts'
import { type ExperimentReport, experimentReportSchema } from './report.ts'
import {
  type DatasetResource,
  datasetResourceSchema,
  type ExperimentResource,
  experimentResourceSchema,
  type OptimizerResource,
  optimizerResourceSchema,
  type Page,
  pageSchema,
  type RunDetailsResource,
  type RunResource,
  runDetailsResourceSchema,
  runResourceSchema,
  type ScheduleResource,
  type SeriesResource,
  type Submitted,
  scheduleResourceSchema,
  seriesResourceSchema,
  submittedSchema,
} from './wire.ts'

export interface ClientOptions {
  /** Where the service answers, such as `http://127.0.0.1:7431`. */
  readonly baseUrl: string
  /** The platform's `fetch` by default. */
  readonly fetch?: typeof globalThis.fetch
}

export interface ListOptions {
  /** From 1 to 1000, 50 by default. */
  readonly limit?: number
  /** `nextCursor` of the page before. */
  readonly cursor?: string
}

export interface RunListOptions extends ListOptions {
  /** In the service's filter language, such as `state = "running"`; all runs by default. */
  readonly filter?: string
  /** Field names, `-` before one for falling order, separated by commas; newest first by default. */
  readonly sort?: string
}

export interface SeriesOptions {
  /** All that the run has but those of single tensors, by default; at most 32. */
  readonly keys?: readonly RecordedKey[]
  /** First and last step, inclusive. */
  readonly from?: number
  readonly to?: number
  /** At most about this many points a series, from 1 to 100 000; 10 000 by default. */
  readonly points?: number
}

/** The experiment service, typed. Every call rejects with ServiceError for an error answer of the service. */
export interface Client {
  submit(document: ExperimentInput): Promise<Submitted>
  experiments(options?: ListOptions): Promise<Page<ExperimentResource>>
  experiment(id: string): Promise<ExperimentResource>
  /** What came of the experiment's ensemble; rejects where it has none. */
  report(experimentId: string): Promise<ExperimentReport>
  /** Class probabilities by the model that a run left. */
  predict(request: PredictionRequest): Promise<Predictions>
  runs(options?: RunListOptions): Promise<Page<RunResource>>
  run(id: string): Promise<RunDetailsResource>
  series(runId: string, options?: SeriesOptions): Promise<readonly SeriesResource[]>
  cancel(runId: string): Promise<RunResource>
  /** The bytes of a file that a run left, as they come; reading them rejects where the service breaks off. */
  artifact(runId: string, artifactId: string): Promise<ReadableStream<Uint8Array>>
  /** What a document can name. */
  optimizers(): Promise<readonly OptimizerResource[]>
  schedules(): Promise<readonly ScheduleResource[]>
  datasets(): Promise<readonly DatasetResource[]>
  /** Whether the service answers. */
  healthy(): Promise<boolean>
}

/** A request that sends JSON. */
function posted(body: unknown): RequestInit {
  return {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  }
}

type Query = Readonly<Record<string, string | number | undefined>>

/**
 * A client of the service at `baseUrl`. Throws TypeError for a base URL that is none.
 *
 * @example
 * const client = createClient({ baseUrl: 'http://127.0.0.1:7431' })
 * const { runs } = await client.submit({ name: 'first', run: { dataset: { name: 'spirals' }, optimizer: { name: 'adam' } } })
 */
export function createClient(options: ClientOptions): Client {
  const { baseUrl, fetch = globalThis.fetch } = options
  if (!URL.canParse(baseUrl)) throw new TypeError(`baseUrl must be a URL, got ${JSON.stringify(baseUrl)}`)

  async function request(path: string, init: RequestInit, query: Query): Promise<Response> {
    const url = new URL(`${baseUrl.replace(/\/+$/, '')}${path}`)
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value))
    try {
      return await fetch(url, init)
    } catch (cause) {
      const message = `no service answers at ${baseUrl}: is it started?`
      throw new ServiceError(0, 'unreachable', message, { cause })
    }
  }

  const textOf = (response: Response) =>
    response.text().catch((cause: unknown) => {
      throw new ServiceError(0, 'unreachable', `the answer of ${baseUrl} broke off`, { cause })
    })

  async function call<T extends z.ZodType>(
    schema: T,
    path: string,
    { query = {}, ...init }: RequestInit & { readonly query?: Query } = {},
  ): Promise<z.output<T>> {
    const response = await request(path, init, query)
    const body = await textOf(response)
    if (!response.ok) throw errorOfAnswer(response.status, body, baseUrl)
    const parsed = schema.safeParse(parseJson(body))
    if (parsed.success) return parsed.data
    const message = `${baseUrl}${path} answered something else than this client knows: ${z.prettifyError(parsed.error)}`
    throw new ServiceError(response.status, 'unexpected-answer', message, { cause: parsed.error })
  }

  const items = async <T extends z.ZodType>(item: T, path: string, query: Query = {}) =>
    (await call(pageSchema(item), path, { query })).items

  return {
    submit: (document) => call(submittedSchema, '/v1/experiments', posted(document)),
    report: (id) => call(experimentReportSchema, `/v1/experiments/${encodeURIComponent(id)}/report`),
    predict: (question) => call(predictionsSchema, '/v1/predictions', posted(question)),
    experiments: ({ limit, cursor } = {}) =>
      call(pageSchema(experimentResourceSchema), '/v1/experiments', { query: { limit, cursor } }),
    experiment: (id) => call(experimentResourceSchema, `/v1/experiments/${encodeURIComponent(id)}`),
    runs: ({ filter, sort, limit, cursor } = {}) =>
      call(pageSchema(runResourceSchema), '/v1/runs', { query: { filter, sort, limit, cursor } }),
    run: (id) => call(runDetailsResourceSchema, `/v1/runs/${encodeURIComponent(id)}`),
    series: (runId, { keys, from, to, points } = {}) =>
      items(seriesResourceSchema, `/v1/runs/${encodeURIComponent(runId)}/series`, {
        keys: keys?.join(','),
        from,
        to,
        points,
      }),
    cancel: (runId) =>
      call(runResourceSchema, `/v1/runs/${encodeURIComponent(runId)}/cancellation`, { method: 'POST' }),
    async artifact(runId, artifactId) {
      const path = `/v1/runs/${encodeURIComponent(runId)}/artifacts/${encodeURIComponent(artifactId)}`
      const response = await request(path, {}, {})
      if (!response.ok) throw errorOfAnswer(response.status, await textOf(response), baseUrl)
      return response.body ?? new Blob([]).stream()
    },
    optimizers: () => items(optimizerResourceSchema, '/v1/optimizers'),
    schedules: () => items(scheduleResourceSchema, '/v1/schedules'),
    datasets: () => items(datasetResourceSchema, '/v1/datasets'),
    async healthy() {
      try {
        return (await request('/healthz', {}, {})).ok
      } catch {
        return false
      }
    },
  }
}
