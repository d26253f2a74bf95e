import type { RunDocument } from '@thalweg/document'
import type { Training } from '@thalweg/engine'
import type { NewArtifact } from '@thalweg/store'

/** The most that the store takes of one file. */
export const mostFileBytes = 256 * 2 ** 20
/** Of all files of a run together: they are sent and stored at once. */
export const mostBytesOfRun = 512 * 2 ** 20

export interface KeptFiles {
  readonly artifacts: readonly NewArtifact[]
  /** A sentence for each file that is not kept. */
  readonly notes: readonly string[]
}

/** What a training leaves: its models and scores. */
export function filesOf(training: Training, { precision }: RunDocument): KeptFiles {
  // Not even laid out where its numbers alone are too many.
  const weightBytes = training.parameterCount * (precision === 'f64' ? 8 : 4)
  if (weightBytes > mostFileBytes)
    return { artifacts: [], notes: [tooLarge('model.safetensors', weightBytes)] }
  return keptFiles(training.artifacts())
}

/** Those of a run's files that are small enough, the first first. */
export function keptFiles(files: readonly NewArtifact[]): KeptFiles {
  const artifacts: NewArtifact[] = []
  const notes: string[] = []
  let total = 0
  for (const file of files) {
    const { name, data } = file
    if (data.length > mostFileBytes) notes.push(tooLarge(name, data.length))
    else if (total + data.length > mostBytesOfRun) {
      notes.push(`${name} is not kept: the files of a run may have ${mebibytes(mostBytesOfRun)} MiB together`)
    } else {
      total += data.length
      artifacts.push(file)
    }
  }
  return { artifacts, notes }
}

function tooLarge(name: string, bytes: number): string {
  const what = name === 'model.safetensors' ? 'its model' : name
  return `${what} has ${mebibytes(bytes)} MiB and is not kept: a file may have ${mebibytes(mostFileBytes)}`
}

function mebibytes(bytes: number): number {
  return Math.ceil(bytes / 2 ** 20)
}
