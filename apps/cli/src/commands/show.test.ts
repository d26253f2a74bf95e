import type { SeriesResource } from '@thalweg/client'
import { describe, expect, it } from 'vitest'
import { type Captured, captureSurroundings } from '../../test/captured-surroundings.ts'
import { createFakeClient, metric } from '../../test/fake-client.ts'
import { runProgram } from '../program.ts'

const document = {
  name: 'two optimizers',
  run: { dataset: { name: 'spirals' }, optimizer: { name: 'sgd' } },
  vary: { optimizer: [{ name: 'sgd' }, { name: 'adam' }] },
}

const steps = Array.from({ length: 100 }, (_, index) => index + 1)

function series(key: SeriesResource['key']): SeriesResource {
  return { key, steps, values: steps.map((step) => 1 / step), sampled: false }
}

async function trained(): Promise<{ surroundings: Captured; id: string; runs: string[] }> {
  const surroundings = captureSurroundings()
  const { id, runs } = await createFakeClient(surroundings.service).submit(document)
  surroundings.service.advance = (run) => ({
    ...run,
    state: 'succeeded',
    step: 100,
    totalSteps: 100,
    trainingMs: 1500,
    metrics: { 'train.loss': { ...metric(0.01), min: 0.01, max: 1 }, 'validation.accuracy': metric(0.9) },
  })
  for (const run of runs) {
    surroundings.service.series.set(run, [
      series('train.loss'),
      series('validation.loss'),
      series('learningRate'),
    ])
  }
  return { surroundings, id, runs }
}

