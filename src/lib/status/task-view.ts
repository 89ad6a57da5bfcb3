/** One task as its row holds it, with its timeline. */
import type { Fault } from '../core/fault.ts'
import { isoOf } from '../core/time.ts'
import type { StageName, StageSpec } from '../machine/spec.ts'
import { currentStep } from '../machine/task-state.ts'
import type { TaskRecord } from '../ports/operations.ts'

/** Moments are ISO 8601 in UTC; steps are told with their side, e.g. `startVm@secondary`. */
export type TaskView = {
  readonly stage: StageName
  readonly subject: string
  readonly batch: number
  readonly status: 'waiting' | 'open' | 'over'
  readonly outcome?: string
  /** `back`: what was begun is being taken back. */
  readonly path?: 'forward' | 'back'
  readonly step?: string
  readonly attempt?: number
  readonly begunAt?: string
  readonly notBefore?: string
  /** When it is looked at next. */
  readonly dueAt?: string
  readonly fault?: Fault
  readonly passedOver: readonly string[]
  /** Taken back if the operation turns back; of a task that failed: what could not be. */
  readonly undo: readonly string[]
  readonly timeline: readonly { readonly at: string; readonly step?: string; readonly text: string }[]
}

type Placed = { readonly step: string; readonly side: string }

export function taskView(record: TaskRecord, stage: StageSpec | undefined): TaskView {
  const { state } = record
  return {
    stage: record.stage,
    subject: record.key,
    batch: record.batch,
    ...(state.status === 'over'
      ? { status: 'over', outcome: state.outcome }
      : { ...whereItIs(record, stage), dueAt: isoOf(record.dueAt) }),
    ...(state.fault && { fault: state.fault }),
    passedOver: state.passedOver,
    undo: state.undo.map(placed),
    timeline: record.timeline.map(({ at, ...entry }) => ({ at: isoOf(at), ...entry })),
  }
}

function whereItIs({ tick, state }: TaskRecord, stage: StageSpec | undefined) {
  if (tick === 0 || state.status === 'over') return { status: 'waiting' } as const
  const step = currentStep(state, stage?.steps ?? [])
  return {
    status: 'open',
    path: state.path,
    ...(step && { step: placed(step) }),
    attempt: state.attempt,
    ...(state.begunAt !== undefined && { begunAt: isoOf(state.begunAt) }),
    ...(state.notBefore !== undefined && { notBefore: isoOf(state.notBefore) }),
  } as const
}

const placed = ({ step, side }: Placed): string => `${step}@${side}`
