import { z } from 'zod'
import { named } from './named.ts'

const members = z
  .discriminatedUnion(
    'from',
    [
      z.strictObject({ from: z.literal('seeds') }).describe('Every run of `vary` and `seeds`.'),
      z
        .strictObject({ from: z.literal('folds'), count: z.int().min(2).max(100).default(5) })
        .describe(
          'Each run once for each fold: the fold validates, the other training samples train. The ensemble is measured on the validation part.',
        ),
      z
        .strictObject({ from: z.literal('snapshots'), cycles: z.int().min(2).max(1000).default(5) })
        .describe('The weights of one run at the end of each cycle of its learning rate.'),
      z
        .strictObject({
          from: z.literal('best'),
          count: z.int().min(1).max(1000),
          metric: z.enum(['validation.loss', 'validation.accuracy']).default('validation.loss'),
        })
        .describe('The best of all runs of `vary` and `seeds`.'),
    ],
    { error: 'expected { "from": "seeds" | "folds" | "snapshots" | "best" }' },
  )
  .describe('Where its members come from.')

const combine = z
  .enum(['probabilities', 'logProbabilities', 'vote', 'rank', 'weights', 'greedyWeights'])
  .describe(
    'What is averaged: probabilities, their logs, votes, ranks; or the weights themselves, of all members (weights) or of those that help on the validation part (greedyWeights): one model then.',
  )

const select = named('selection', [
  z.strictObject({ name: z.literal('all') }).describe('Every member, equally.'),
  z
    .strictObject({
      name: z.literal('greedy'),
      metric: z.enum(['negativeLogLikelihood', 'accuracy', 'brier']).default('negativeLogLikelihood'),
      bags: z.int().min(1).max(1000).default(20).describe('Random subsets of the members to select from.'),
      bagFraction: z.number().gt(0).max(1).default(0.5).describe('The chance of a member to be in a bag.'),
      initialCount: z
        .union([z.literal('best'), z.int().min(1).max(1000)])
        .default('best')
        .describe('How many of the best members to start from.'),
      maxAdditions: z.int().min(0).max(10_000).default(100),
      patience: z.int().min(1).max(10_000).default(5).describe('Additions without a new best.'),
      seed: z
        .int()
        .min(0)
        .max(2 ** 32 - 1)
        .default(0)
        .describe('Of the bags.'),
    })
    .describe('Members are added with replacement while the ensemble improves on the validation part.'),
])

const minMembers = z
  .int()
  .min(1)
  .max(1000)
  .optional()
  .describe('With how many members it goes on where others failed; all by default.')

/** The ensemble that an experiment's runs make. */
export const ensembleSchema = z.strictObject({
  members: members.default({ from: 'seeds' }),
  combine: combine.default('probabilities'),
  select: select.default({ name: 'all' }),
  minMembers,
})
export type EnsembleDocument = z.output<typeof ensembleSchema>

/** What makes a run the combination of other runs' models: it trains nothing. */
export const combinationSchema = z.strictObject({
  combine,
  select,
  minMembers,
  count: z.int().min(1).max(1000).optional().describe('Only so many of the best members.'),
  metric: z.enum(['validation.loss', 'validation.accuracy']).optional().describe('What they are best by.'),
})
export type CombinationDocument = z.output<typeof combinationSchema>
