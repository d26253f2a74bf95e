import { z } from 'zod'
import type { ExpandedRun } from './expanded-run.ts'
import { axisPath, type ExperimentDocument, experimentLimits, experimentSchema } from './experiment.ts'
import { graphFaults, graphOf, memberParts, runsBeside, runsOfEach } from './graph.ts'
import { type RunDocument, runSchema } from './run.ts'

/** One thing wrong with a document: where (a JSON pointer), which kind, and what in words. */
export interface DocumentFault {
  readonly pointer: string
  readonly code: string
  readonly message: string
}

export type Expansion =
  | { readonly ok: true; readonly experiment: ExperimentDocument; readonly runs: readonly ExpandedRun[] }
  | { readonly ok: false; readonly faults: readonly DocumentFault[] }

/**
 * Checks an experiment and expands it into its runs: every combination of `vary` (the first axis slowest), each with
 * every seed. Those of an ensemble are its members; what is made of them follows. All faults are found at once; a fault in
 * a varied value points into `vary`.
 */
export function expand(input: unknown): Expansion {
  const parsed = experimentSchema.safeParse(input)
  if (parsed.success) return expandParsed(parsed.data)
  const inner = innerPart(input)
  const innerExpansion = inner === undefined ? undefined : expandParsed(inner)
  const innerFaults = innerExpansion?.ok === false ? innerExpansion.faults : []
  return { ok: false, faults: unique([...faultsOf(parsed.error, pointerTo), ...innerFaults]) }
}

/** Just the run and what varies in it, so that its faults are told along with those around it. */
function innerPart(input: unknown): ExperimentDocument | undefined {
  const outer = z.object({ run: z.unknown(), vary: z.record(z.string(), z.unknown()).catch({}).default({}) })
  const { data } = outer.safeParse(input)
  if (data === undefined) return undefined
  const vary = Object.entries(data.vary).filter(([path]) => axisPath.safeParse(path).success)
  return experimentSchema.safeParse({ name: 'x', run: data.run, vary: Object.fromEntries(vary) }).data
}

function expandParsed(experiment: ExperimentDocument): Expansion {
  const axes = Object.entries(experiment.vary)
  const combined = axes.reduce((product, [, values]) => product * values.length, experiment.seeds.length)
  const total = combined * runsOfEach(experiment.ensemble) + runsBeside(experiment)
  if (total > experimentLimits.runs) {
    const message = `the document expands into ${total} runs; at most ${experimentLimits.runs}`
    return { ok: false, faults: [{ pointer: pointerTo(['vary']), code: 'too_big', message }] }
  }

  const faults: DocumentFault[] = []
  const runs: ExpandedRun[] = []
  const shared = memberParts(experiment.ensemble)
  for (const choice of combinations(axes.map(([, values]) => values.length))) {
    const template = structuredClone(experiment.run)
    const chosen = axes.map(([path, values], axis) => ({
      path,
      index: choice[axis],
      value: values[choice[axis]],
    }))
    for (const { path, value } of chosen) {
      if (!replaceAt(template, path.split('.'), structuredClone(value))) {
        const message = `"run" has no place "${path}": a part of it is not an object`
        faults.push({ pointer: pointerTo(['vary', path]), code: 'invalid_path', message })
      }
    }
    const run = runSchema.safeParse({ ...template, ...shared, seed: experiment.seeds[0] })
    const pointer = ([key, ...rest]: readonly string[]) =>
      Object.hasOwn(shared, key)
        ? pointerTo(['ensemble', 'members'])
        : pointerTo(placeOf([key, ...rest], chosen))
    if (run.success) {
      const variation = Object.fromEntries(chosen.map(({ path, value }) => [path, value]))
      for (const seed of experiment.seeds) {
        runs.push({ document: { ...run.data, seed }, variation, role: 'run', dependsOn: [] })
      }
      faults.push(...lossFaults(experiment, run.data, pointer))
    } else faults.push(...faultsOf(run.error, pointer))
  }
  const student = studentOf(experiment)
  faults.push(...student.faults)
  if (faults.length === 0) {
    const graph = graphFaults(experiment, runs, student.document)
    faults.push(...graph.map(({ path, message }) => ({ pointer: pointerTo(path), code: 'custom', message })))
  }
  if (faults.length > 0) return { ok: false, faults: unique(faults) }
  return { ok: true, experiment, runs: graphOf(experiment, runs, student.document) }
}

