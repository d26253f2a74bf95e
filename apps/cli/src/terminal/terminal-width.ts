import type { Output } from '../surroundings.ts'

/** Characters in a line: the terminal's, or 80 in a pipe. */
export function terminalWidth(output: Output): number {
  return output.columns ?? 80
}
