/**
 * The life of an operation: which stages may open, which batch is due, when to ask a person, when to turn back.
 *
 * Pure, like `task.ts`: the shell counts the tasks, `advanceOperation` decides, the shell carries it out and saves.
 */
import { type Instant, type Millis, minutes, seconds, spell } from '../core/time.ts'
import { foldBatches } from './operation-fold.ts'
import {
  batchCount,
  type Draft,
  end,
  hasCapacity,
  type Input,
  isGranted,
  isLeft,
  mapStages,
  type OperationDecision,
  type OperationState,
  operationLookAfter,
  type StageState,
  setStage,
  stageOf,
  type Tally,
} from './operation-state.ts'
import { goBack, judgeTrouble, startGoingBack } from './operation-trouble.ts'
import type { OperationSpec, StageGate, StageName, StageSpec } from './spec.ts'

/** Later batches get ready this long before their turn, so that no slot of the pacer waits for a sign-out. */
export const readyAhead: Millis = seconds(60)

/** How far ahead a batch's messages are sent out. */
const releaseHorizon: Millis = minutes(2)

export function advanceOperation(stored: OperationState, input: Input): OperationDecision {
  const draft: Draft = { state: stored, effects: [], again: false, lookAfter: operationLookAfter, reasons: [] }
  if (stored.status === 'over') return draft
  shiftPause(draft, input)
  count(draft, input)
  foldBatches(draft, input)
  if (wantsBack(draft.state)) startGoingBack(draft, input, 'person')
  if (draft.state.status === 'goingBack') {
    goBack(draft, input)
    return draft
  }
  judgeTrouble(draft, input)
  if (isGoingBack(draft.state)) {
    goBack(draft, input)
    return draft
  }
  openStages(draft, input)
  releaseBatches(draft, input)
  finish(draft, input)
  return draft
}

const isGoingBack = (state: OperationState): boolean => state.status === 'goingBack'

const wantsBack = (state: OperationState): boolean =>
  state.intent === 'abort' && !state.pastNoReturn && (state.status === 'running' || state.status === 'asking')

/** Batches keep their distance across a pause: nobody is signed out for a slot that is not there. */
function shiftPause(draft: Draft, { now }: Input): void {
  const { state } = draft
  if (state.intent === 'pause' && state.pausedAt === undefined) draft.state = { ...state, pausedAt: now }
  if (state.intent === 'pause' || state.pausedAt === undefined) return
  const { pausedAt, ...rest } = state
  const length = now - pausedAt
  draft.state = {
    ...rest,
    stages: mapStages(rest.stages, (stage) =>
      stage.status === 'open' && stage.lastReleaseAt !== undefined
        ? { ...stage, lastReleaseAt: stage.lastReleaseAt + length }
        : stage,
    ),
  }
  for (const [name, stage] of Object.entries(draft.state.stages) as [StageName, StageState][])
    if (stage.status === 'open') draft.effects.push({ kind: 'wake', stage: name })
  draft.reasons.push(`goes on after a pause of ${spell(length)}`)
}

function count(draft: Draft, { spec, tallies, now }: Input): void {
  for (const stage of spec.stages) {
    const before = stageOf(draft.state, stage.name)
    const tally = tallies[stage.name]
    if (before.status === 'waiting' || !tally) continue
    const isOver = tally.open === 0 && before.releasedBatches >= batchCount(stage)
    const status = isOver ? 'over' : 'open'
    const enough = stage.name === 'capacity' && hasCapacity(spec, tally)
    const { overAt, ...rest } = before
    // What tries again is over again, and later: how long revoked access may still work is counted from there.
    const endedAt = before.status === 'over' ? (overAt ?? now) : now
    setStage(draft, stage.name, {
      ...rest,
      tally,
      status,
      ...(isOver && { overAt: endedAt }),
      ...(enough && before.enoughAt === undefined ? { enoughAt: now } : {}),
    })
    if (tally.toRetry > 0) draft.effects.push({ kind: 'wake', stage: stage.name })
    if (isOver && before.status === 'open') draft.reasons.push(`stage ${stage.name} is over: ${told(tally)}`)
  }
}

const told = (tally: Tally): string =>
  [
    `${tally.succeeded} succeeded`,
    ...(tally.degraded > 0 ? [`${tally.degraded} degraded`] : []),
    ...(tally.failed > 0 ? [`${tally.failed} failed`] : []),
    ...(tally.aborted > 0 ? [`${tally.aborted} aborted`] : []),
  ].join(', ')

