import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { RunResource } from '@thalweg/client'
import { expect, it } from 'vitest'
import { settled, startService, temporaryFolder } from '../end-to-end/service.ts'

const data = process.env.THALWEG_DATA
const experiments = resolve(import.meta.dirname, '../../experiments')

/** Runs a document of experiments/ through the service and gives its runs. */
async function run(file: string): Promise<readonly RunResource[]> {
  const folder = await temporaryFolder()
  const service = await startService(join(folder.path, 'thalweg.db'))
  const { id } = await service.client.submit(JSON.parse(readFileSync(join(experiments, file), 'utf8')))
  const runs = await settled(service.client, id)
  await service.stop('SIGTERM')
  await folder.remove()
  return runs
}

const last = (run: RunResource, key: 'train.accuracy' | 'validation.accuracy' | 'test.accuracy'): number =>
  Number(run.metrics[key]?.last)

/** The key of a run's variation in the published bands. */
function bandOf(run: RunResource): string {
  const { optimizer } = run.document
  if (optimizer.name !== 'rule') {
    const name = optimizer.name === 'momentum' ? 'sgd_momentum' : optimizer.name
    return `${name}@${rate(optimizer.learningRate)}`
  }
  return `rmspropCacheNeverStored@${rate((optimizer.hyperparameters as Record<string, number>).learning_rate)}`
}

const rate = (value: unknown): string => Number(value).toExponential()

// The course's comparison of update rules on 4000 CIFAR-10 images, five seeds. The bands stand in the data folder, with
// the published figures and the replication from which they come.
it.skipIf(!data)(
  "the lecture notes' optimizers reach the published accuracies",
  { timeout: 600_000 },
  async () => {
    const bands: Record<string, [[number, number], [number, number]]> = JSON.parse(
      readFileSync(join(data ?? '', 'cs231n-optimizer-comparison.json'), 'utf8'),
    ).suggestedSingleRunBands_train_val
    const runs = await run('cs231n-optimizers.json')
    expect(runs).toHaveLength(35)
    const means = new Map<string, { train: number; validation: number }>()
    for (const each of runs) {
      const mean = means.get(bandOf(each)) ?? { train: 0, validation: 0 }
      means.set(bandOf(each), mean)
      mean.train += last(each, 'train.accuracy') / 5
      mean.validation += last(each, 'validation.accuracy') / 5
    }
    expect([...means.keys()].sort()).toEqual(Object.keys(bands).sort())
    for (const [name, { train, validation }] of means) {
      const [trainBand, validationBand] = bands[name]
      expect(train, name).toBeGreaterThan(trainBand[0])
      expect(train, name).toBeLessThan(trainBand[1])
      expect(validation, name).toBeGreaterThan(validationBand[0])
      expect(validation, name).toBeLessThan(validationBand[1])
    }
    // .591 is what the original notes print for RMSProp at 5e-5: it is the rule that forgets its cache, not RMSProp.
    const forgetful = means.get('rmspropCacheNeverStored@5e-5')?.train ?? 0
    const rmsprop = means.get('rmsprop@5e-5')?.train ?? 0
    expect(Math.abs(forgetful - 0.591)).toBeLessThan(0.03)
    expect(Math.abs(rmsprop - 0.591)).toBeGreaterThan(0.1)
  },
)

it.skipIf(!data)(
  '784-256-10 with Adam passes 97 % on the MNIST test set after three epochs',
  { timeout: 600_000 },
  async () => {
    const [only] = await run('mnist-mlp.json')
    expect(only.state).toBe('succeeded')
    expect(last(only, 'test.accuracy')).toBeGreaterThan(0.97)
  },
)
