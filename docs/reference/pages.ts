import { type QuasiNewtonDefinition, quasiNewtonDefinitions } from '../../packages/document/src/index.ts'
import {
  createOptimizer,
  explain,
  type OptimizerDefinition,
  optimizerDefinitions,
  rangeText,
} from '../../packages/optimizers/src/index.ts'
import { type Parameter, scheduleDefinitions } from '../../packages/schedulers/src/index.ts'

/** The reference's pages, by file name: made from the definitions in the code, never written by hand. */
export function referencePages(): Readonly<Record<string, string>> {
  return {
    'optimizers.md': optimizersPage(),
    'quasi-newton.md': quasiNewtonPage(),
    'schedules.md': schedulesPage(),
  }
}

const notice = '<!-- Made from the code by `npx -y pnpm@10.34.8 reference`. -->'

function optimizersPage(): string {
  const definitions = Object.values(optimizerDefinitions)
  const head = `# Optimizers

${notice}

Every optimizer that \`createOptimizer\` and an experiment document know. The rule is what runs: compiled to the passes
listed below it, where each array is read and written once. Bytes are what a step moves for one parameter in f32.

| name | convention by default | others | states | passes | bytes |
| --- | --- | --- | --- | --- | --- |
${definitions.map(summaryRow).join('\n')}
`
  return `${head}\n${definitions.map(optimizerSection).join('\n')}`
}

function summaryRow({ name, conventions }: OptimizerDefinition): string {
  const [own, ...others] = conventions.map((form) => form.name)
  const optimizer = createOptimizer({ name })
  const [passes, bytes] = optimizer.plannable
    ? [explain(optimizer).passes.length, explain(optimizer).bytesPerParameter.f32]
    : ['-', '-']
  const cells = [
    `[${name}](#${name.toLowerCase()})`,
    own ?? '',
    others.join(', '),
    optimizer.slots,
    passes,
    bytes,
  ]
  return `| ${cells.join(' | ')} |`
}

function optimizerSection(definition: OptimizerDefinition): string {
  const { name, source, rule, hyperparameters, conventions } = definition
  const forms = conventions.filter((form, index) => index > 0 && form.rule !== rule)
  const columns = conventions.length === 0 ? ['default'] : conventions.map((form) => form.name)
  const rows = hyperparameters.map((each) => {
    const values =
      conventions.length === 0 ? [each.default] : conventions.map((form) => form.defaults[each.name])
    const range = typeof each.default === 'boolean' ? 'true, false' : rangeText(each.range)
    return `| \`${each.name}\` | ${values.map(String).join(' | ')} | ${range} |`
  })
  return `## ${name}

${source}.

\`\`\`
${rule}
\`\`\`
${passesText(name)}
| hyper-parameter | ${columns.join(' | ')} | range |
| --- | ${columns.map(() => '---').join(' | ')} | --- |
${rows.join('\n')}
${forms.map((form) => `\nAs ${form.name} has it:\n\n\`\`\`\n${form.rule}\n\`\`\`\n`).join('')}`
}

function passesText(name: OptimizerDefinition['name']): string {
  const optimizer = createOptimizer({ name })
  if (!optimizer.plannable) return '\nA method of its own, not a rule over coordinates.\n'
  const passes = explain(optimizer).passes.map(({ reads, writes, sums }, index) => {
    const gathers = sums === 0 ? '' : `, gathers ${sums} sum${sums === 1 ? '' : 's'}`
    return `${index + 1}. reads ${reads.join(', ')}; writes ${writes.join(', ') || 'nothing'}${gathers}`
  })
  return `\n${passes.join('\n')}\n`
}

function quasiNewtonPage(): string {
  return `# Quasi-Newton methods

${notice}

The optimizers of an experiment document that [\`@thalweg/lbfgs\`](../../packages/lbfgs) computes. A step of \`lbfgs\` is one
evaluation of the loss over all training data, of \`sfo\` over one part of them, of \`onlineLbfgs\` two gradients of a batch;
\`epochs\` bounds the passes over the data of each. \`lbfgs\` and \`sfo\` need a loss that is the same every time: dropout, batch
normalisation and augmentation are refused.

${quasiNewtonDefinitions.map(quasiNewtonSection).join('\n')}`
}

function quasiNewtonSection({ name, source, rule, options }: QuasiNewtonDefinition): string {
  const rows = options.map((each) => {
    const range = each.choices?.join(', ') ?? rangeText(each.range)
    return `| \`${each.name}\` | ${each.default ?? ''} | ${range} | ${each.summary ?? ''} |`
  })
  return `## ${name}

${source}.

\`\`\`
${rule}
\`\`\`

| option | default | range | |
| --- | --- | --- | --- |
${rows.join('\n')}
`
}

function schedulesPage(): string {
  const rows = Object.values(scheduleDefinitions).map(({ name, equation, parameters }) => {
    const text = Object.entries<Parameter>(parameters).map(([each, parameter]) =>
      parameterText(each, parameter),
    )
    return `## ${name}\n\n\`${equation}\`\n\n${text.map((line) => `- ${line}`).join('\n')}\n`
  })
  return `# Schedules

${notice}

Every schedule that \`createSchedule\` and an experiment document know: pure functions of the step k, which counts
completed updates from 0. In a document \`initial\`, \`peak\` and \`high\` default to the value that the schedule is put
over. The new value holds from a boundary on, and the last one past the end.

${rows.join('\n')}`
}

function parameterText(name: string, parameter: Parameter): string {
  switch (parameter.kind) {
    case 'schedule':
      return `\`${name}\`: a schedule`
    case 'schedules':
      return `\`${name}\`: ${parameter.minimumLength} to ${parameter.maximumLength} schedules`
    case 'numbers':
      return `\`${name}\`: numbers in ${rangeText(parameter.each)}, ${parameter.order}`
    case undefined: {
      const what = parameter.integer ? 'a whole number' : 'a number'
      const standard = parameter.default === undefined ? '' : `, ${parameter.default} by default`
      const base = parameter.base ? ', by default the value that the schedule is put over' : ''
      return `\`${name}\`: ${what} in ${rangeText(parameter)}${standard}${base}${parameter.optional ? ', may be left out' : ''}`
    }
  }
}
