import { MultiBar, type Params } from 'cli-progress'
import type { Output } from '../surroundings.ts'

const width = 24

/**
 * Bars below each other, each redrawn as `format` says. Signals are left to the command, which knows what Ctrl-C
 * means to it.
 */
export function createMultiBar<T>(
  output: Output,
  format: (bar: string, payload: T, value: Params) => string,
): MultiBar {
  return new MultiBar({
    stream: output,
    format: (_, parameters, payload: T) => format(barText(parameters.progress), payload, parameters),
    gracefulExit: false,
    hideCursor: true,
    fps: 10,
  })
}

/** Draws the bars as they now are and leaves the terminal as it was. */
export function finishMultiBar(multiBar: MultiBar): void {
  // The library's own last drawing cuts lines to the terminal's width and counts colour codes as characters.
  multiBar.update()
  multiBar.stop()
}

/** A bar of fixed width, filled from the left. */
function barText(progress: number): string {
  const full = Math.round(progress * width)
  return '█'.repeat(full) + '░'.repeat(width - full)
}
