/** A checkpoint that cannot be used: not one of ours, changed or cut short, or of another run. */
export class CheckpointError extends Error {
  readonly code: 'not-a-checkpoint' | 'damaged' | 'other-run'

  constructor(code: CheckpointError['code'], message: string) {
    super(`checkpoint: ${message}`)
    this.name = 'CheckpointError'
    this.code = code
  }
}
