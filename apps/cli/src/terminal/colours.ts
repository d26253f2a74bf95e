import picocolors from 'picocolors'
import type { Output, Surroundings } from '../surroundings.ts'

export type Colours = ReturnType<typeof picocolors.createColors>

/** Colours for a stream: only for a terminal that understands them, and never with NO_COLOR (no-color.org). */
export function coloursFor(output: Output, environment: Surroundings['environment']): Colours {
  const wanted = (environment.NO_COLOR ?? '') === '' && environment.TERM !== 'dumb'
  return picocolors.createColors(output.isTTY === true && wanted)
}
