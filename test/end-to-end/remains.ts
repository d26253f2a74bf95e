import { createHash } from 'node:crypto'
import type { Client } from '@thalweg/client'

/** All that a run recorded and left, but for times. */
export async function remains(client: Client, id: string) {
  const run = await client.run(id)
  const { tensorSeries, metrics, targetStep, stoppedEarly, solver, step, backend, artifacts } = run
  const [model] = artifacts
  const file = await new Response(await client.artifact(id, model.id)).bytes()
  return {
    series: [
      await client.series(id),
      ...(tensorSeries.length > 0 ? [await client.series(id, { keys: tensorSeries })] : []),
    ],
    summary: { tensorSeries, metrics, targetStep, stoppedEarly, solver, step, backend },
    // Beside scores, a report tells times.
    files: artifacts.filter(({ name }) => name !== 'report.json').map(({ name, sha256 }) => [name, sha256]),
    model: { ...model, id: '', createdAt: '', came: createHash('sha256').update(file).digest('hex') },
  }
}
