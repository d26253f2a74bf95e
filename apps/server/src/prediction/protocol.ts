/** What the server and the process that predicts say to each other. One question at a time. */

/** Rows to predict with a model that is known by the SHA-256 of its file. */
export interface Question {
  readonly sha256: string
  /** [rows, width] */
  readonly rows: Float32Array
  readonly width: number
  readonly temperature: number
}

export type ToPredictor =
  | { readonly type: 'predict'; readonly question: Question }
  /** The file that was wanted. */
  | { readonly type: 'model'; readonly sha256: string; readonly data: Uint8Array }

export type Answer =
  | {
      readonly type: 'predicted'
      /** [rows, classes] */
      readonly probabilities: Float64Array
      /** One for each class. */
      readonly classNames: readonly string[]
    }
  /** The model takes rows of another width. */
  | { readonly type: 'misfit'; readonly features: number }
  /** The model cannot say anything of these rows. */
  | { readonly type: 'refused'; readonly message: string }
  | { readonly type: 'failed'; readonly message: string }

/** `wanted`: it has not seen the model yet; the question is answered once it has come. */
export type FromPredictor = Answer | { readonly type: 'wanted' }
