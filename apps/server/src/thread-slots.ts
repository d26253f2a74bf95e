import type { ClaimedRun } from '@thalweg/store'

/** The threads that may train at the same time; a run takes as many of them as its document wants. */
export interface ThreadSlots {
  /**
   * Calls `take`, one call after another, with how many threads are free, and never with none. Where all are, a run may
   * want more than there are: it trains alone.
   */
  claim(take: (mostThreads: number) => Promise<ClaimedRun | undefined>): Promise<ClaimedRun | undefined>
  giveBack(run: ClaimedRun): void
}

export function threadSlots(count: number): ThreadSlots {
  let taken = 0
  let claims: Promise<unknown> = Promise.resolve()
  return {
    claim(take) {
      const claim = claims.then(async () => {
        if (taken >= count) return undefined
        const claimed = await take(taken === 0 ? Number.POSITIVE_INFINITY : count - taken)
        if (claimed !== undefined) taken += threadsOf(claimed)
        return claimed
      })
      claims = claim.catch(() => {})
      return claim
    },
    giveBack(run) {
      taken -= threadsOf(run)
    },
  }
}

function threadsOf({ document }: ClaimedRun): number {
  return document.threads ?? 1
}
