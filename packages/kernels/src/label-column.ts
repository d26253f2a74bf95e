import { i32, type Local, local } from './assembler/index.ts'
import { type Emit, times, whole } from './emit.ts'

/** Bytes from a row's start to the column that the label at `labels` names. */
export function labelColumn(labels: Local<'i32'>, elementBytes: number): Emit {
  const label: Emit = () => {
    local.get(labels)
    i32.load()
  }
  return times(label, whole(elementBytes))
}
