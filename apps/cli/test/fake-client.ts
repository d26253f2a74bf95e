import {
  type Client,
  type ExperimentReport,
  type ExperimentResource,
  type RunResource,
  type SeriesOptions,
  type SeriesResource,
  ServiceError,
} from '@thalweg/client'
import { expand, tensorSeriesKeySchema } from '@thalweg/document'

/** A service in memory, for what the command line asks of one. */
export interface FakeService {
  readonly experiments: ExperimentResource[]
  readonly runs: RunResource[]
  /** Series by run id. */
  readonly series: Map<string, readonly SeriesResource[]>
  /** What came of ensembles, by experiment id. */
  readonly reports: Map<string, ExperimentReport>
  /** What runs left, by run id. */
  readonly files: Map<string, readonly FakeFile[]>
  /** Every call for a series, in order. */
  readonly seriesCalls: SeriesOptions[]
  /** What happens to a run between two looks at it; nothing by default. */
  advance: (run: RunResource) => RunResource
}

interface FakeFile {
  readonly name: string
  readonly bytes: Uint8Array<ArrayBuffer>
  readonly sha256: string
}

export function createFakeService(): FakeService {
  return {
    experiments: [],
    runs: [],
    series: new Map(),
    reports: new Map(),
    files: new Map(),
    seriesCalls: [],
    advance: (run) => run,
  }
}

export const createdAt = '2026-01-02T03:04:05.000Z'

export function fakeId(kind: number, index: number): string {
  return `019b0000-0000-7000-8000-${String(kind).padStart(4, '0')}${String(index).padStart(8, '0')}`
}

/** A client of the service; pages have two items, whatever is asked, so that whoever forgets pages is found out. */
export function createFakeClient(service: FakeService): Client {
  const missing = (id: string) => new ServiceError(404, 'not-found', `there is no ${id}`)
  const none = async () => []
  return {
    async submit(document) {
      const expansion = expand(document)
      if (!expansion.ok) throw new ServiceError(400, 'invalid-document', 'the document is not valid')
      const experiment = fakeExperiment(service.experiments.length, expansion.experiment)
      service.experiments.push(experiment)
      const runs = expansion.runs.map(({ document: run, variation, role, dependsOn }, index) =>
        fakeRun(service.runs.length + index, {
          experimentId: experiment.id,
          role,
          dependsOn: dependsOn.map((place) => fakeId(2, service.runs.length + place)),
          document: run,
          variation: JSON.parse(JSON.stringify(variation)),
        }),
      )
      service.runs.push(...runs)
      return { id: experiment.id, runs: runs.map(({ id }) => id) }
    },
    async report(experimentId) {
      const report = service.reports.get(experimentId)
      if (report === undefined) throw missing(experimentId)
      return report
    },
    predict: () => Promise.reject(missing('model')),
    experiments: async ({ cursor } = {}) => pageOf(service.experiments, cursor),
    async experiment(id) {
      const experiment = service.experiments.find((one) => one.id === id)
      if (experiment === undefined) throw missing(id)
      return experiment
    },
    async runs({ filter, cursor } = {}) {
      if (cursor === undefined) service.runs.splice(0, Infinity, ...service.runs.map(service.advance))
      return pageOf([...service.runs].reverse().filter(predicateOf(filter)), cursor)
    },
    async run(id) {
      const run = service.runs.find((one) => one.id === id)
      if (run === undefined) throw missing(id)
      const artifacts = (service.files.get(id) ?? []).map(({ name, bytes, sha256 }) => ({
        id: `${name} of ${id}`,
        name,
        mediaType: 'application/octet-stream',
        bytes: bytes.length,
        sha256,
        createdAt,
      }))
      const series = service.series.get(id) ?? []
      const tensorSeries = series.flatMap(({ key }) => tensorSeriesKeySchema.safeParse(key).data ?? [])
      return { ...run, artifacts, tensorSeries }
    },
    async artifact(runId, artifactId) {
      const file = service.files.get(runId)?.find(({ name }) => artifactId === `${name} of ${runId}`)
      if (file === undefined) throw missing(artifactId)
      return new Blob([file.bytes]).stream()
    },
    async series(runId, options = {}) {
      service.seriesCalls.push(options)
      const all = service.series.get(runId) ?? []
      return all.filter(({ key }) => options.keys?.includes(key) ?? true)
    },
    async cancel(runId) {
      const index = service.runs.findIndex((one) => one.id === runId)
      const run = service.runs[index]
      if (run === undefined) throw missing(runId)
      const cancelled: RunResource =
        run.state === 'queued' ? { ...run, state: 'cancelled' } : { ...run, cancelRequested: true }
      service.runs[index] = cancelled
      return cancelled
    },
    optimizers: none,
    schedules: none,
    datasets: none,
    healthy: async () => true,
  }
}

/** The two forms of filter that the command line writes itself. */
function predicateOf(filter: string | undefined): (run: RunResource) => boolean {
  if (filter === undefined) return () => true
  const experiment = /^experiment = "(.+)"$/.exec(filter)?.[1]
  if (experiment !== undefined) return (run) => run.experimentId === experiment
  const [, start, end] = /^id LIKE "(.+)%" OR id LIKE "%(.+)"$/.exec(filter) ?? []
  if (start === undefined || end === undefined) {
    throw new ServiceError(400, 'invalid-filter', `column 1: expected a field, found ${filter}`)
  }
  return ({ id }) => id.startsWith(start) || id.endsWith(end)
}

function pageOf<T>(items: readonly T[], cursor = '0'): { items: T[]; nextCursor?: string } {
  const from = Number(cursor)
  const page = items.slice(from, from + 2)
  return from + 2 < items.length ? { items: page, nextCursor: String(from + 2) } : { items: page }
}

function fakeExperiment(index: number, document: ExperimentResource['document']): ExperimentResource {
  return {
    id: fakeId(1, index),
    name: document.name,
    tags: document.tags,
    createdAt,
    document,
    runs: { queued: 0, running: 0, succeeded: 0, failed: 0, cancelled: 0 },
  }
}

type RunParts = Partial<RunResource> & Pick<RunResource, 'document' | 'variation'>

export function fakeRun(index: number, parts: RunParts): RunResource {
  return {
    id: fakeId(2, index),
    experimentId: fakeId(1, 0),
    state: 'queued',
    role: 'run',
    dependsOn: [],
    tags: [],
    attempt: 0,
    cancelRequested: false,
    createdAt,
    step: 0,
    trainingMs: 0,
    stoppedEarly: false,
    metrics: {},
    ...parts,
  }
}

/** A metric whose last value is this. */
export function metric(last: number | 'NaN' | 'Infinity') {
  return { last, lastStep: 100, points: 100 }
}
