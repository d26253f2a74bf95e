import { Option } from 'commander'
import { CommandFailure } from './command-failure.ts'
import type { Surroundings } from './surroundings.ts'

export const defaultHost = '127.0.0.1'
export const defaultPort = 7431
const defaultAddress = `http://${defaultHost}:${defaultPort}`

/** `--server`, for every command that speaks to a running service. */
export function serverOption(): Option {
  const where = `where the service answers (default: $THALWEG_SERVER, else ${defaultAddress})`
  return new Option('--server <url>', where)
}

/** The service's address: the option, else THALWEG_SERVER, else the default. */
export function serverAddress(option: string | undefined, surroundings: Surroundings): string {
  const configured = surroundings.environment.THALWEG_SERVER
  const address = option ?? (configured === undefined || configured === '' ? defaultAddress : configured)
  const protocol = URL.canParse(address) ? new URL(address).protocol : undefined
  if (protocol !== 'http:' && protocol !== 'https:') {
    const example = `an address is written like ${defaultAddress}`
    throw new CommandFailure(`"${address}" is no address of a service; ${example}`, 2)
  }
  return address.replace(/\/+$/, '')
}

/** A command to type next, with `--server` where it is needed to reach the same service. */
export function suggestion(surroundings: Surroundings, command: string, address: string): string {
  const configured = surroundings.environment.THALWEG_SERVER?.replace(/\/+$/, '') ?? ''
  const reached = configured === '' ? defaultAddress : configured
  return `${surroundings.program} ${command}${address === reached ? '' : ` --server ${address}`}`
}
