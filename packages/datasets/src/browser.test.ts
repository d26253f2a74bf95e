import { afterEach, expect, it, vi } from 'vitest'

afterEach(() => {
  vi.unstubAllGlobals()
})

it('loads and reads a table where Buffer does not exist, as in a browser', async () => {
  vi.stubGlobal('Buffer', undefined)
  const { parseCsv } = await import('./index.ts')
  expect(parseCsv('é,1\nü,2\n', { labelColumn: 0 }, 'table.csv').classNames).toEqual(['é', 'ü'])
})
