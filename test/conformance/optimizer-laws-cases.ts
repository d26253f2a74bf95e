import {
  accumulate,
  adam,
  adaptiveClip,
  centralize,
  chain,
  clipByGlobalNorm,
  clipByNorm,
  clipByValue,
  coupledWeightDecay,
  createOptimizer,
  decoupledWeightDecay,
  emaOfWeights,
  grouped,
  lookahead,
  type Optimizer,
  type OptimizerName,
  type OptimizerSpec,
  optimizerDefinitions,
  skipNonFinite,
} from '@thalweg/optimizers'

export type Law =
  | 'zero gradient'
  | 'permutation'
  | 'parts'
  | 'sign flip'
  | 'scale'
  | 'linear'
  | 'first step'
  | 'sign steps'
  | 'not finite'
  | 'frozen'
  | 'override'
  | 'plan'

interface Exemption {
  readonly law: Law
  readonly reason: string
}

type Options = Readonly<Record<string, number | boolean>>

/** An optimizer in one form, and the laws that its equations do not follow. */
export interface LawCase {
  readonly name: string
  readonly make: (options?: Options) => Optimizer
  /** What leaves out all decay. */
  readonly withoutDecay: Options
  /** What leaves out the constants that give gradients a scale. */
  readonly withoutScale: Options
  /** Hyper-parameters that a step can change, and by what they may be multiplied. */
  readonly changeable: readonly string[]
  /** How far sums in another order may carry the result, relative to numbers above 1; 0 where nothing is summed. */
  readonly tolerance: number
  readonly exemptions: readonly Exemption[]
}

const names = Object.keys(optimizerDefinitions).filter((name): name is OptimizerName =>
  Object.hasOwn(optimizerDefinitions, name),
)

const sums = 'its step depends on sums over the tensor'
const matrix = 'its step depends on where a number stands in the matrix'
const noRule = 'is no rule'
const adaptive = 'divides by the size of the gradient'
const signs = 'goes by signs'

function exempt(reason: string, ...laws: readonly Law[]): readonly Exemption[] {
  return laws.map((law) => ({ law, reason }))
}

const notLinear = (reason: string): readonly Exemption[] => exempt(reason, 'linear')
const scaled = exempt('is linear in the gradient', 'scale')
const smooth = exempt('moves by more or less than the rate', 'sign steps')
const noUnitStep = (reason: string): readonly Exemption[] => exempt(reason, 'first step')
const adamLike = [...notLinear(adaptive), ...smooth]
const elementWise = adamLike
const overTensor = exempt(sums, 'parts', 'not finite')

/** What the equations of each optimizer do not do, in all of its forms. */
const exemptions: Readonly<Record<OptimizerName, readonly Exemption[]>> = {
  sgd: [...scaled, ...smooth, ...noUnitStep('is linear in the gradient')],
  momentum: [...scaled, ...smooth, ...noUnitStep('is linear in the gradient')],
  nesterov: [...scaled, ...smooth, ...noUnitStep('is linear in the gradient')],
  adagrad: elementWise,
  adadelta: [...elementWise, ...noUnitStep('its first step is as long as epsilon')],
  rmsprop: [
    ...elementWise,
    ...noUnitStep('its average starts from 0 and is not corrected: the first step is longer'),
  ],
  adam: elementWise,
  adamw: elementWise,
  amsgrad: elementWise,
  adamax: elementWise,
  nadam: [...elementWise, ...noUnitStep('the look-ahead makes the first step other than the rate')],
  radam: [
    ...notLinear(adaptive),
    ...smooth,
    ...exempt('its first five steps are those of momentum', 'scale', 'first step'),
  ],
  rprop: [...notLinear(signs), ...exempt('its steps grow', 'sign steps')],
  asgd: [...scaled, ...smooth, ...noUnitStep('is linear in the gradient')],
  lion: notLinear(signs),
  signum: notLinear(signs),
  adabelief: [...elementWise, ...noUnitStep('divides by how far g is from its average, not by |g|')],
  yogi: [...elementWise, ...exempt('its first moment starts above 0', 'zero gradient', 'sign flip')],
  adan: elementWise,
  lamb: [...notLinear(adaptive), ...smooth, ...overTensor, ...noUnitStep('is as long as the weights')],
  lars: [...notLinear(adaptive), ...smooth, ...overTensor, ...noUnitStep('is as long as the weights')],
  adafactor: [
    ...notLinear(adaptive),
    ...smooth,
    ...overTensor,
    ...noUnitStep('is as long as the weights'),
    ...exempt(matrix, 'permutation'),
    ...exempt(noRule, 'frozen', 'plan'),
  ],
  scheduleFreeSgd: [
    ...scaled,
    ...smooth,
    ...noUnitStep('is linear in the gradient'),
    ...exempt('(1 - beta) w + beta w rounds: a law of its own', 'zero gradient'),
  ],
  scheduleFreeAdamw: [
    ...elementWise,
    ...exempt('(1 - beta) w + beta w rounds: a law of its own', 'zero gradient'),
  ],
  muon: [
    ...notLinear(adaptive),
    ...smooth,
    ...overTensor,
    ...noUnitStep('the step is orthogonal'),
    ...exempt(matrix, 'permutation'),
    ...exempt(noRule, 'frozen', 'plan'),
  ],
}

