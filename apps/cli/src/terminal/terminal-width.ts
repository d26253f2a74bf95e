import type { Output } from '../surroundings.ts'

/** Characters that a line of a table may have: the terminal's; any number in a pipe, where nothing should be cut. */
export function tableWidth(output: Output): number {
  return output.isTTY === true && output.columns !== undefined ? output.columns : Number.POSITIVE_INFINITY
}

/** Characters in a line: the terminal's, or 80 in a pipe. */
export function terminalWidth(output: Output): number {
  return output.columns ?? 80
}
