import type { Client, ExperimentResource, RunResource } from '@thalweg/client'
import { CommandFailure } from './command-failure.ts'

/** What an id named. */
export type Found =
  | { readonly kind: 'run'; readonly run: RunResource }
  | { readonly kind: 'experiment'; readonly experiment: ExperimentResource }

/**
 * The end of an id, which tells runs apart in a table. The start does not: ids begin with the time, and the runs of an
 * experiment are born together.
 */
export function shortId(id: string): string {
  return id.slice(-8)
}

/** Finds a run or an experiment by its id, or by the start or the end of it if only one fits. */
export async function findById(client: Client, id: string): Promise<Found> {
  requireIdCharacters(id)
  const [runs, experiments] = await Promise.all([runsLike(client, id), experimentsLike(client, id)])
  const found: readonly Found[] = [
    ...runs.map((run): Found => ({ kind: 'run', run })),
    ...experiments.map((experiment): Found => ({ kind: 'experiment', experiment })),
  ]
  return onlyOne(
    id,
    found,
    (one) => (one.kind === 'run' ? one.run.id : one.experiment.id),
    'run or experiment',
  )
}

/** Finds a run by its id, or by the start or the end of it if only one fits. */
export async function findRun(client: Client, id: string): Promise<RunResource> {
  requireIdCharacters(id)
  return onlyOne(id, await runsLike(client, id), (run) => run.id, 'run')
}

/** The id becomes part of a filter, where other characters have a meaning. */
function requireIdCharacters(id: string): void {
  if (/^[0-9a-zA-Z-]+$/.test(id)) return
  throw new CommandFailure(`${JSON.stringify(id)} is no id; \`thalweg runs\` lists them`, 2)
}

/** Ambiguous ones are listed up to this many. */
const listed = 5

async function runsLike(client: Client, id: string): Promise<readonly RunResource[]> {
  const filter = `id LIKE "${id}%" OR id LIKE "%${id}"`
  const { items } = await client.runs({ filter, limit: listed + 1 })
  return items
}

async function experimentsLike(client: Client, id: string): Promise<readonly ExperimentResource[]> {
  const found: ExperimentResource[] = []
  let cursor: string | undefined
  do {
    const page = await client.experiments({ limit: 1000, ...(cursor === undefined ? {} : { cursor }) })
    found.push(
      ...page.items.filter((experiment) => experiment.id.startsWith(id) || experiment.id.endsWith(id)),
    )
    cursor = page.nextCursor
  } while (cursor !== undefined)
  return found
}

function onlyOne<T>(id: string, found: readonly T[], idOf: (one: T) => string, what: string): T {
  const [first, second] = found
  if (first === undefined) {
    throw new CommandFailure(`no ${what} has an id that is, starts or ends with ${id}`, 2)
  }
  if (second === undefined) return first
  const ids = found.slice(0, listed).map(idOf).join(', ')
  const more = found.length > listed ? ', …' : ''
  throw new CommandFailure(`${id} fits more than one id: ${ids}${more}`, 2)
}
