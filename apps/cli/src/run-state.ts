import type { RunResource } from '@thalweg/client'

/** Every state a run can be in, in the order of its life. */
export const runStates = ['queued', 'running', 'succeeded', 'failed', 'cancelled'] as const

/** Whether nothing more will happen to the run by itself. */
export function isFinal(run: Pick<RunResource, 'state'>): boolean {
  return run.state === 'succeeded' || run.state === 'failed' || run.state === 'cancelled'
}

/** The state in a word; a run that failed is told by why: `diverged`, `failed (timeout)`. */
export function stateText(run: Pick<RunResource, 'state' | 'reason' | 'cancelRequested'>): string {
  if (run.state === 'running' && run.cancelRequested) return 'stopping'
  if (run.state !== 'failed' || run.reason === undefined) return run.state
  return run.reason === 'diverged' ? 'diverged' : `failed (${run.reason})`
}
