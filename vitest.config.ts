import { defineConfig } from 'vitest/config'

// `@thalweg/source` makes tests run the TypeScript of every workspace package, never a stale dist.
const conditions = ['@thalweg/source', 'node', 'import', 'module', 'default']
const shared = { resolve: { conditions }, ssr: { resolve: { conditions, externalConditions: conditions } } }

export default defineConfig({
  ...shared,
  test: {
    projects: [
      {
        ...shared,
        test: { name: 'unit', include: ['{packages,apps}/*/src/**/*.test.ts'], testTimeout: 20_000 },
      },
      {
        ...shared,
        test: { name: 'system', include: ['test/**/*.test.ts'], testTimeout: 120_000, hookTimeout: 60_000 },
      },
    ],
  },
})
