/** Members that cannot become one; the message says which and why. */
export class EnsembleError extends Error {
  override readonly name = 'EnsembleError'

  constructor(message: string) {
    super(`ensemble: ${message}`)
  }
}