/** Where sums are taken, their order decides the last bits. */
const summing: ReadonlySet<string> = new Set(['lamb', 'lars', 'adafactor', 'muon'])

function caseOf(name: OptimizerName, convention: string | undefined): LawCase {
  const { hyperparameters } = optimizerDefinitions[name]
  const has = (key: string): boolean => hyperparameters.some((each) => each.name === key)
  const given = (values: Options): Options =>
    Object.fromEntries(Object.entries(values).filter(([key]) => has(key)))
  const form = convention === undefined ? {} : { convention }
  return {
    name: convention === undefined ? name : `${name}, ${convention}`,
    make: (options = {}) => createOptimizer({ name, ...form, ...options } as OptimizerSpec),
    withoutDecay: given({ weightDecay: 0, shrinkage: 0 }),
    withoutScale: given({ epsilon: 1e-300, epsilon1: 1e-300, initialAccumulator: 0 }),
    changeable: ['learningRate', 'momentum', 'beta1', 'beta2', 'beta3', 'decay', 'epsilon'].filter(has),
    tolerance: summing.has(name) ? 1e-12 : 0,
    exemptions: exemptions[name],
  }
}

/** Every optimizer of the registry in every form. */
export const registered: readonly LawCase[] = names.flatMap((name) => {
  const { conventions } = optimizerDefinitions[name]
  if (conventions.length === 0) return [caseOf(name, undefined)]
  return conventions.map((form) => caseOf(name, form.name))
})

/** A case with other hyper-parameters. */
function variant(of: string, options: Options, more: readonly Exemption[] = []): LawCase {
  const base = registered.find((each) => each.name === of)
  if (base === undefined) throw new Error(`no case ${of}`)
  return {
    ...base,
    name: `${of}, ${JSON.stringify(options)}`,
    make: (other) => base.make({ ...options, ...other }),
    exemptions: [...base.exemptions, ...more],
  }
}

const corrected = 'without correction the first step is other than the rate'
const uncorrected = noUnitStep(corrected)
const warmsUp = noUnitStep('the rate warms up')

export const variants: readonly LawCase[] = [
  ...['cs231n', 'optax', 'keras'].flatMap((form) => [
    variant(`rmsprop, ${form}`, { momentum: 0.9, centered: true }),
    variant(`adam, ${form}`, { biasCorrection: false }, uncorrected),
    variant(`amsgrad, ${form === 'cs231n' ? 'torch' : form}`, { biasCorrection: false }, uncorrected),
    variant(`momentum, ${form}`, { dampening: 0.5, weightDecay: 0.1 }),
  ]),
  variant('momentum, torch', { dampening: 0.9 }),
  variant('momentum, cs231n', { momentum: 0 }),
  variant('adagrad, torch', { learningRateDecay: 0.1, initialAccumulator: 0.5, weightDecay: 0.1 }),
  variant('asgd, torch', { averageFrom: 1, weightDecay: 0.1, shrinkage: 0.1 }),
  variant('scheduleFreeSgd', { warmupSteps: 3, weightPower: 1 }),
  variant('scheduleFreeAdamw', { warmupSteps: 3, weightDecay: 0.1 }, warmsUp),
  variant('lamb, optax', { weightDecay: 0.1 }),
  variant('lars, optax', { weightDecay: 0.1, epsilon: 1e-8 }),
  variant('adafactor', { weightDecay: 0.1 }),
  variant('muon', { nesterov: false, steps: 3 }),
]

