import type { MetricEvent, RunDocument, SolverEnding } from '@thalweg/document'
import type { Workspace } from '@thalweg/kernels'
import type { Team } from '@thalweg/kernels/node'
import type { Model, Weights } from '@thalweg/nn'
import type { BatchInput } from './batch-input.ts'
import type { Streams } from './streams.ts'

/** What an optimizer of a document needs before there is memory. */
export interface MethodDefinition {
  /** What it takes of the run's workspace beside what the gradient takes. */
  readonly workspaceBytes: number
  /** About what a checkpoint of it has, the weights included. */
  readonly checkpointBytes: number
  /** Lays it out. Throws CheckpointError for what another method saved. */
  begin(parts: MethodParts): Method
}

/** A run's parts that change its weights. */
export interface MethodParts {
  readonly document: RunDocument
  readonly model: Model
  readonly workspace: Workspace
  readonly team: Team
  readonly weights: Weights
  readonly input: BatchInput
  readonly batchSize: number
  /** Training samples. */
  readonly samples: number
  readonly streams: Streams
  /** Where it goes on after so many steps; undefined where it starts, at the weights as they are. */
  readonly resumed: ResumedMethod | undefined
}

/** How a run changes its weights from step to step. */
export interface Method {
  readonly totalSteps: number
  /** The gradients that so many steps compute, in passes over the training data. */
  passes(steps: number): number
  /** Where the model is measured and saved. */
  readonly evaluated: Weights['parameters']
  /** Makes the step after `completed` others. What it returns is read before the next one. */
  step(completed: number): MethodStep | Promise<MethodStep>
  save(): SavedMethod
}

/** What a step says of itself. */
interface MethodStep {
  readonly values: MetricEvent['values']
  /** Whether loss and gradient were finite; if not, the run has diverged. */
  readonly finite: boolean
  /** Whether the model is another one than after the step before. */
  readonly moved: boolean
  /** That it ends here by itself. */
  readonly ending?: SolverEnding
}

/** All that a method goes on with, for a checkpoint. */
export interface SavedMethod {
  /** JSON. */
  readonly facts: unknown
  /** Little-endian, by name. */
  readonly arrays: Readonly<Record<string, Uint8Array>>
}

export interface ResumedMethod extends SavedMethod {
  /** Completed steps. */
  readonly step: number
}
