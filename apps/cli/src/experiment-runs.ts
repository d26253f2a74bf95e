import type { Client, RunResource } from '@thalweg/client'

/** Every run of one experiment, of all pages. */
export async function experimentRuns(client: Client, experimentId: string): Promise<readonly RunResource[]> {
  const filter = `experiment = "${experimentId}"`
  const runs: RunResource[] = []
  let cursor: string | undefined
  do {
    const page = await client.runs({ filter, limit: 1000, ...(cursor === undefined ? {} : { cursor }) })
    runs.push(...page.items)
    cursor = page.nextCursor
  } while (cursor !== undefined)
  return runs
}
