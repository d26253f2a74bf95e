/** Rosenbrock's function on many coordinates, from (-1.2, 1, -1.2, 1, …), and when to stop. */
export interface MinimiserTask {
  readonly variant: 'extended' | 'chained'
  /** Even. */
  readonly length: number
  readonly memory: number
  /** On the largest component of the gradient; no other test of convergence. */
  readonly gradientTolerance: number
  readonly mostIterations: number
}

/** Iterations and evaluations of the minimisation of a task. */
export type Counts = readonly [iterations: number, evaluations: number]

/** Who can minimise in a process of its own. */
export interface Minimiser {
  readonly name: string
  readonly version: string
  /** Makes everything anew, and gives the counts of a first minimisation. */
  setUp(task: MinimiserTask): Promise<Counts>
  /** The microseconds that `calls` minimisations spend outside of the objective. */
  overhead(calls: number): Promise<number>
  close(): void
}
