import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type OpenStore, seeded } from './fixtures.suite.ts'
import { fields, fill, sorted, textFields } from './sample-runs.suite.ts'
import type { Run, Store } from './store.ts'

const comparisons = {
  '=': (a: number | string, b: number | string) => a === b,
  '<': (a: number | string, b: number | string) => a < b,
  '<=': (a: number | string, b: number | string) => a <= b,
  '>': (a: number | string, b: number | string) => a > b,
  '>=': (a: number | string, b: number | string) => a >= b,
} as const

interface Generated {
  readonly text: string
  readonly holds: (run: Run) => boolean
}

/** A filter as text, and what it means, side by side. */
function randomFilter(random: () => number, runs: readonly Run[], depth: number): Generated {
  const choice = depth === 0 ? 0 : random()
  if (choice > 0.75) {
    const parts = Array.from({ length: 2 + Math.floor(random() * 2) }, () =>
      randomFilter(random, runs, depth - 1),
    )
    const isAnd = random() < 0.5
    return {
      text: `(${parts.map(({ text }) => text).join(isAnd ? ' AND ' : ' or ')})`,
      holds: (run) =>
        isAnd ? parts.every(({ holds }) => holds(run)) : parts.some(({ holds }) => holds(run)),
    }
  }
  if (choice > 0.6) {
    const inner = randomFilter(random, runs, depth - 1)
    return { text: `NOT (${inner.text})`, holds: (run) => !inner.holds(run) }
  }
  return randomComparison(random, runs)
}

function randomComparison(random: () => number, runs: readonly Run[]): Generated {
  const pick = <T>(items: readonly T[]): T => items[Math.floor(random() * items.length)]
  if (random() < 0.1) {
    const tag = pick(['odd', 'even', 'none'])
    const isNot = random() < 0.5
    return { text: `tag ${isNot ? '!=' : '='} '${tag}'`, holds: (run) => run.tags.includes(tag) !== isNot }
  }
  const [name, read] = pick(Object.entries(fields))
  const isText = name in textFields
  const values = [0, 1, 2].map(() => read(pick(runs)) ?? fallback(name, isText))
  // An infinity is written as a number too large to be one.
  const quoted = values.map((value) =>
    typeof value === 'string' ? JSON.stringify(value) : String(value).replace('Infinity', '1e999'),
  )
  const isNot = random() < 0.3
  if (random() < 0.2) {
    return {
      text: `${name} ${isNot ? 'NOT ' : ''}IN (${quoted.join(', ')})`,
      holds: (run) => values.some((value) => value === read(run)) !== isNot,
    }
  }
  if (isNot) return { text: `${name} != ${quoted[0]}`, holds: (run) => read(run) !== values[0] }
  const [operator, compare] = pick(Object.entries(comparisons))
  return {
    text: `${name} ${operator} ${quoted[0]}`,
    holds: (run) => {
      const value = read(run)
      return value !== undefined && compare(value, values[0])
    },
  }
}

/** A value to compare with where the run picked has none. */
function fallback(name: string, isText: boolean): number | string {
  if (name === 'reason') return 'error'
  return isText ? 'x' : 0.5
}

