/** The end of an operation: what it leaves behind, the report, the lock, and last the entry the sweep goes by. */
import type { Instant } from '../core/time.ts'
import type { OperationSpec, StageName } from '../machine/spec.ts'
import { defaultSettle } from '../machine/step.ts'
import type { TaskState } from '../machine/task-state.ts'
import type { PairState } from '../model/pair-state.ts'
import type { OperationRecord, PairRecord, TaskRecord } from '../ports/operations.ts'
import { type Engine, sendTick } from './engine.ts'
import { adoptWakes, foldWakes, hostsLeftOn } from './fold-wakes.ts'
import { noteFollowUps } from './note-follow-ups.ts'
import { notePast } from './note-past.ts'
import { createPartLengths } from './part-lengths.ts'
import { reportOf } from './report.ts'
import { tasksForReport } from './tasks-for-report.ts'

/** May be repeated: everything it writes comes out the same. One that comes late leaves a reopened operation alone. */
export async function conclude(engine: Engine, record: OperationRecord): Promise<void> {
  const { world } = engine
  const rest = settledAt(record) - world.clock.now()
  if (rest > 0) return sendTick(engine, record, rest)
  // Before the look at the row: whoever reopens the operation after that look adds it anew.
  const stamp = await world.active.stamp(record.id)
  if (await isReopened(engine, record)) return
  const { spec } = await engine.specOf(record.specHash)
  const lengths = createPartLengths(spec)
  const tasks = await tasksForReport(world.operations, record.id, spec, lengths.note)
  const report = reportOf(spec, record, tasks)
  await world.reports.put(`${record.id}.json`, JSON.stringify(report))
  if (record.kind === 'keepAlive') await foldWakes(world, spec, record, tasks)
  // Before the pair is let go: whoever plans the way back knows that inventories from before are of another estate.
  await notePast(world, spec, record, tasks, lengths)
  const isReleased = await release(engine, record, spec, tasks)
  if (!isReleased) throw new Error(`The pair ${record.pairId} changed while ${record.id} was letting go of it`)
  await adopt(engine, record, spec, tasks)
  await noteFollowUps(world, spec, record, tasks)
  await world.notifications.send({ v: 1, event: 'operationOver', operationId: record.id, outcome: report.outcome }, 0)
  await world.active.remove(record.id, stamp)
}

async function isReopened({ world }: Engine, { id, state }: OperationRecord): Promise<boolean> {
  const now = (await world.operations.load(id))?.value.state
  return now !== undefined && (now.status !== 'over' || now.retries !== state.retries)
}

/** Of an operation that lost its pair: a tick that was under way then may still put something on record, and begin it. */
const settledAt = ({ state }: OperationRecord): Instant =>
  state.outcome === 'takenOver' ? (state.endedAt ?? 0) + defaultSettle : 0

async function release({ world }: Engine, record: OperationRecord, spec: OperationSpec, tasks: readonly TaskRecord[]) {
  const pair = await world.pairs.load(record.pairId)
  if (pair.value.heldBy?.operationId !== record.id) return true
  // Reopened, it has taken the pair again.
  if (record.epoch !== undefined && pair.value.epoch !== record.epoch) return true
  const { heldBy: _, ...rest } = pair.value
  const isMoved = hasMoved(spec, record, tasks)
  const leftOn = isMoved ? await hostsLeftOn(world, record.pairId, spec.target) : []
  const left: PairRecord = isMoved
    ? { ...rest, ...remembered(spec, record, rest, tasks, leftOn) }
    : { ...rest, ...leftByFixes(spec, record, rest, tasks) }
  return (await world.pairs.save(left, pair.etag)) !== undefined
}

/** Only once the pair knows whom it has to put to rest one day. */
async function adopt({ world }: Engine, record: OperationRecord, spec: OperationSpec, tasks: readonly TaskRecord[]) {
  if (!hasMoved(spec, record, tasks)) return
  const { value: pair } = await world.pairs.load(record.pairId)
  if (pair.epoch !== record.epoch || pair.activeSide !== spec.target) return
  const arrived = tasks.filter(
    ({ stage, state }) => stage === 'capacity' && state.status === 'over' && hasArrived(state.outcome),
  )
  await adoptWakes(world, record.pairId, spec.target, new Set(arrived.map(({ key }) => key)))
}

/** Users are on the other side now: access moved, or every desktop did. */
function hasMoved(spec: OperationSpec, { state }: OperationRecord, tasks: readonly TaskRecord[]): boolean {
  if (spec.kind !== 'failover' && spec.kind !== 'failback') return false
  if (state.outcome !== 'succeeded' && state.outcome !== 'partial') return false
  if (spec.stages.some((stage) => stage.pointOfNoReturn)) return state.pastNoReturn
  const desktops = tasks.filter(({ stage }) => stage === 'desktops')
  return (
    spec.out.length === 0 && desktops.every(({ state: task }) => task.status === 'over' && hasArrived(task.outcome))
  )
}

