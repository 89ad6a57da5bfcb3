/** What has become of an operation, as its row holds it, and the words for deciding about it. */
import type { Fault } from '../core/fault.ts'
import { type Instant, type Millis, seconds } from '../core/time.ts'
import type { OperationSpec, StageName, StageSpec } from './spec.ts'

/** What the operator wants. */
export type Intent = 'run' | 'pause' | 'abort'

export type QuestionCode = 'capacityShort' | 'revokeUnproven' | 'signOutUnproven' | 'grantFailed' | 'takingBackFailed'
export type Reply = 'wait' | 'grantAnyway' | 'grantWithoutSignOutProof' | 'retry' | 'restore' | 'accept'

/** What a person must decide, and what they may answer. */
export type Question = {
  readonly code: QuestionCode
  readonly text: string
  readonly replies: readonly Reply[]
  readonly askedAt: Instant
}

/** Tasks of a stage, counted. */
export type Tally = {
  readonly open: number
  readonly succeeded: number
  readonly degraded: number
  readonly failed: number
  readonly aborted: number
  /** Succeeded, but a best-effort step of theirs could not be proven. */
  readonly unproven: number
  /** Succeeded, with something that is taken back if the operation turns back. */
  readonly undoLeft: number
  /** Failed, with something that could not be taken back. */
  readonly stuck: number
  /** Failed beyond their point of no return. */
  readonly halfWay: number
  /** Of the open ones: failed before, and not yet aware that they are to try again. */
  readonly toRetry: number
}

/** Batches whose tasks are all over, counted once. */
export type Fold = {
  /** Runs of neighbours, `[first, last]`, in order. */
  readonly runs: readonly (readonly [number, number])[]
  readonly tally: Tally
  /** Something in them failed: the fold holds for as long as `OperationState.retries` is this. */
  readonly retries?: number
}

export type StageState = {
  readonly status: 'waiting' | 'open' | 'over'
  /** When each gate began to hold, by its index. */
  readonly heldSince: Readonly<Record<number, Instant>>
  readonly openedAt?: Instant
  readonly overAt?: Instant
  readonly releasedBatches: number
  readonly lastReleaseAt?: Instant
  /** When enough tasks had succeeded (stage `capacity`). */
  readonly enoughAt?: Instant
  readonly tally: Tally
  /** Absent until a batch is over, and when the operation has turned back. */
  readonly folds?: readonly Fold[]
}

export type OperationOutcome = 'succeeded' | 'partial' | 'failed' | 'aborted' | 'takenOver' | 'refused'

export type OperationState = {
  readonly status: 'running' | 'asking' | 'goingBack' | 'over'
  readonly outcome?: OperationOutcome
  readonly intent: Intent
  readonly startedAt: Instant
  readonly endedAt?: Instant
  readonly pausedAt?: Instant
  readonly pastNoReturn: boolean
  readonly stages: Readonly<Partial<Record<StageName, StageState>>>
  readonly question?: Question
  readonly replies: Readonly<Partial<Record<QuestionCode, Reply>>>
  /** Failed tasks whose own count is lower try again. */
  readonly retries: number
  /** The stage whose tasks are being taken back. */
  readonly backAt?: StageName
  readonly turnedBackBy?: 'person' | 'trouble'
  readonly fault?: Fault
}

/** What the shell does besides saving the state. Messages are sent before the state is saved: a spare one is harmless. */
export type Effect =
  | { readonly kind: 'insertTasks'; readonly stage: StageName }
  | { readonly kind: 'release'; readonly stage: StageName; readonly batch: number; readonly delay: Millis }
  /** Ticks every task of the stage that is not at rest. */
  | { readonly kind: 'wake'; readonly stage: StageName }

export type OperationDecision = {
  readonly state: OperationState
  readonly effects: readonly Effect[]
  /** Decide again at once, after saving: something further may follow from this. */
  readonly again: boolean
  readonly lookAfter: Millis
  readonly reasons: readonly string[]
}

/** An active operation looks up at least this often (design §6). */
export const operationLookAfter: Millis = seconds(30)

export const noTasks: Tally = {
  open: 0,
  succeeded: 0,
  degraded: 0,
  failed: 0,
  aborted: 0,
  unproven: 0,
  undoLeft: 0,
  stuck: 0,
  halfWay: 0,
  toRetry: 0,
}

export const newOperation = (spec: OperationSpec, now: Instant): OperationState => ({
  status: 'running',
  intent: 'run',
  startedAt: now,
  pastNoReturn: false,
  stages: Object.fromEntries(spec.stages.map((stage) => [stage.name, newStage(stage)])),
  replies: {
    ...(spec.grantWithoutSignOutProof && { signOutUnproven: 'grantWithoutSignOutProof' as const }),
    // Nobody sits beside it: what is left behind is put back by a later one.
    ...((spec.kind === 'keepAlive' || spec.kind === 'align') && { takingBackFailed: 'accept' as const }),
  },
  retries: 0,
})

const newStage = (stage: StageSpec): StageState => ({
  status: 'waiting',
  heldSince: {},
  releasedBatches: 0,
  tally: { ...noTasks, open: stage.tasks.length },
})

export const batchCount = (stage: StageSpec): number =>
  stage.tasks.length === 0 ? 0 : Math.ceil(stage.tasks.length / (stage.batchSize ?? stage.tasks.length))

export type Input = {
  readonly spec: OperationSpec
  /** Of the stages that have opened. */
  readonly tallies: Readonly<Partial<Record<StageName, Tally>>>
  /** Those of their batches that were read, each counted by itself. */
  readonly batches?: Readonly<Partial<Record<StageName, ReadonlyMap<number, Tally>>>>
  readonly now: Instant
}

/** A draft that the rules below change one after the other; it never leaves the machine. */
export type Draft = { state: OperationState; effects: Effect[]; again: boolean; lookAfter: Millis; reasons: string[] }

export const stageOf = (state: OperationState, name: StageName): StageState =>
  state.stages[name] ?? { status: 'waiting', heldSince: {}, releasedBatches: 0, tally: noTasks }

export function setStage(draft: Draft, name: StageName, stage: StageState): void {
  draft.state = { ...draft.state, stages: { ...draft.state.stages, [name]: stage } }
}

export const mapStages = (
  stages: OperationState['stages'],
  change: (stage: StageState) => StageState,
): OperationState['stages'] =>
  Object.fromEntries(
    (Object.entries(stages) as [StageName, StageState][]).map(([name, stage]) => [name, change(stage)]),
  )

export const hasCapacity = (spec: OperationSpec, tally: Tally): boolean =>
  tally.succeeded >= spec.limits.minimumCapacity

/** Nobody is left without access unless a person takes it over by name. */
export const isGranted = (state: OperationState, tally: Tally): boolean =>
  tally.failed + tally.aborted === 0 || state.replies.grantFailed === 'accept'

export const isLeft = (state: OperationState, tally: Tally): boolean =>
  tally.failed + tally.unproven === 0 || state.replies.signOutUnproven === 'grantWithoutSignOutProof'

export function end(draft: Draft, outcome: OperationOutcome, now: Instant): void {
  draft.state = { ...draft.state, status: 'over', outcome, endedAt: now }
  draft.reasons.push(`over: ${outcome}`)
}
