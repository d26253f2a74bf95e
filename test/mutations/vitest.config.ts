import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { mutations } from './mutations.ts'

const mutation = mutations[Number(process.env.THALWEG_MUTATION || -1)]
const conditions = ['@thalweg/source', 'node', 'import', 'module', 'default']

/** Tests over sources of which one says something else. */
export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  resolve: { conditions },
  ssr: { resolve: { conditions, externalConditions: conditions } },
  // Its key is the file's text, which a mutation does not change.
  test: {
    fsModuleCache: false,
    include: ['packages/*/src/**/*.test.ts', 'test/golden/*.test.ts'],
    testTimeout: 20_000,
  },
  plugins: [
    {
      name: 'mutation',
      enforce: 'pre',
      transform(code: string, id: string) {
        if (mutation === undefined || !id.endsWith(mutation.file)) return undefined
        return { code: code.replaceAll(mutation.find, mutation.replace), map: null }
      },
    },
  ],
})
