/**
 * - `host-refused`: a host that others could reach
 * - `port-in-use`, `address-unavailable`: the system does not give the address
 * - `backend-unknown`: what is to compute matrix products is none of those that there are
 * - `data-folder-missing`: the folder of the data sets is not there
 * - `database-in-use`: another service has the database
 * - `database-unreadable`, `database-newer`: the file is no database of this service, or one of a newer version
 */
export type StartErrorCode =
  | 'host-refused'
  | 'port-in-use'
  | 'address-unavailable'
  | 'backend-unknown'
  | 'data-folder-missing'
  | 'database-in-use'
  | 'database-unreadable'
  | 'database-newer'

/** The service cannot start. The message is one sentence for the person who starts it. */
export class StartError extends Error {
  override readonly name = 'StartError'
  readonly code: StartErrorCode

  constructor(code: StartErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }
}
