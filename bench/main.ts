/**
 * `pnpm bench [suite…]`: prints one JSON line per figure. What is compared is measured in turns within one run, because
 * figures of different runs on a shared machine cannot be compared.
 */
import { setFlagsFromString } from 'node:v8'

// Small hot kernels stay in V8's baseline tier for thousands of calls otherwise.
setFlagsFromString('--no-liftoff')

const suites = {
  gemm: () => import('./gemm.ts'),
  optimizers: () => import('./optimizers.ts'),
}

const wanted = process.argv.slice(2)
for (const name of wanted) {
  if (!Object.hasOwn(suites, name)) {
    console.error(`unknown suite "${name}"; there are: ${Object.keys(suites).join(', ')}`)
    process.exit(2)
  }
}
for (const [name, load] of Object.entries(suites)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const { figures } = await load()
  for (const figure of figures()) console.log(JSON.stringify({ suite: name, ...figure }))
}
