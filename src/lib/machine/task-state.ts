/** What has become of a task, as its row holds it, and the words for deciding about it. */
import type { Fault } from '../core/fault.ts'
import { type Instant, type Millis, minutes } from '../core/time.ts'
import type { Side, StepCall, StepName } from './spec.ts'
import type { Look, StepLimits, StepMemo } from './step.ts'

/** A step to take back, recorded before the step it compensates is begun. */
export type Undo = { readonly step: StepName; readonly side: Side }

export type Outcome = 'succeeded' | 'degraded' | 'failed' | 'aborted'

export type OpenTask = {
  readonly status: 'open'
  readonly path: 'forward' | 'back'
  /** Forward: index into the stage's steps. Back: index into `undo`, counting down. */
  readonly at: number
  /** Begins of the current step so far. */
  readonly attempt: number
  readonly enteredAt: Instant
  /** When the current attempt was recorded; absent when it is known to have come to nothing. */
  readonly begunAt?: Instant
  /** No further attempt before this. */
  readonly notBefore?: Instant
  /** What the current step is at, where it does several things (`Look.part`), and since when: its attempts are of this part. */
  readonly part?: string
  readonly partSince?: Instant
  /** Found paused: the step's time starts again when it goes on. */
  readonly held?: true
  /** Since then Azure has answered no look of this step. */
  readonly blindSince?: Instant
  /** How long Azure answered no look of this step before, or nobody could look, in milliseconds. */
  readonly blindFor?: Millis
  readonly memo: StepMemo
  /** What its steps found out. */
  readonly facts?: StepMemo
  readonly undo: readonly Undo[]
  /** Best-effort steps that could not be done or proven, by name. */
  readonly passedOver: readonly StepName[]
  /** The first lasting failure. */
  readonly fault?: Fault
  /** Where it ends once everything is taken back. */
  readonly ending?: Outcome
  /** The first step that was given up. */
  readonly failedStep?: StepName
  /** What could not be taken back. */
  readonly stuck?: readonly Undo[]
  /** Failed or unproven when the operation was past its point of no return, and tried again since. */
  readonly wasUnproven?: true
}

export type OverTask = {
  readonly status: 'over'
  readonly outcome: Outcome
  /** Index of the step a retry goes on from. */
  readonly at: number
  /** Of a task that failed or was aborted: what could not be taken back. */
  readonly undo: readonly Undo[]
  readonly passedOver: readonly StepName[]
  readonly fault?: Fault
  readonly failedStep?: StepName
  readonly facts?: StepMemo
  /** Failed beyond its point of no return: it is on the other side, or on its way there. */
  readonly isHalfWay?: true
  /** See `OpenTask.wasUnproven`. */
  readonly wasUnproven?: true
}

export type TaskState = OpenTask | OverTask

/** What is wanted of a task. `back`: take back what was begun, unless the point of no return is passed. */
export type TaskIntent = 'run' | 'pause' | 'back'

export type Decision = {
  readonly state: TaskState
  /** `begin` the current step; `next`: look at the next step at once; `wait`; `over`. */
  readonly act: 'begin' | 'next' | 'wait' | 'over'
  /** Until the next tick, in milliseconds; absent when the task is over. */
  readonly lookAfter?: Millis
  /** One clause: why. Kept in the task's timeline. */
  readonly reason: string
  /** With `begin`: the task as it is if the begin may not be sent now after all. */
  readonly unbegun?: OpenTask
}

export type AdvanceInput = {
  readonly steps: readonly StepCall[]
  /** See `StageSpec.taskPointOfNoReturn`. */
  readonly pointOfNoReturn?: number
  /** See `StageSpec.putsBack`. */
  readonly putsBack?: boolean
  /** Of the current step. */
  readonly limits: StepLimits
  /** False for a step that only waits. */
  readonly begins: boolean
  readonly look: Look
  readonly intent: TaskIntent
  readonly now: Instant
}

/** A paused task looks up now and then, so that a lost wake-up costs this much at most. */
export const heldLookAfter: Millis = minutes(10)

export const newTask = (now: Instant): OpenTask => ({
  status: 'open',
  path: 'forward',
  at: 0,
  attempt: 0,
  enteredAt: now,
  memo: {},
  undo: [],
  passedOver: [],
})

/** The step the task is at; undefined when what a stored row says does not fit its stage. */
export const currentStep = (task: OpenTask, steps: readonly StepCall[]): StepCall | Undo | undefined =>
  task.path === 'forward' ? steps[task.at] : task.undo[task.at]
