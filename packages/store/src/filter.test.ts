import { describe, expect, it } from 'vitest'
import { QueryError } from './errors.ts'
import { filterLimits, parseFilter } from './filter.ts'
import { knownFields } from './filter-fields.ts'
import { parseSort } from './sort.ts'

const state = { kind: 'plain', name: 'state' } as const
const step = { kind: 'plain', name: 'step' } as const

function failure(work: () => unknown): QueryError {
  try {
    work()
  } catch (error) {
    if (error instanceof QueryError) return error
    throw error
  }
  throw new Error('it was accepted')
}

describe('parseFilter', () => {
  it('binds NOT before AND before OR', () => {
    const text = `NOT step = 1 AND step < 2e0 OR state IN ("failed", 'queued')`
    expect(parseFilter(text)).toEqual({
      kind: 'or',
      terms: [
        {
          kind: 'and',
          terms: [
            { kind: 'not', term: { kind: 'compare', field: step, operator: '=', value: 1 } },
            { kind: 'compare', field: step, operator: '<', value: 2 },
          ],
        },
        { kind: 'in', field: state, values: ['failed', 'queued'] },
      ],
    })
  })

  it('takes the longest name of a metric, and either quote', () => {
    const field = { kind: 'metric', key: 'validation.accuracy', statistic: 'min' }
    expect(parseFilter('metrics.validation.accuracy.min>-.5')).toEqual({
      kind: 'compare',
      field,
      operator: '>',
      value: -0.5,
    })
    expect(parseFilter(`params.a.b = 'say "it\\'s"'`)).toMatchObject({ value: `say "it's"` })
    expect(parseFilter('params.a.b != TRUE')).toMatchObject({ kind: 'not', term: { value: true } })
  })

  it.each([
    ['', 1, 'the end', 'a field, NOT or "("'],
    ['step', 5, 'the end', '=, !=, <, <=, >, >=, IN, NOT IN or LIKE'],
    ['step = ', 8, 'the end', 'a number'],
    ['step = "3"', 8, '"3"', 'a number'],
    ['state = 3', 9, '3', 'a string in quotes'],
    ['state = "done"', 9, '"done"', 'one of queued, running, succeeded, failed, cancelled'],
    ['reason IN ("error", "lots")', 21, '"lots"', 'one of error, diverged, lost, timeout, limit'],
    ['stat = "done"', 1, 'stat', `one of the fields ${knownFields}`],
    ['step > 1 AND metrics.loss > 1', 14, 'metrics.loss', `one of the fields ${knownFields}`],
    ['step > 1 step < 2', 10, 'step', 'AND, OR or the end'],
    ['(step > 1', 10, 'the end', 'AND, OR or ")"'],
    ['step IN 1', 9, '1', '"("'],
    ['step IN (1 2)', 12, '2', '"," or ")"'],
    ['step NOT = 1', 10, '=', 'IN or LIKE'],
    ['step LIKE "1%"', 1, 'step', 'a text field before LIKE'],
    ['state LIKE 1', 12, '1', 'a string such as "adam%"'],
    ['tag > "a"', 5, '>', '=, !=, IN, NOT IN or LIKE'],
    ['params.x > true', 12, 'true', 'a number or a string after >'],
    [
      'createdAt > "yesterday"',
      13,
      '"yesterday"',
      'a time such as "2026-01-31T12:00:00Z", or a number of milliseconds',
    ],
    ['step = 1; DROP', 9, '";"', 'a field, an operator, a value or a parenthesis'],
    ['state = "faile', 9, 'a string that is not closed', 'a closing "'],
    ['"step" = 1', 1, '"step"', 'a field, NOT or "("'],
  ])('answers %j at column %i', (filter, column, found, expected) => {
    const message = `filter, column ${column}: expected ${expected}, found ${found}`
    expect(failure(() => parseFilter(filter))).toMatchObject({
      code: 'invalid-filter',
      column,
      found,
      expected,
      message,
    })
  })

  it('has bounds', () => {
    const { length, depth, terms } = filterLimits
    const nested = (count: number) => `${'('.repeat(count)}step = 1${')'.repeat(count)}`
    expect(parseFilter(nested(depth))).toMatchObject({ kind: 'compare' })
    expect(failure(() => parseFilter(nested(depth + 1)))).toMatchObject({ column: depth + 1 })
    expect(failure(() => parseFilter(`${'NOT '.repeat(depth + 1)}step = 1`)).column).toBe(1 + 4 * depth)
    const many = (count: number) => Array.from({ length: count }, () => 'step=1').join(' OR ')
    expect(parseFilter(many(terms))).toMatchObject({ kind: 'or' })
    expect(failure(() => parseFilter(many(terms + 1))).expected).toBe(`at most ${terms} comparisons`)
    expect(failure(() => parseFilter(' '.repeat(length + 1))).expected).toBe(`at most ${length} characters`)
  })
})

describe('parseSort', () => {
  it('reads names, and - for falling', () => {
    expect(parseSort(' -state , step')).toEqual([
      { field: state, name: 'state', falling: true },
      { field: step, name: 'step', falling: false },
    ])
    expect(parseSort('')).toMatchObject([{ name: 'createdAt', falling: true }])
  })

  it.each([
    ['step,nope', 6, 'nope', `one of the fields ${knownFields}, but not tag or experimentName`],
    ['step, -tag', 7, 'tag', `one of the fields ${knownFields}, but not tag or experimentName`],
    ['step,', 6, 'nothing', `one of the fields ${knownFields}, but not tag or experimentName`],
    ['id,id,id,id,id,id,id,id,id', 25, 'id', 'at most 8 fields'],
  ])('answers %j at column %i', (sort, column, found, expected) => {
    expect(failure(() => parseSort(sort))).toMatchObject({ code: 'invalid-sort', column, found, expected })
  })
})
