declare module 'asciichart' {
  export interface PlotConfig {
    readonly min?: number
    readonly max?: number
    /** Rows less one. */
    readonly height?: number
    /** Width of the axis: the label, then the line. */
    readonly offset?: number
    readonly format?: (value: number, row: number) => string
  }
  export function plot(series: readonly (readonly number[])[], config?: PlotConfig): string
}
