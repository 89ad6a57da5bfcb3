/** Taking a pair, keeping it, and losing it: the pair's epoch says whose it is. */
import type { Millis } from '../core/time.ts'
import { hours } from '../core/time.ts'
import { isOfIdleSide, type OperationKind, rank } from '../machine/spec.ts'
import { defaultSettle } from '../machine/step.ts'
import type { Kept, OperationRecord, PairRecord } from '../ports/operations.ts'
import { revocationTail } from '../runbooks/pooled-standby.ts'
import { type Engine, sendTick } from './engine.ts'
import { planNow, requestOf } from './preview.ts'
import { noted } from './timeline.ts'

/** A queue message waits at most this long (design §6). */
export const messageLimit: Millis = hours(6)

/** The operation when it may go on: its time has come and it holds its pair. Otherwise what must happen has happened. */
export async function begin(engine: Engine, stored: Kept<OperationRecord>): Promise<Kept<OperationRecord> | undefined> {
  const record = stored.value
  const { world } = engine
  const now = world.clock.now()
  if (record.startAt !== undefined && record.startAt > now) {
    if (record.state.intent === 'abort') return close(engine, stored, 'aborted', 'aborted before its time came')
    await sendTick(engine, record, Math.min(record.startAt - now, messageLimit))
    return undefined
  }
  if (record.epoch !== undefined) return (await stillHolds(engine, stored)) ? stored : undefined
  // Only the first time: what tries again has changed the estate itself.
  if (record.startAt !== undefined && record.state.retries === 0) {
    const { spec } = await engine.specOf(record.specHash)
    const isSame = await stillTheSame(engine, record, spec.kind)
    if (isSame !== true) return close(engine, stored, 'refused', isSame)
  }
  return takePair(engine, stored)
}

async function stillTheSame(engine: Engine, record: OperationRecord, kind: OperationKind): Promise<true | string> {
  const request = await requestOf(engine, record.specHash)
  if (!request) return `the request behind ${kind} ${record.specHash} is gone`
  const preview = await planNow(engine, request)
  if (preview.hash === record.specHash) return true
  return preview.hash ? 'planning comes to another result now than when it was approved' : 'planning refuses now'
}

async function stillHolds(engine: Engine, stored: Kept<OperationRecord>): Promise<boolean> {
  const pair = await engine.world.pairs.load(stored.value.pairId)
  if (pair.value.epoch === stored.value.epoch) return true
  await close(engine, stored, 'takenOver', `taken over by ${pair.value.heldBy?.operationId ?? 'another operation'}`)
  return false
}

async function takePair(engine: Engine, stored: Kept<OperationRecord>): Promise<Kept<OperationRecord> | undefined> {
  const { world } = engine
  const record = stored.value
  const pair = await world.pairs.load(record.pairId)
  const holder = pair.value.heldBy
  if (holder && holder.operationId !== record.id && rank[holder.kind] <= rank[record.kind])
    return close(engine, stored, 'refused', `the pair is held by ${holder.operationId}`)
  const { spec } = await engine.specOf(record.specHash)
  if (isOfIdleSide(record.kind) && pair.value.activeSide === spec.target)
    return close(engine, stored, 'refused', `users work on the ${spec.target} side by now`)
  const isOurs = holder?.operationId === record.id
  const from = isOurs ? holder.from : holder?.operationId
  const epoch = isOurs ? pair.value.epoch : pair.value.epoch + 1
  if (!isOurs) {
    const taken: PairRecord = {
      ...pair.value,
      epoch,
      heldBy: { operationId: record.id, kind: record.kind, ...(from !== undefined && { from }) },
    }
    if ((await world.pairs.save(taken, pair.etag)) === undefined) {
      await sendTick(engine, record, 1_000)
      return undefined
    }
  }
  const revokedAt = pair.value.revokedAt?.[spec.target]
  const value: OperationRecord = {
    ...record,
    epoch,
    ...(revokedAt !== undefined && { letInFrom: revokedAt + revocationTail }),
    // Counted from after the save: whoever read the pair before it sends nothing later than a fence behind it.
    ...(from !== undefined && (await doubtAbout(engine, from))),
    ...(from !== undefined && {
      timeline: noted(record.timeline, [{ at: world.clock.now(), text: `takes the pair from ${from}` }]),
    }),
  }
  const etag = await world.operations.save(value, stored.etag)
  return etag === undefined ? undefined : { value, etag }
}

async function doubtAbout({ world }: Engine, from: string): Promise<Pick<OperationRecord, 'trustFrom' | 'takenFrom'>> {
  const trustFrom = world.clock.latest() + defaultSettle
  const loser = await world.operations.load(from)
  // It may have been in doubt itself about what others did.
  const isAlone = loser && (loser.value.trustFrom ?? 0) <= world.clock.now()
  return { trustFrom, ...(isAlone && { takenFrom: loser.value.specHash }) }
}

async function close(
  engine: Engine,
  { value, etag }: Kept<OperationRecord>,
  outcome: 'takenOver' | 'refused' | 'aborted',
  reason: string,
): Promise<undefined> {
  const now = engine.world.clock.now()
  const over: OperationRecord = {
    ...value,
    state: { ...value.state, status: 'over', outcome, endedAt: now },
    tick: value.tick + 1,
    timeline: noted(value.timeline, [{ at: now, text: `${outcome}: ${reason}` }]),
  }
  await engine.world.operations.save(over, etag)
  await sendTick(engine, over, 0)
  return undefined
}