/** What every engine promises of filters, sorts and pages. */
export function runListSuite(name: string, open: OpenStore): void {
  describe(name, () => {
    let store: Store
    let all: readonly Run[]
    beforeAll(async () => {
      let nowMs = 1_700_000_000_000
      store = await open(() => nowMs)
      await fill(store, () => {
        nowMs += 1000
      })
      all = (await store.runs({ limit: 1000 })).items
    })
    afterAll(() => store.close())

    const idsOf = (runs: readonly Run[]) => runs.map(({ id }) => id)
    const found = async (filter: string) => idsOf((await store.runs({ filter, limit: 1000 })).items)

    it('has runs of every kind to look for', () => {
      expect(all.length).toBe(48)
      expect(new Set(all.map(({ state }) => state)).size).toBe(5)
    })

    it('finds what the filter says, for 500 random ones', async () => {
      const random = seeded(42)
      let between = 0
      for (let count = 0; count < 500; count++) {
        const { text, holds } = randomFilter(random, all, 3)
        const expected = idsOf(all.filter(holds))
        if (expected.length > 0 && expected.length < all.length) between++
        expect(await found(text), text).toEqual(expected)
      }
      expect(between).toBeGreaterThan(200)
    })

    it.each([
      ['optimizer LIKE "%m"', (run: Run) => run.document.optimizer.name.endsWith('m')],
      ['optimizer NOT LIKE "a%"', (run: Run) => !run.document.optimizer.name.startsWith('a')],
      ['tag LIKE "ev_n"', (run: Run) => run.tags.includes('even')],
      // Of the odd rounds only the first has the seed 1.
      ['experimentName = "round 1"', (run: Run) => run.tags.includes('odd') && run.document.seed === 1],
      [
        'NOT experimentName IN ("round 1")',
        (run: Run) => !run.tags.includes('odd') || run.document.seed !== 1,
      ],
      ["createdAt >= '2023-11-14T22:13:21Z'", (run: Run) => run.createdAtMs >= 1_700_000_001_000],
      ['createdAt < "2023-11-14T23:13:21.000+01:00"', (run: Run) => run.createdAtMs < 1_700_000_001_000],
      ['params.batchSize = "8"', () => false],
      [
        'metrics.train.loss > 1e300',
        (run: Run) => run.metrics['train.loss']?.last === Number.POSITIVE_INFINITY,
      ],
      ['  ', () => true],
    ])('understands %s', async (filter, holds) => {
      expect(await found(filter)).toEqual(idsOf(all.filter(holds)))
    })

    it('puts the newest first by default', () => {
      expect(idsOf(all)).toEqual(idsOf(sorted(all, '-createdAt')))
    })

    const sorts = Object.keys(fields).flatMap((field) => [field, `-${field}`])
    const combined = [
      'optimizer,-metrics.train.loss',
      '-reason,params.batchSize,-startedAt',
      'step,-step,finishedAt',
    ]
    it.each([...sorts, ...combined])('pages by %s without a gap or a repetition', async (sort) => {
      const expected = idsOf(sorted(all, sort))
      for (const limit of [1, 7, 1000]) {
        const ids: string[] = []
        let cursor: string | undefined
        do {
          const page = await store.runs({ sort, limit, ...(cursor === undefined ? {} : { cursor }) })
          expect(page.items.length).toBeLessThanOrEqual(limit)
          ids.push(...idsOf(page.items))
          cursor = page.nextCursor
        } while (cursor !== undefined)
        expect(ids).toEqual(expected)
      }
    })

    it('pages through what a filter leaves', async () => {
      const filter = 'state = "failed" OR optimizer = "sgd"'
      const first = await store.runs({ filter, sort: '-metrics.train.loss', limit: 5 })
      const rest = await store.runs({ filter, sort: '-metrics.train.loss', cursor: first.nextCursor! })
      const holds = (run: Run) => run.state === 'failed' || run.document.optimizer.name === 'sgd'
      const expected = idsOf(sorted(all.filter(holds), '-metrics.train.loss'))
      expect(idsOf([...first.items, ...rest.items])).toEqual(expected)
    })

    it('ties a cursor to its filter and sort', async () => {
      const { nextCursor } = await store.runs({ limit: 1, sort: 'seed', filter: 'seed > 0' })
      const cursor = nextCursor!
      await expect(store.runs({ cursor, sort: 'seed' })).rejects.toMatchObject({ code: 'cursor-mismatch' })
      await expect(store.runs({ cursor, sort: '-seed', filter: 'seed > 0' })).rejects.toMatchObject({
        code: 'cursor-mismatch',
        message:
          'cursor: expected the cursor of a page with the same filter and sort, found one of another query',
      })
      const first = await store.experiments({ limit: 1 })
      await expect(store.runs({ cursor: first.nextCursor! })).rejects.toMatchObject({
        code: 'cursor-mismatch',
      })
      for (const bad of ['', 'x', 'bnVsbA', Buffer.from('{"v":2}').toString('base64url')]) {
        await expect(store.runs({ cursor: bad })).rejects.toMatchObject({ code: 'invalid-cursor' })
      }
    })

    it.each([0, 1001, 2.5, Number.NaN])('refuses a limit of %s', async (limit) => {
      const message = `limit: expected an integer from 1 to 1000, found ${limit}`
      await expect(store.runs({ limit })).rejects.toMatchObject({ code: 'invalid-limit', message })
    })
  })
}
