/** One operation as people watch it: made of its row, its spec, and glances at the tasks that may move. */
import { type Instant, isoOf, type Millis } from '../core/time.ts'
import { batchCount, type OperationState, type StageState, stageOf } from '../machine/operation-state.ts'
import type { OperationSpec, StageName, StageSpec } from '../machine/spec.ts'
import { etaOf } from '../planning/eta.ts'
import type { OperationRecord, TaskGlance } from '../ports/operations.ts'

export type TaskCounts = {
  readonly total: number
  /** Not released yet. */
  readonly waiting: number
  readonly open: number
  readonly succeeded: number
  readonly degraded: number
  readonly failed: number
  readonly aborted: number
}

export type StageView = {
  readonly name: StageName
  readonly status: StageState['status']
  readonly tasks: TaskCounts
  readonly batches: { readonly released: number; readonly total: number; readonly nextAt?: string }
  /** How many open tasks are at which step, e.g. `failoverVm@secondary`. */
  readonly steps: Readonly<Record<string, number>>
  readonly openedAt?: string
  readonly overAt?: string
}

export type TroubleView = {
  readonly stage: StageName
  readonly subject: string
  readonly outcome: string
  readonly step: string
}

/** Moments are ISO 8601 in UTC, lengths milliseconds. */
export type OperationView = {
  readonly id: string
  readonly kind: string
  readonly pairId: string
  readonly strategy: string
  readonly target: string
  readonly primaryIsDown: boolean
  readonly specHash: string
  readonly status: OperationState['status']
  readonly outcome?: string
  readonly intent: string
  readonly pastNoReturn: boolean
  readonly question?: { readonly code: string; readonly text: string; readonly replies: readonly string[] }
  readonly fault?: OperationState['fault']
  readonly requestedBy: string
  readonly createdAt: string
  readonly startedAt: string
  readonly endedAt?: string
  readonly elapsed: Millis
  /** Desktops that move, or hosts that are started or woken: the ones somebody waits for. */
  readonly hosts: { readonly total: number; readonly done: number; readonly failed: number; readonly out: number }
  readonly stages: readonly StageView[]
  /** As planned, if every step takes its usual time. */
  readonly eta: readonly { readonly name: string; readonly at: string }[]
  readonly troubles: readonly TroubleView[]
  readonly troublesLeftOut: number
  readonly timeline: readonly { readonly at: string; readonly text: string }[]
}

export type Glances = Readonly<Partial<Record<StageName, readonly TaskGlance[]>>>

const mostTroubles = 100

/** Stages whose tasks must be glanced at: the open ones, and those with something to tell by name. */
export const stagesToGlance = (spec: OperationSpec, state: OperationState): readonly StageName[] =>
  spec.stages.map(({ name }) => name).filter((name) => isMoving(state, name) || hasTrouble(state, name))

const isMoving = (state: OperationState, name: StageName): boolean => {
  const { status } = stageOf(state, name)
  return status === 'open' || (status === 'over' && state.status === 'goingBack')
}

const hasTrouble = (state: OperationState, name: StageName): boolean => {
  const { degraded, failed, aborted } = stageOf(state, name).tally
  return degraded + failed + aborted > 0
}

export function operationView(
  record: OperationRecord,
  spec: OperationSpec,
  glances: Glances,
  now: Instant,
): OperationView {
  const { state } = record
  const stages = spec.stages.map((stage) => stageView(stage, state, glances[stage.name]))
  const troubles = Object.values(glances).flatMap((some) => some.filter(isTrouble).map(troubleView))
  const { question, fault, outcome, endedAt } = state
  return {
    id: record.id,
    kind: record.kind,
    pairId: record.pairId,
    strategy: spec.strategy,
    target: spec.target,
    primaryIsDown: spec.primaryIsDown,
    specHash: record.specHash,
    status: state.status,
    ...(outcome && { outcome }),
    intent: state.intent,
    pastNoReturn: state.pastNoReturn,
    ...(question && { question: { code: question.code, text: question.text, replies: question.replies } }),
    ...(fault && { fault }),
    requestedBy: record.requestedBy,
    createdAt: isoOf(record.createdAt),
    startedAt: isoOf(state.startedAt),
    ...(endedAt !== undefined && { endedAt: isoOf(endedAt) }),
    elapsed: Math.max(0, (endedAt ?? now) - state.startedAt),
    hosts: hostsOf(stages, spec),
    stages,
    eta: etaOf(spec).milestones.map(({ name, at }) => ({ name, at: isoOf(state.startedAt + at) })),
    troubles: troubles.slice(0, mostTroubles),
    troublesLeftOut: Math.max(0, troubles.length - mostTroubles),
    timeline: record.timeline.map(({ at, text }) => ({ at: isoOf(at), text })),
  }
}

