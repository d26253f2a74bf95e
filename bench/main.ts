/**
 * `pnpm bench [suite…]`: prints one JSON line per figure, after one that says on what and with which versions. What is
 * compared is measured in turns within one run, because figures of different runs on a shared machine cannot be
 * compared. Peers are installed into `bench/` on first use; one that cannot be had is a line with the reason.
 *
 * `pnpm bench render [file] < lines` turns the lines into tables: printed, or put into the file.
 */
import { setFlagsFromString } from 'node:v8'
import { machine } from './machine.ts'

// As the service's workers do: small hot kernels stay in V8's baseline tier for thousands of calls otherwise.
setFlagsFromString('--no-liftoff')

const suites = {
  gemm: () => import('./gemm.ts'),
  lbfgs: () => import('./lbfgs.ts'),
  optimizers: () => import('./optimizers.ts'),
  training: () => import('./training.ts'),
}

const wanted = process.argv.slice(2)
if (wanted[0] === 'render') {
  const { render } = await import('./render.ts')
  await render(wanted[1])
  process.exit()
}
for (const name of wanted) {
  if (!Object.hasOwn(suites, name)) {
    console.error(`unknown suite "${name}"; there are: ${Object.keys(suites).join(', ')}, render`)
    process.exit(2)
  }
}
for (const [name, load] of Object.entries(suites)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  const suite = await load()
  const versions = { node: process.versions.node, v8: process.versions.v8, ...(await suite.versions()) }
  console.log(JSON.stringify({ suite: name, machine: machine(), versions }))
  for await (const figure of suite.figures()) console.log(JSON.stringify({ suite: name, ...figure }))
}