/** The student: the run with what `distill.run` puts in its places. */
function studentOf(experiment: ExperimentDocument): {
  readonly document?: RunDocument
  readonly faults: readonly DocumentFault[]
} {
  const { run, distill, seeds } = experiment
  if (distill === undefined) return { faults: [] }
  const parsed = runSchema.safeParse({ ...run, ...distill.run, seed: seeds[0] })
  const isShared = ([key]: readonly string[]) => Object.hasOwn(run, key) && !Object.hasOwn(distill.run, key)
  const pointer = (path: readonly string[]) =>
    pointerTo(isShared(path) ? ['run', ...path] : ['distill', 'run', ...path])
  if (!parsed.success) return { faults: faultsOf(parsed.error, pointer) }
  return { document: parsed.data, faults: lossFaults(experiment, parsed.data, pointer) }
}

/** Members and students give class probabilities. */
function lossFaults(
  { ensemble }: ExperimentDocument,
  { loss }: RunDocument,
  pointer: (path: readonly string[]) => string,
): readonly DocumentFault[] {
  if (ensemble === undefined || loss.name === 'softmaxCrossEntropy') return []
  const message = `the models of an ensemble, and its student, need "softmaxCrossEntropy": ${loss.name} gives no probabilities`
  return [{ pointer: pointer(['loss']), code: 'custom', message }]
}

interface Chosen {
  readonly path: string
  readonly index: number
}

/** Where `path` of a run stands in the experiment: in `vary`, where an axis replaced that subtree, else in `run`. */
function placeOf(path: readonly string[], chosen: readonly Chosen[]): readonly string[] {
  const axis = chosen.find(({ path: varied }) => `${path.join('.')}.`.startsWith(`${varied}.`))
  if (axis === undefined) return ['run', ...path]
  return ['vary', axis.path, String(axis.index), ...path.slice(axis.path.split('.').length)]
}

function faultsOf(error: z.ZodError, pointer: (path: readonly string[]) => string): DocumentFault[] {
  return error.issues.flatMap((issue): DocumentFault[] => {
    const path = issue.path.map(String)
    // What is wrong with a key of a record stands inside the issue.
    if (issue.code === 'invalid_key') {
      const message = issue.issues.map((inner) => inner.message).join('; ')
      return [{ pointer: pointer(path), code: issue.code, message }]
    }
    if (issue.code !== 'unrecognized_keys') {
      return [{ pointer: pointer(path), code: issue.code ?? 'custom', message: issue.message }]
    }
    // Each unknown key is a fault at its own place.
    return issue.keys.map((key) => ({
      pointer: pointer([...path, key]),
      code: issue.code,
      message: `unknown key "${key}"`,
    }))
  })
}

/** RFC 6901. */
function pointerTo(path: readonly string[]): string {
  return path.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

function unique(faults: readonly DocumentFault[]): DocumentFault[] {
  return [...new Map(faults.map((fault) => [`${fault.pointer} ${fault.message}`, fault])).values()]
}

/** Every choice of one index per axis; the last axis fastest. One empty choice where there are no axes. */
function* combinations(sizes: readonly number[]): Generator<readonly number[]> {
  const [size, ...rest] = sizes
  if (size === undefined) {
    yield []
    return
  }
  for (let index = 0; index < size; index++) for (const tail of combinations(rest)) yield [index, ...tail]
}

type JsonObject = Record<string, z.core.util.JSONType>

/** Puts `value` at a path, making objects on the way; false where something else than an object is in the way. */
function replaceAt(root: JsonObject, path: readonly string[], value: z.core.util.JSONType): boolean {
  const [key, ...rest] = path
  if (rest.length === 0) {
    root[key] = value
    return true
  }
  root[key] ??= {}
  const next = root[key]
  if (typeof next !== 'object' || next === null || Array.isArray(next)) return false
  return replaceAt(next, rest, value)
}
