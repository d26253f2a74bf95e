import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { referencePages } from '../../docs/reference/pages.ts'

// `npx -y pnpm@10.34.8 reference` writes them.
it.each(Object.entries(referencePages()))('docs/reference/%s is what the code says', (name, text) => {
  const written = readFileSync(new URL(`../../docs/reference/${name}`, import.meta.url), 'utf8')
  expect(written).toBe(text)
})
