import type { OpenAPIHono } from '@hono/zod-openapi'
import type { Store } from '@thalweg/store'
import type { Predictor } from '../prediction/predictor.ts'

/** What the routes work with. */
export interface Services {
  readonly store: Store
  /** Where file data sets lie; undefined where none is configured. */
  readonly dataDirectory: string | undefined
  /** Told of new runs, and of runs to stop. */
  readonly dispatcher: {
    wake(): void
    cancel(runId: string): void
  }
  readonly predictor: Pick<Predictor, 'predict'>
  /** Whether the service is shutting down: nothing new is taken on. */
  readonly isDraining: () => boolean
}

/** Adds the routes of one resource. */
export type AddRoutes = (app: OpenAPIHono, services: Services) => void
