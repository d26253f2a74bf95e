import { type RunDocument, type RunEvent, runSchema } from '@thalweg/document'
import { prepareTraining, type Training, type TrainingOptions } from './index.ts'

/** A run document of what is given, over small defaults. */
export function runOf(run: Record<string, unknown> = {}): RunDocument {
  return runSchema.parse({
    dataset: { name: 'blobs', samplesPerClass: 40, spread: 2, seed: 7 },
    model: { name: 'mlp', hidden: [8] },
    optimizer: { name: 'adam', learningRate: 0.02 },
    epochs: 3,
    seed: 1,
    ...run,
  })
}

export interface Trained {
  readonly training: Training
  readonly events: readonly RunEvent[]
}

/** Trains a document to its end. */
export async function trained(
  document: RunDocument,
  options: Partial<TrainingOptions> = {},
): Promise<Trained> {
  const training = await prepareTraining(document, { dataDirectory: process.env.THALWEG_DATA, ...options })
  const events: RunEvent[] = []
  for await (const event of training.events()) events.push(event)
  return { training, events }
}

/** The events without what the clock says. */
export function timeless(events: readonly RunEvent[]): readonly RunEvent[] {
  return events.map((event) => {
    if (event.type !== 'done') return event
    const { predictionTimeMs: _, ...rest } = event
    return rest
  })
}

export const seriesOf = (events: readonly RunEvent[], key: string): number[] =>
  events.flatMap((event) => {
    const value =
      event.type === 'metric' ? Object.entries(event.values).find(([each]) => each === key)?.[1] : undefined
    return value === undefined ? [] : [value]
  })

/** An artifact's bytes. */
export function artifactOf({ training }: Pick<Trained, 'training'>, name: string): Uint8Array {
  const found = training.artifacts().find((artifact) => artifact.name === name)
  if (found === undefined) throw new Error(`there is no ${name}`)
  return found.data
}
