import type { Minimisation, Overhead, Score } from './lbfgs-figures.ts'
import { markdownTable } from './markdown-table.ts'

/** One row for each minimiser. */
export function scoresText(scores: readonly Score[]): string {
  const rows = scores.map((score) => [
    `${score.minimiser}, ${score.precision}`,
    `${score.solvedOfThem} of ${score.problems}`,
    score.totalEvaluations.toLocaleString('en'),
    String(score.dishonestExits),
  ])
  const table = markdownTable([['', 'solved', 'evaluations', 'dishonest exits'], ...rows])
  return ['### Test problems', '', ...table, ''].join('\n')
}

/** Ours by More & Thuente's search beside the peer's: a row for each problem, in f64. */
export function minimisationsText(minimisations: readonly Minimisation[]): string {
  const shown = ['more-thuente', 'SciPy'].map((name) => {
    const ofName = minimisations.filter(
      ({ minimiser, precision }) => minimiser === name && precision === 'f64',
    )
    return new Map(ofName.map((each) => [each.case, each]))
  })
  const [ours] = shown
  const rows = [...ours.keys()].map((problem) => [
    problem.replaceAll('_', ' '),
    ...shown.flatMap((ofName) => minimisationCells(ofName.get(problem))),
  ])
  const head = ['', ...['Thalweg', 'SciPy'].flatMap((name) => [`${name}: nit/nfev`, 'f', '‖g‖'])]
  const note =
    'Iterations, evaluations, f and the largest component of the gradient at the returned point, f64. ' +
    '✗: not solved; ✗✗: not solved, and said to have converged.'
  return ['### Each problem', '', note, '', ...markdownTable([head, ...rows]), ''].join('\n')
}

function minimisationCells(minimisation: Minimisation | undefined): string[] {
  if (minimisation === undefined) return ['', '', '']
  const { iterations, evaluations, f, gradientNorm, solved, dishonest } = minimisation
  const mark = dishonest ? ' ✗✗' : solved ? '' : ' ✗'
  return [
    `${iterations}/${evaluations}${mark}`,
    f?.toExponential(6) ?? 'not finite',
    gradientNorm?.toExponential(1) ?? 'not finite',
  ]
}

/** A row for each problem, a column for each kind of vectors and the peer. */
export function overheadsText(overheads: readonly Overhead[]): string {
  const kinds = [...new Set(overheads.map(({ vectors }) => vectors))]
  const rows = [...Map.groupBy(overheads, (each) => each.case)].map(([problem, ofProblem]) => {
    const own = kinds.map((kind) => ofProblem.find(({ vectors }) => vectors === kind))
    const { peer, peerIterations, peerEvaluations } = ofProblem[0]
    const words = problem.split(' ')
    const length = Number(words.pop()).toLocaleString('en')
    return [
      `${words.join(' ')}, n = ${length}`,
      ...own.map((each) => (each === undefined ? '' : `${shortly(each.thalweg)} (${each.ratio}×)`)),
      shortly(peer),
      ...own.map((each) => (each === undefined ? '' : `${each.iterations}/${each.evaluations}`)),
      `${peerIterations}/${peerEvaluations}`,
    ]
  })
  const names = [...kinds, overheads[0].peerName]
  const head = ['µs per iteration', ...names, ...names.map((name) => `${name}: nit/nfev`)]
  return ['### Time outside of the objective', '', ...markdownTable([head, ...rows]), ''].join('\n')
}

function shortly(microseconds: number): string {
  return microseconds.toLocaleString('en', { maximumSignificantDigits: 3 })
}