describe('thalweg show', () => {
  it('shows a run: its document, its metrics and both losses in one drawing', async () => {
    const { surroundings, runs, id } = await trained()
    expect(await runProgram(['show', runs[1] ?? ''], surroundings)).toBe(0)
    const { text } = surroundings.stdout
    expect(text).toContain(`Run ${runs[1]}: succeeded\n`)
    expect(text).toContain(`  experiment  two optimizers (${id})\n`)
    expect(text).toContain(
      `  optimizer   adam, convention cs231n, learningRate 1e-3, beta1 0.9,
              beta2 0.999, epsilon 1e-8, biasCorrection true, weightDecay 0
`,
    )
    expect(text).toContain('  model       mlp, hidden [100], activation relu, init he\n')
    expect(text).toContain('  progress    step 100/100, 1.5 s of training\n')
    expect(text).toMatch(/train\.loss +0\.0100 +0\.0100 +1\.00 +100\n/)
    expect(text).toContain('\ntrain.loss, validation.loss\n')
    expect(text).toContain('  a train.loss  b validation.loss\n')
    // No more points than a terminal of 80 columns can use.
    expect(surroundings.service.seriesCalls).toEqual([
      { keys: ['train.loss', 'validation.loss'], points: 320 },
    ])
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(90)
  })

  it('says how the target, the stopping and the model came out, and which tensors there are', async () => {
    const surroundings = captureSurroundings()
    const { runs } = await createFakeClient(surroundings.service).submit({
      name: 'digits',
      run: {
        dataset: { name: 'glyphs' },
        model: { name: 'network', layers: [{ name: 'conv2d', filters: 4 }, { name: 'relu' }] },
        optimizer: { name: 'sgd', learningRate: 0.5 },
        augmentation: [{ name: 'shift', pixels: 1 }, { name: 'flip' }],
        l2: 0.001,
        threads: 2,
        target: { metric: 'validation.accuracy', atLeast: 0.9 },
        earlyStopping: { metric: 'validation.loss', patience: 3 },
      },
    })
    const id = runs[0] ?? ''
    const tensors = ['weight.norm', 'weight.updateNorm', 'bias.norm'] as const
    surroundings.service.series.set(
      id,
      tensors.map((tensor) => series(`conv1.${tensor}`)),
    )
    const file = { name: 'model.safetensors', bytes: new Uint8Array(1234), sha256: '0'.repeat(64) }
    surroundings.service.files.set(id, [file])
    surroundings.service.advance = (run) => ({
      ...run,
      state: 'succeeded',
      message: 'its 2 threads shared 1 cores',
      step: 60,
      totalSteps: 100,
      trainingMs: 1500,
      backend: 'OpenBLAS 0.3.21',
      targetStep: 40,
      targetTrainingMs: 980,
      stoppedEarly: true,
      solver: { status: 'converged-gradient', message: 'gradient norm 1e-7' },
    })
    const keys = tensors.map((tensor) => `conv1.${tensor}`).join(',')
    expect(await runProgram(['show', id, '--keys', keys], surroundings)).toBe(0)
    const { text } = surroundings.stdout
    for (const line of [
      '  note        its 2 threads shared 1 cores',
      '  augmenting  shift, pixels 1; flip',
      '  loss        softmaxCrossEntropy, l2 1e-3',
      '  training    batchSize 32, epochs 10, sampling shuffle, threads 2, f32, seed 1',
      '  stopping    validation.loss, patience 3, minimumChange 0',
      '  progress    step 60/100, stopped early, 1.5 s of training',
      '  solver      converged-gradient: gradient norm 1e-7',
      '  backend     OpenBLAS 0.3.21',
      '  target      validation.accuracy at least 0.9: reached at step 40,\n              after 1.0 s of training',
      '  file        model.safetensors, 1.2 kB',
      '  tensors     conv1.weight, conv1.bias; a curve: --keys conv1.weight.norm',
    ]) {
      expect(text).toContain(`${line}\n`)
    }
    expect(text).toMatch(/^ {2}model {7}network, layers \[conv2d filters 4 .*,\s+relu\]/m)
    // Norms of one kind share a drawing.
    expect(text).toContain('\nconv1.weight.norm, conv1.bias.norm\n')
    expect(text).toContain('\nconv1.weight.updateNorm\n')
  })

  it('draws an experiment over passes where steps are unlike, unless told otherwise', async () => {
    const surroundings = captureSurroundings()
    const { id, runs } = await createFakeClient(surroundings.service).submit(document)
    // A step of adam is a tenth of a pass, one of sgd a whole pass.
    surroundings.service.advance = (run) => ({
      ...run,
      state: 'succeeded',
      metrics: { passes: metric(run.document.optimizer.name === 'adam' ? 10 : 100) },
    })
    for (const run of runs) surroundings.service.series.set(run, [series('train.loss')])
    expect(await runProgram(['show', id], surroundings)).toBe(0)
    expect(surroundings.stdout.text).toMatch(/^ +passes 0\.1 +\S+ +100$/m)
    const byStep = captureSurroundings()
    Object.assign(byStep.service, surroundings.service)
    expect(await runProgram(['show', id, '--by', 'step'], byStep)).toBe(0)
    expect(byStep.stdout.text).toMatch(/^ +step 1 +\S+ +100$/m)
  })

  it.each([
    ['running', 'not reached yet'],
    ['succeeded', 'not reached'],
  ] as const)('of a run that is %s, a target is %s', async (state, reached) => {
    const surroundings = captureSurroundings()
    const target = { metric: 'train.loss', atMost: 0.25 }
    const run = { ...document.run, target }
    const { runs } = await createFakeClient(surroundings.service).submit({ ...document, run })
    surroundings.service.advance = (one) => ({ ...one, state })
    expect(await runProgram(['show', runs[0] ?? ''], surroundings)).toBe(0)
    expect(surroundings.stdout.text).toContain(`  target      train.loss at most 0.25: ${reached}\n`)
  })

  it('draws quantities of different scales apart, and smooths only when told, from every value', async () => {
    const { surroundings, runs } = await trained()
    const command = ['show', runs[0] ?? '', '--keys', 'train.loss,learningRate', '--smooth', '5']
    expect(await runProgram(command, surroundings)).toBe(0)
    expect(surroundings.stdout.text).toContain('\ntrain.loss (mean of 5 values)\n')
    expect(surroundings.stdout.text).toContain('\nlearningRate (mean of 5 values)\n')
    expect(surroundings.service.seriesCalls).toEqual([
      { keys: ['train.loss', 'learningRate'], points: 100_000 },
    ])
  })

  it('shows an experiment: the comparison and a curve per variation', async () => {
    const { surroundings, id } = await trained()
    expect(await runProgram(['show', id], surroundings)).toBe(0)
    const { text } = surroundings.stdout
    expect(text).toContain(`Experiment ${id}: two optimizers\n2 runs: 2 succeeded\n`)
    expect(text).toContain('optimizer  val. acc.   batch loss')
    expect(text).toContain('\ntrain.loss\n')
    expect(text).toContain('  a sgd  b adam\n')
  })

  it('prints nothing but JSON with --json', async () => {
    const { surroundings, runs } = await trained()
    expect(await runProgram(['show', runs[0] ?? '', '--json', '--keys', 'train.loss'], surroundings)).toBe(0)
    expect(JSON.parse(surroundings.stdout.text)).toMatchObject({
      run: { id: runs[0] },
      series: [{ key: 'train.loss' }],
    })
  })
})
