/** A safetensors file that holds no model of this library, or another than its metadata say. */
export class ModelFileError extends Error {
  override readonly name = 'ModelFileError'

  constructor(message: string) {
    super(`model file: ${message}`)
  }
}
