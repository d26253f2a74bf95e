import { describe, expect, it } from 'vitest'
import { findJsonFault } from './json-fault.ts'

const sound = ['{}', ' [1, -0.5e+3, "a\\u00e9\\n", true, null, {"a": []}] \n', '"\u007f"', '0']

describe('findJsonFault', () => {
  it.each(sound)('finds none in %j', (text) => {
    expect(() => JSON.parse(text)).not.toThrow()
    expect(findJsonFault(text)).toBeUndefined()
  })

  it.each([
    ['{\n  "name": "a",\n}', 3, 1, 'expected a name in double quotes, found "}"'],
    ['{"a": 1 "b": 2}', 1, 9, 'expected "," or "}", found a string'],
    ['{"a": 1\n "b', 2, 2, 'expected "," or "}", found a string that is not closed'],
    ["{'a': 1}", 1, 2, 'expected a name in double quotes, found "\'"'],
    ['{"a": .5}', 1, 7, 'expected a value, found ".5"'],
    ['{"a": 01}', 1, 7, 'expected a value, found "01"'],
    ['[1, 2', 1, 6, 'expected "," or "]", found the end of the file'],
    ['{"a"; 1}', 1, 5, 'expected ":", found ";"'],
    ['{"a": NaN}', 1, 7, 'expected a value, found "NaN"'],
    ['{} {}', 1, 4, 'expected nothing more, found "{"'],
    ['', 1, 1, 'expected a value, found the end of the file'],
    ['["a\nb"]', 1, 2, 'expected a value, found a string that is not closed'],
    ['["\\x"]', 1, 2, 'expected a value, found a string that is not closed'],
  ])('tells line, column and what is wrong in %j', (text, line, column, message) => {
    expect(() => JSON.parse(text)).toThrow()
    const fault = findJsonFault(text)
    expect(fault).toMatchObject({ line, column })
    expect(fault?.message).toContain(message)
  })
})
