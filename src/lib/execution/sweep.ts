/**
 * Ticks whatever stands still: rows that are overdue although their message should have come (design §6).
 *
 * A message may be lost, a start cut off, a batch released into the void. The sweep needs none of them: it goes by the
 * list of active operations and the due times in the rows.
 */
import { type Instant, type Millis, seconds } from '../core/time.ts'
import type { OperationSpec, StageName } from '../machine/spec.ts'
import type { OperationRecord, TaskGlance } from '../ports/operations.ts'
import { conclude } from './conclude.ts'
import type { Engine } from './engine.ts'
import { isReleased, isToRetry, isToTakeBack } from './tally.ts'

/** A row may be this late before anybody wonders. */
export const overdueAfter: Millis = seconds(60)
/** Ticks sent by one run; the next run takes the rest. */
export const sweepLimit = 500
/** Only one process sweeps at a time. */
export const sweepLease: Millis = seconds(25)

export async function sweep(engine: Engine): Promise<{ readonly ticked: number }> {
  const { world } = engine
  if (!(await takeLease(engine))) return { ticked: 0 }
  let ticked = 0
  const ids = await world.active.list()
  for (const [i, id] of ids.entries()) {
    if (ticked >= sweepLimit) break
    // A share each: rows that stay overdue for good must not keep the sweep from the operations behind them.
    ticked += await sweepSafely(engine, id, Math.ceil((sweepLimit - ticked) / (ids.length - i)))
  }
  if (ticked > 0) world.log.info('sweep ticked what stood still', { ticked })
  return { ticked }
}

/** One row that cannot be read must not keep the sweep from the operations behind it. */
async function sweepSafely(engine: Engine, id: string, limit: number): Promise<number> {
  try {
    return await sweepOperation(engine, id, limit)
  } catch (error) {
    engine.world.log.error('sweep could not look after an operation', { operationId: id, message: String(error) })
    return 0
  }
}

async function sweepOperation(engine: Engine, id: string, limit: number): Promise<number> {
  const { world } = engine
  const stored = await world.operations.load(id)
  if (!stored) {
    await world.active.remove(id)
    return 0
  }
  const record = stored.value
  if (record.state.status === 'over') {
    await conclude(engine, record)
    return 1
  }
  const now = world.clock.now()
  let ticked = 0
  if (record.dueAt + overdueAfter < now) {
    await world.operationTicks.send({ v: 1, operationId: id, tick: record.tick }, 0)
    ticked++
  }
  const { spec } = await engine.specOf(record.specHash)
  for (const glance of (await overdue(engine, record, spec, now)).slice(0, limit - ticked)) {
    const { stage, key, tick } = glance
    await world.taskTicks.send({ v: 1, operationId: id, stage, key, tick }, 0)
    ticked++
  }
  return ticked
}

async function overdue(engine: Engine, record: OperationRecord, spec: OperationSpec, now: Instant) {
  const opened = spec.stages.filter(({ name }) => mayStandStill(record, name))
  const glances = await Promise.all(opened.map(({ name }) => mayBeOverdue(engine, record, name, now)))
  return glances.flat().filter((glance) => isOverdue(glance, record, now))
}

/** What is late by its own row, and what still waits although its batch is out: never the whole stage. */
async function mayBeOverdue({ world }: Engine, { id, state }: OperationRecord, name: StageName, now: Instant) {
  const { operations } = world
  const restsForGood = state.retries === 0 && state.status !== 'goingBack'
  const dueBefore = now - overdueAfter
  const late = operations.glances(id, name, { dueBefore, ...(restsForGood && { isOver: false }) })
  const { releasedBatches = 0 } = state.stages[name] ?? {}
  const batches = state.status === 'goingBack' ? {} : { batches: [0, releasedBatches - 1] as const }
  const waiting = operations.glances(id, name, { status: 'waiting', ...batches })
  const [some, more] = await Promise.all([late, waiting])
  return [...some, ...more.filter(({ dueAt }) => dueAt >= dueBefore)]
}

const mayStandStill = ({ state }: OperationRecord, name: StageName): boolean => {
  const status = state.stages[name]?.status ?? 'waiting'
  return status === 'open' || (status === 'over' && (state.status === 'goingBack' || state.retries > 0))
}

function isOverdue(glance: TaskGlance, { state }: OperationRecord, now: Instant): boolean {
  const isLate = glance.dueAt + overdueAfter < now
  if (glance.status === 'over') return isLate && (isToRetry(glance, state) || isToTakeBack(glance, state))
  if (glance.status === 'open') return isLate
  const releasedAt = state.stages[glance.stage]?.lastReleaseAt ?? now
  return isReleased(glance, state) && (isLate || releasedAt + overdueAfter < now)
}

async function takeLease({ world }: Engine): Promise<boolean> {
  const now = world.clock.now()
  const stored = await world.pacers.get('leases', 'sweep')
  const row = { pk: 'leases', rk: 'sweep', value: { until: world.clock.latest() + sweepLease } }
  if (!stored) return (await world.pacers.insert(row)) !== undefined
  const { until } = stored.value
  if (typeof until === 'number' && until > now) return false
  return (await world.pacers.replace(row, stored.etag)) !== undefined
}