interface ChainCase {
  readonly make: (options?: Options) => Optimizer
  readonly exemptions?: readonly Exemption[]
  readonly tolerance?: number
}

function chainCase(name: string, { make, exemptions: more = [], tolerance = 0 }: ChainCase): LawCase {
  const none = { withoutDecay: {}, withoutScale: {}, changeable: [] }
  const both = exempt('is made of others, of which these laws are asked', 'scale', 'linear', 'first step')
  return { ...none, name, make, tolerance, exemptions: [...both, ...smooth, ...more] }
}

const wrapped = exempt('not every step is the same', 'plan')
const wrapper = exempt('is a wrapper, and takes no groups', 'frozen')

/** Chains and wrappers; decay stands in none of those that are asked for zero gradients. */
export const chains: readonly LawCase[] = [
  chainCase('clipByValue, adam, decay, ema', {
    make: () => chain(clipByValue(0.5), adam(), decoupledWeightDecay(0.1), emaOfWeights(0.9)),
    exemptions: exempt('decays', 'zero gradient'),
  }),
  chainCase('clipByGlobalNorm, momentum', {
    make: () => chain(clipByGlobalNorm(0.5), createOptimizer({ name: 'momentum' })),
    exemptions: [...overTensor, ...exempt('frozen tensors are no part of the norm', 'frozen')],
    tolerance: 1e-12,
  }),
  chainCase('clipByNorm, decay, nesterov, lookahead', {
    make: () =>
      chain(clipByNorm(0.5), coupledWeightDecay(0.1), createOptimizer({ name: 'nesterov' }), lookahead()),
    exemptions: [...overTensor, ...exempt('decays', 'zero gradient')],
    tolerance: 1e-12,
  }),
  chainCase('centralize, adaptiveClip, sgd, lookahead', {
    make: () =>
      chain(
        centralize(),
        adaptiveClip({ clipping: 0.1 }),
        createOptimizer({ name: 'sgd' }),
        lookahead({ period: 2 }),
      ),
    exemptions: [...overTensor, ...exempt(matrix, 'permutation')],
    tolerance: 1e-12,
  }),
  chainCase('accumulate, adam', {
    make: () => accumulate(adam(), { steps: 3 }),
    exemptions: [...wrapped, ...wrapper],
  }),
  chainCase('accumulate, skipNonFinite, adam', {
    make: () => accumulate(skipNonFinite(adam()), { steps: 2 }),
    exemptions: [...wrapped, ...wrapper, ...exempt('leaves the whole step out', 'not finite')],
  }),
  chainCase('grouped adamw', {
    make: () =>
      grouped(createOptimizer({ name: 'adamw' }), [
        { tensors: ['*'], decay: false, learningRateFactor: 0.5 },
      ]),
    exemptions: exempt('tensors have names that groups go by', 'parts'),
  }),
]

export const allCases: readonly LawCase[] = [...registered, ...variants, ...chains]

/** The cases that a law is asked of. */
export function subjectsOf(law: Law, cases: readonly LawCase[] = allCases): readonly LawCase[] {
  return cases.filter(({ exemptions: own }) => own.every((each) => each.law !== law))
}

/** The others, with the reason. */
export function exemptFrom(
  law: Law,
  cases: readonly LawCase[] = allCases,
): readonly (LawCase & { readonly reason: string })[] {
  return cases.flatMap((each) => {
    const found = each.exemptions.find((exemption) => exemption.law === law)
    return found === undefined ? [] : [{ ...each, reason: found.reason }]
  })
}
