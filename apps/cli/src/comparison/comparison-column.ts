import type { Column } from '../terminal/table.ts'
import type { Variation } from './comparison.ts'

/** A column of the comparison: what it shows of each variation. */
export interface ComparisonColumn extends Column {
  cell(variation: Variation): string
}