const waitedFor: ReadonlySet<StageName> = new Set(['desktops', 'capacity', 'wake', 'repair'])

function hostsOf(stages: readonly StageView[], { out }: OperationSpec): OperationView['hosts'] {
  const counted = stages.filter(({ name }) => waitedFor.has(name)).map(({ tasks }) => tasks)
  const sum = (of: (tasks: TaskCounts) => number) => counted.reduce((total, tasks) => total + of(tasks), 0)
  return {
    total: sum(({ total }) => total),
    done: sum(({ succeeded, degraded }) => succeeded + degraded),
    failed: sum(({ failed, aborted }) => failed + aborted),
    out: out.length,
  }
}

function stageView(stage: StageSpec, state: OperationState, glances: readonly TaskGlance[] | undefined): StageView {
  const kept = stageOf(state, stage.name)
  const { openedAt, overAt, releasedBatches, lastReleaseAt } = kept
  const total = batchCount(stage)
  const isReleasing = kept.status === 'open' && releasedBatches > 0 && releasedBatches < total
  const nextAt = isReleasing && lastReleaseAt !== undefined ? lastReleaseAt + (stage.batchInterval ?? 0) : undefined
  return {
    name: stage.name,
    status: kept.status,
    tasks: glances ? countGlances(glances, stage.tasks.length, state) : countTally(kept, stage.tasks.length),
    batches: { released: releasedBatches, total, ...(nextAt !== undefined && { nextAt: isoOf(nextAt) }) },
    steps: stepsOf(glances ?? []),
    ...(openedAt !== undefined && { openedAt: isoOf(openedAt) }),
    ...(overAt !== undefined && { overAt: isoOf(overAt) }),
  }
}

function countTally({ status, tally }: StageState, total: number): TaskCounts {
  const { open, succeeded, degraded, failed, aborted } = tally
  const waiting = status === 'waiting' ? total : 0
  return { total, waiting, open: status === 'waiting' ? 0 : open, succeeded, degraded, failed, aborted }
}

function countGlances(glances: readonly TaskGlance[], total: number, state: OperationState): TaskCounts {
  const counts = { total, waiting: 0, open: 0, succeeded: 0, degraded: 0, failed: 0, aborted: 0 }
  for (const glance of glances) {
    if (glance.status === 'over' && glance.outcome !== '' && !triesAgain(glance, state)) counts[glance.outcome]++
    else if (glance.status === 'waiting') counts.waiting++
    else counts.open++
  }
  // Rows that are not there yet: the stage has just been opened.
  return { ...counts, waiting: counts.waiting + Math.max(0, total - glances.length) }
}

const triesAgain = ({ outcome, retries }: TaskGlance, state: OperationState): boolean =>
  (outcome === 'failed' || outcome === 'aborted') && retries < state.retries

function stepsOf(glances: readonly TaskGlance[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>()
  for (const { status, step } of glances)
    if (status === 'open' && step !== '') counts.set(step, (counts.get(step) ?? 0) + 1)
  return Object.fromEntries(counts)
}

const isTrouble = ({ status, outcome }: TaskGlance): boolean => status === 'over' && outcome !== 'succeeded'

const troubleView = ({ stage, key, outcome, step }: TaskGlance): TroubleView => ({ stage, subject: key, outcome, step })