function openStages(draft: Draft, { spec, now }: Input): void {
  if (draft.state.intent === 'pause') return
  for (const stage of spec.stages) {
    const before = stageOf(draft.state, stage.name)
    if (before.status !== 'waiting') continue
    const heldSince = holding(draft.state, stage, spec, now)
    const rest = stage.after.map((gate, i) => (heldSince[i] ?? Number.POSITIVE_INFINITY) + (gate.delay ?? 0) - now)
    const isDue = rest.every((left) => left <= 0)
    setStage(draft, stage.name, { ...before, heldSince, ...(isDue && { status: 'open', openedAt: now }) })
    if (!isDue) {
      const left = Math.max(...rest)
      if (Number.isFinite(left)) draft.lookAfter = Math.min(draft.lookAfter, Math.max(left, 1_000))
      continue
    }
    draft.effects.push({ kind: 'insertTasks', stage: stage.name })
    draft.again = true
    if (stage.pointOfNoReturn) draft.state = { ...draft.state, pastNoReturn: true }
    draft.reasons.push(`stage ${stage.name} opens: ${stage.tasks.length} tasks`)
  }
}

function holding(state: OperationState, stage: StageSpec, spec: OperationSpec, now: Instant): Record<number, Instant> {
  const before = stageOf(state, stage.name).heldSince
  return Object.fromEntries(
    stage.after.flatMap((gate, i) => (holds(state, gate, spec) ? [[i, before[i] ?? now] as const] : [])),
  )
}

function holds(state: OperationState, gate: StageGate, spec: OperationSpec): boolean {
  const { status, tally } = stageOf(state, gate.stage)
  switch (gate.when) {
    case 'over':
      return status === 'over' && (gate.stage !== 'grant' || isGranted(state, tally))
    case 'capacity':
      return status !== 'waiting' && (hasCapacity(spec, tally) || state.replies.capacityShort === 'grantAnyway')
    case 'succeeded':
      if (status !== 'over') return false
      return gate.stage === 'leave' ? isLeft(state, tally) : tally.failed + tally.aborted === 0
  }
}

function releaseBatches(draft: Draft, { spec, now }: Input): void {
  if (draft.state.intent === 'pause' || draft.again) return
  for (const stage of spec.stages) {
    const before = stageOf(draft.state, stage.name)
    if (before.status !== 'open' || before.releasedBatches >= batchCount(stage)) continue
    const due = releaseAt(before, stage)
    if (due > now + releaseHorizon) {
      lookForBatch(draft, due, now)
      continue
    }
    const batch = before.releasedBatches
    const at = Math.max(due, now)
    draft.effects.push({ kind: 'release', stage: stage.name, batch, delay: at - now })
    const after = { ...before, releasedBatches: batch + 1, lastReleaseAt: at }
    setStage(draft, stage.name, after)
    if (batchCount(stage) > 1)
      draft.reasons.push(`releases batch ${batch + 1} of ${batchCount(stage)} of ${stage.name}`)
    if (after.releasedBatches < batchCount(stage)) lookForBatch(draft, releaseAt(after, stage), now)
  }
}

/** At once, where the next batch is due as well: no more than one a save. */
function lookForBatch(draft: Draft, due: Instant, now: Instant): void {
  if (due <= now + releaseHorizon) draft.again = true
  else draft.lookAfter = Math.min(draft.lookAfter, due - releaseHorizon - now)
}

function releaseAt(state: StageState, stage: StageSpec): Instant {
  if (state.lastReleaseAt === undefined) return state.openedAt ?? 0
  const interval = stage.batchInterval ?? 0
  const ahead = state.releasedBatches === 1 ? Math.min(readyAhead, interval / 2) : 0
  return state.lastReleaseAt + interval - ahead
}

function finish(draft: Draft, input: Input): void {
  const { spec, now } = input
  const stages = spec.stages.map((stage) => stageOf(draft.state, stage.name))
  if (draft.state.status === 'asking' || !stages.every(({ status }) => status === 'over')) return
  const inVain = spec.stages.find(
    (stage) => stage.taskPointOfNoReturn !== undefined && isInVain(draft.state, stage.name),
  )
  if (inVain) {
    startGoingBack(draft, input, 'trouble', inVain.name)
    draft.again = true
    return
  }
  const isWhole = stages.every(({ tally }) => tally.failed + tally.degraded + tally.aborted + tally.unproven === 0)
  const anyone = stages.some(({ tally }) => tally.succeeded + tally.degraded > 0)
  const outcome = !anyone ? 'failed' : isWhole && spec.out.length === 0 ? 'succeeded' : 'partial'
  end(draft, outcome, now)
}

/** Nobody arrived and nobody is stuck half-way: what was prepared for them is taken back as well. */
function isInVain(state: OperationState, name: StageName): boolean {
  const { tally } = stageOf(state, name)
  return tally.succeeded + tally.degraded + tally.stuck + tally.halfWay === 0
}
