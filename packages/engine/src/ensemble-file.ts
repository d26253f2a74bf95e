import { decodeSafetensors, encodeSafetensors, type SafetensorsContent } from '@thalweg/nn'
import { z } from 'zod'
import { type EnsembleRule, ensembleRules } from './ensemble-rule.ts'
import {
  dataSchema,
  documentSchema,
  type ModelFile,
  metadataOf,
  modelOfFile,
  tensorsOf,
} from './model-file.ts'
import { ModelFileError } from './model-file-error.ts'
import { readModelFile } from './saved-model.ts'

/** A member's model, and its share: any number above 0. */
interface WeightedModel {
  readonly name: string
  readonly weight: number
  readonly file: ModelFile
}

/** Models and how their probabilities become one. */
export interface EnsembleFile {
  readonly combine: EnsembleRule
  readonly members: readonly WeightedModel[]
}

const ensembleSchema = z.object({
  combine: z.enum(ensembleRules),
  members: z
    .array(
      z.object({ name: z.string(), weight: z.number().gt(0), document: documentSchema, data: dataSchema }),
    )
    .min(1),
})

/** One safetensors file of all members: tensors as `member0.dense1.weight`, the rule and what made them in the metadata. */
export function encodeEnsemble({ combine, members }: EnsembleFile): Uint8Array {
  const tensors = members.flatMap(({ file }, index) => {
    const { tensors: trained, statistics } = modelOfFile(file)
    return [...trained, ...statistics].map(({ name, shape }) => {
      return [`${prefixOf(index)}${name}`, { shape, data: file.tensors[name] }] as const
    })
  })
  const described = members.map(({ name, weight, file }) => {
    const { document, input, classes, classNames, preprocessing } = file
    return { name, weight, document, data: { input, classes, classNames, preprocessing } }
  })
  return encodeSafetensors(Object.fromEntries(tensors), {
    ensemble: JSON.stringify({ combine, members: described }),
  })
}

/**
 * Reads an ensemble, or a single model as an ensemble of one. Throws SafetensorsError for a file that is no safetensors
 * file, ModelFileError for one that holds neither, or tensors that are not those of the models in its metadata.
 */
export function decodeEnsemble(bytes: Uint8Array): EnsembleFile {
  const content = decodeSafetensors(bytes)
  if (!Object.hasOwn(content.metadata, 'ensemble')) {
    return { combine: 'probabilities', members: [{ name: 'model', weight: 1, file: readModelFile(content) }] }
  }
  const { combine, members } = metadataOf(content, 'ensemble', ensembleSchema)
  const parts = tensorsByMember(content.tensors, members.length)
  const models = members.map(({ name, weight, document, data }, index) => {
    const tensors = tensorsOf(modelOfFile({ document, ...data }), parts[index])
    return { name, weight, file: { document, ...data, tensors } }
  })
  const [first, ...others] = models
  const size = ({ file }: WeightedModel) =>
    `${file.input.reduce((a, b) => a * b, 1)} features, ${file.classes} classes`
  const other = others.find((each) => size(each) !== size(first))
  if (other === undefined) return { combine, members: models }
  throw new ModelFileError(`${first.name} has ${size(first)}, ${other.name} has ${size(other)}`)
}

const prefixOf = (member: number): string => `member${member}.`

function tensorsByMember(
  tensors: SafetensorsContent['tensors'],
  members: number,
): SafetensorsContent['tensors'][] {
  const parts = Array.from(
    { length: members },
    () => ({}) as Record<string, SafetensorsContent['tensors'][string]>,
  )
  for (const [name, tensor] of Object.entries(tensors)) {
    const member = /^member(0|[1-9]\d{0,6})\.(.+)$/.exec(name)
    const part = member === null ? undefined : parts[Number(member[1])]
    if (member === null || part === undefined) throw new ModelFileError(`the ensemble has no ${name}`)
    part[member[2]] = tensor
  }
  return parts
}
