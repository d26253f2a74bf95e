/**
 * The layers: which package may import which. This file is the rule; `pnpm check:layers` enforces it, and a test in
 * test/architecture proves that it turns red. Every arrow points down.
 */
const mayImport = {
  'packages/kernels': [],
  'packages/optimizers': ['kernels'],
  'packages/schedulers': [],
  'packages/lbfgs': [],
  'packages/nn': ['kernels'],
  'packages/ensembles': [],
  'packages/datasets': [],
  'packages/document': ['optimizers', 'schedulers'],
  'packages/engine': [
    'kernels',
    'optimizers',
    'schedulers',
    'lbfgs',
    'nn',
    'ensembles',
    'datasets',
    'document',
  ],
  'packages/store': ['document'],
  'packages/client': ['document'],
  'packages/testing': [],
}

/** Packages that run in a browser as they are: no file, clock, process or network. */
const browserSafe = [
  'kernels',
  'optimizers',
  'schedulers',
  'lbfgs',
  'nn',
  'ensembles',
  'datasets',
  'document',
  'client',
]

const tests = '\\.(test|suite)\\.ts$|/test/'

module.exports = {
  forbidden: [
    ...Object.entries(mayImport).map(([folder, packages]) => ({
      name: `layers-${folder.split('/')[1]}`,
      comment: `${folder} may import ${packages.join(', ') || 'no other package'}`,
      severity: 'error',
      from: { path: `^${folder}/`, pathNot: tests },
      to: {
        path: '^(packages|apps|test|bench)/',
        pathNot: [`^${folder}/`, ...packages.map((name) => `^packages/${name}/`)],
      },
    })),
    {
      name: 'every-package-has-its-row',
      comment: 'A package that is not listed above may import nothing.',
      severity: 'error',
      from: { path: '^packages/', pathNot: [...Object.keys(mayImport).map((folder) => `^${folder}/`)] },
      to: {},
    },
    {
      name: 'tests-may-use-testing',
      comment: 'Tests beside the code import their own package, what it may import, and packages/testing.',
      severity: 'error',
      from: { path: '^packages/([^/]+)/.*\\.(test|suite)\\.ts$' },
      to: { path: '^(apps|test|bench)/' },
    },
    {
      name: 'nobody-imports-apps',
      comment: 'Only the command line imports an app: it starts the server.',
      severity: 'error',
      from: { path: '^(packages|apps)/', pathNot: '^apps/(cli|server)/' },
      to: { path: '^apps/' },
    },
    {
      name: 'server-imports-no-cli',
      severity: 'error',
      from: { path: '^apps/server/' },
      to: { path: '^apps/cli/' },
    },
    {
      name: 'no-node-in-packages',
      comment: 'node:* only under a ./node sub-path, so that the packages run in a browser.',
      severity: 'error',
      from: { path: `^packages/(${browserSafe.join('|')})/src/`, pathNot: `${tests}|/src/node/` },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'no-tests-in-source',
      comment: 'What ships imports no test code.',
      severity: 'error',
      from: { path: '^(packages|apps)/', pathNot: `${tests}|^packages/testing/` },
      to: { path: `${tests}|^packages/testing/` },
    },
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'everything-resolves',
      comment: 'A module that cannot be resolved would be skipped by every other rule.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '(^|/)(dist|migrations)/' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['@thalweg/source', 'import', 'node', 'default'],
      extensions: ['.ts', '.js', '.json'],
    },
  },
}
