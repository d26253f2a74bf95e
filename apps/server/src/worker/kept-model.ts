import type { RunDocument } from '@thalweg/document'
import type { Training } from '@thalweg/engine'
import type { NewArtifact } from '@thalweg/store'

/** The most that the store takes. */
export const mostModelBytes = 256 * 2 ** 20

/** The trained model as a file of the run, or a sentence on why there is none. */
export type KeptModel = { readonly artifact: NewArtifact } | { readonly note: string }

export function keptModel(training: Training, { precision }: RunDocument): KeptModel {
  // Not even laid out where its numbers alone are too many.
  const weightBytes = training.parameterCount * (precision === 'f64' ? 8 : 4)
  if (weightBytes > mostModelBytes) return tooLarge(weightBytes)
  const data = training.saveModel()
  if (data.length > mostModelBytes) return tooLarge(data.length)
  return { artifact: { name: 'model.safetensors', mediaType: 'application/octet-stream', data } }
}

function tooLarge(bytes: number): KeptModel {
  const [size, most] = [bytes, mostModelBytes].map((each) => Math.ceil(each / 2 ** 20))
  return { note: `its model has ${size} MiB and is not kept: a file may have ${most}` }
}