const hasArrived = (outcome: string): boolean => outcome === 'succeeded' || outcome === 'degraded'

function remembered(
  spec: OperationSpec,
  record: OperationRecord,
  before: Omit<PairRecord, 'heldBy'>,
  tasks: readonly TaskRecord[],
  leftOn: readonly string[],
) {
  const old = spec.target === 'primary' ? 'secondary' : 'primary'
  const begun = (step: string) =>
    tasks.flatMap(({ key, state }) => (state.undo.some((undo) => undo.step === step) ? [key] : []))
  const switchedOff = new Set(
    tasks.filter(({ stage }) => stage === 'secure').flatMap(({ state }) => state.undo.map(({ step }) => step)),
  )
  const restorable = (['enableScalingPlan', 'enableStartOnConnect'] as const).filter((step) => switchedOff.has(step))
  const passedOver = tasks.filter(({ stage }) => stage === 'settle').flatMap(({ state }) => state.passedOver)
  const restore: PairState['restore'] = {
    ...before.restore,
    [old]: [...new Set([...before.restore[old], ...restorable])],
    [spec.target]: before.restore[spec.target].filter((step) => passedOver.includes(step)),
  }
  const revoked = record.state.stages.revoke?.overAt
  const startedHosts = spec.target === 'secondary' ? [...new Set([...begun('deallocateVm'), ...leftOn])] : []
  return {
    activeSide: spec.target,
    revokedAt: { ...before.revokedAt, ...(revoked !== undefined && { [old]: revoked }) },
    startedHosts,
    taggedHosts: taggedHosts(spec, before, tasks).filter((host) => !startedHosts.includes(host)),
    restore,
    recordedAssignments: mergeAssignments(before.recordedAssignments, spec),
  }
}

/**
 * Access that a fix has taken away may go on working for a while, and nobody is to be let in there meanwhile. What one has
 * switched off is wanted again by the users who come to that side.
 */
function leftByFixes(
  { kind, target }: OperationSpec,
  { state }: OperationRecord,
  { revokedAt, restore }: Omit<PairRecord, 'heldBy'>,
  tasks: readonly TaskRecord[],
): Partial<Pick<PairState, 'revokedAt' | 'restore'>> {
  if (kind !== 'align') return {}
  const isDone = (name: StageName) =>
    tasks.some(({ stage, state: task }) => stage === name && task.status === 'over' && task.outcome === 'succeeded')
  const hasRevoked = tasks.some(({ stage }) => stage === 'access')
  const wanted = [
    ...restore[target],
    ...(isDone('autoscale') ? (['enableScalingPlan'] as const) : []),
    ...(isDone('startOnConnect') ? (['enableStartOnConnect'] as const) : []),
  ]
  return {
    restore: { ...restore, [target]: [...new Set(wanted)] },
    ...(hasRevoked && state.endedAt !== undefined && { revokedAt: { ...revokedAt, [target]: state.endedAt } }),
  }
}

/** Hosts of the standby side whose exclusion tag of ours has not surely been taken off. */
function taggedHosts(
  { target }: OperationSpec,
  before: Pick<PairState, 'taggedHosts'>,
  tasks: readonly TaskRecord[],
): readonly string[] {
  const keysOf = (some: readonly TaskRecord[]) => some.map(({ key }) => key)
  const cleared = new Set(
    keysOf(tasks.filter(({ stage, state }) => (stage === 'handBack' || stage === 'standDown') && isProven(state))),
  )
  const tagged =
    target === 'secondary'
      ? tasks.filter(({ state }) => state.undo.some(({ step }) => step === 'includeInScaling'))
      : tasks.filter(({ stage }) => stage === 'standDown')
  const kept = target === 'secondary' ? (before.taggedHosts ?? []) : []
  return [...new Set([...kept, ...keysOf(tagged)])].filter((host) => !cleared.has(host))
}

const isProven = (state: TaskState): boolean =>
  state.status === 'over' && state.outcome === 'succeeded' && state.passedOver.length === 0

/** What a failover takes away is what the failback puts back, exactly. */
function mergeAssignments(
  before: PairState['recordedAssignments'],
  spec: OperationSpec,
): PairState['recordedAssignments'] {
  if (spec.target === 'primary') return before
  const taken = spec.stages
    .filter(({ name }) => name === 'revoke')
    .flatMap(({ tasks }) => tasks)
    .flatMap((subject) => (subject.kind === 'assignment' ? [subject] : []))
  const keys = new Set(taken.map(({ key }) => key))
  return [...before.filter(({ key }) => !keys.has(key)), ...taken]
}
