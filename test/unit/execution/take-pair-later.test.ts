import { describe, expect, it } from 'vitest'
import { hours, minutes, seconds } from '../../../src/lib/core/time.ts'
import { latestInventoryName, previewOperation, requestName } from '../../../src/lib/execution/preview.ts'
import { startOperation } from '../../../src/lib/execution/start.ts'
import { begin } from '../../../src/lib/execution/take-pair.ts'
import { defaultSettle } from '../../../src/lib/machine/step.ts'
import { operationRequestSchema } from '../../../src/lib/plan/request.ts'
import type { OperationRecord, PairRecord } from '../../../src/lib/ports/operations.ts'
import { revocationTail } from '../../../src/lib/runbooks/pooled-standby.ts'
import { begunAt, openEngine, putOperation } from '../../support/engine-world.ts'
import { inventoryOf, now, pooledSeen, withSide } from '../../support/plans.ts'

/** A failover that was approved for two hours from now, and what becomes of it when that time comes. */
async function approvedForLater() {
  const lost = new Set<string>()
  const opened = openEngine((world) => {
    const get = async (name: string) => (lost.has(name) ? undefined : world.specs.get(name))
    return { ...world, specs: { ...world.specs, get } }
  }, now)
  const { engine, world } = opened
  const see = (pairs = {}) => world.inventory.put(latestInventoryName, JSON.stringify(inventoryOf(pairs)))
  await see()
  const request = operationRequestSchema.parse({ pairId: 'pooled', kind: 'failover' })
  const { hash = '' } = await previewOperation(engine, request)
  const started = await startOperation(engine, { hash, by: 'ops', startAt: now + hours(2) })
  const id = started.kind === 'started' ? started.operationId : ''
  opened.pass(hours(2))
  return {
    ...opened,
    see,
    hash,
    lose: async (name: string) => lost.add(name),
    begin: async () => {
      const stored = await world.operations.load(id)
      return stored && begin(engine, stored)
    },
    record: async () => (await world.operations.load(id))?.value,
  }
}

describe('an operation for later, when its time has come', () => {
  it('takes its pair when planning comes to what was approved', async () => {
    const { begin, record } = await approvedForLater()
    expect((await begin())?.value).toMatchObject({ epoch: 1 })
    expect((await record())?.state.status).toBe('running')
  })

  it.each<[string, string, (opened: Awaited<ReturnType<typeof approvedForLater>>) => Promise<unknown>]>([
    [
      'another result',
      'refused: planning comes to another result now than when it was approved',
      ({ see }) => see({ pooled: { ...pooledSeen, primary: { ...pooledSeen.primary, sessionHosts: [] } } }),
    ],
    [
      'a refusal',
      'refused: planning refuses now',
      ({ see }) => {
        const vms = pooledSeen.secondary.vms?.slice(1) ?? []
        return see({ pooled: withSide(pooledSeen, 'secondary', { vms }) })
      },
    ],
    [
      'nothing, for nobody knows what was asked',
      'refused: the request behind failover',
      ({ lose, hash }) => lose(requestName(hash)),
    ],
  ])('is refused when planning comes to %s, and says so', async (_, text, change) => {
    const opened = await approvedForLater()
    await change(opened)
    const before = await opened.record()
    expect(await opened.begin()).toBeUndefined()
    const after = await opened.record()
    expect(after).toMatchObject({
      tick: (before?.tick ?? 0) + 1,
      state: { status: 'over', outcome: 'refused', endedAt: now + hours(2) },
    })
    expect(after?.timeline.at(-1)).toMatchObject({ at: now + hours(2), text: expect.stringContaining(text) })
    expect((await opened.world.pairs.load('pooled')).value).not.toHaveProperty('heldBy')
  })

  it('says that it was aborted before', async () => {
    const opened = openEngine()
    const startAt = begunAt + minutes(5)
    await putOperation(opened, { id: 'op-2', holds: false, record: { startAt }, state: { intent: 'abort' } })
    const stored = await opened.world.operations.load('op-2')
    if (stored) await begin(opened.engine, stored)
    const after = (await opened.world.operations.load('op-2'))?.value
    expect(after?.timeline.at(-1)?.text).toBe('aborted: aborted before its time came')
    expect(opened.storage.queue('operation-ticks').nextVisibleAt()).toBe(begunAt)
  })
})

describe('what an operation knows of its pair once it has it', () => {
  /** `op-2` begins; the pair is as said, and `op-1`, if anything is said of it, was there. */
  async function taken(pair: Partial<PairRecord>, loser?: Partial<OperationRecord>) {
    const opened = openEngine()
    if (loser) await putOperation(opened, { kind: 'keepAlive', record: loser })
    const winner = await putOperation(opened, { id: 'op-2', holds: false })
    const { value, etag } = await opened.world.pairs.load('pair')
    await opened.world.pairs.save({ ...value, ...pair }, etag)
    const stored = await opened.world.operations.load('op-2')
    const kept = stored && (await begin(opened.engine, stored))
    return { ...opened, winner, record: kept?.value, stored: (await opened.world.operations.load('op-2'))?.value }
  }
  const heldBy = { operationId: 'op-1', kind: 'keepAlive' } as const

  it('is nothing in doubt where nobody had it before', async () => {
    const { record, stored } = await taken({})
    expect(stored).toEqual(record)
    expect(record?.timeline).toEqual([])
    for (const field of ['letInFrom', 'trustFrom', 'takenFrom']) expect(record).not.toHaveProperty(field)
  })

  it('is from when people may be let in, where access to its target was taken away before', async () => {
    const { record } = await taken({ revokedAt: { secondary: begunAt - minutes(1), primary: begunAt } })
    expect(record?.letInFrom).toBe(begunAt - minutes(1) + revocationTail)
  })

  it('is not that of the side that is left', async () => {
    const { record } = await taken({ revokedAt: { primary: begunAt } })
    expect(record).not.toHaveProperty('letInFrom')
  })

  it.each<[string, Partial<OperationRecord> | undefined, boolean]>([
    ['what the loser worked on, where that is on record', {}, true],
    ['what it worked on, once its own doubt is over', { trustFrom: begunAt }, true],
    ['every machine, where the loser was in doubt itself', { trustFrom: begunAt + 1 }, false],
    ['every machine, where the loser is gone', undefined, false],
  ])('is in doubt about %s', async (_, loser, isKnown) => {
    const { record, world } = await taken({ epoch: 1, heldBy }, loser)
    expect(record).toMatchObject({ epoch: 2, trustFrom: begunAt + defaultSettle })
    const specHash = (await world.operations.load('op-1'))?.value.specHash
    expect(specHash !== undefined).toBe(loser !== undefined)
    expect(record?.takenFrom).toBe(isKnown ? specHash : undefined)
  })

  it('is not saved over what somebody else has saved meanwhile', async () => {
    const { engine, world } = await taken({})
    const stored = await world.operations.load('op-2')
    if (!stored) throw new Error('there is no op-2')
    const { epoch: _, ...rest } = stored.value
    expect(await begin(engine, { value: rest, etag: 'another' })).toBeUndefined()
    expect(await world.operations.load('op-2')).toEqual(stored)
  })
})

it('is over once its pair has changed hands, though nobody has it by now', async () => {
  const opened = openEngine()
  await putOperation(opened)
  const { value, etag } = await opened.world.pairs.load('pair')
  const { heldBy: _, ...free } = value
  await opened.world.pairs.save({ ...free, epoch: 2 }, etag)
  const stored = await opened.world.operations.load('op-1')
  expect(stored && (await begin(opened.engine, stored))).toBeUndefined()
  const row = (await opened.world.operations.load('op-1'))?.value
  expect(row?.state).toMatchObject({ status: 'over', outcome: 'takenOver' })
  expect(row?.timeline.at(-1)?.text).toBe('takenOver: taken over by another operation')
})

it('takes a pair whose users are on its side already, when it is no wake-up', async () => {
  const opened = openEngine()
  await putOperation(opened, { id: 'op-2', holds: false })
  const { value, etag } = await opened.world.pairs.load('pair')
  await opened.world.pairs.save({ ...value, activeSide: 'secondary' }, etag)
  const stored = await opened.world.operations.load('op-2')
  expect(stored && (await begin(opened.engine, stored))?.value).toMatchObject({ epoch: 1 })
})

it('does not write the pair again that it had taken when it was cut off', async () => {
  const opened = openEngine()
  await putOperation(opened, { id: 'op-2', holds: false })
  const { value, etag } = await opened.world.pairs.load('pair')
  await opened.world.pairs.save({ ...value, epoch: 4, heldBy: { operationId: 'op-2', kind: 'failover' } }, etag)
  const before = await opened.world.pairs.load('pair')
  const stored = await opened.world.operations.load('op-2')
  expect(stored && (await begin(opened.engine, stored))?.value.epoch).toBe(4)
  expect(await opened.world.pairs.load('pair')).toEqual(before)
})

it('comes back in a second, and no sooner, when somebody else takes the pair at the same moment', async () => {
  const opened = openEngine((world) => ({ ...world, pairs: { ...world.pairs, save: async () => undefined } }))
  await putOperation(opened, { id: 'op-2', holds: false })
  const stored = await opened.world.operations.load('op-2')
  expect(stored && (await begin(opened.engine, stored))).toBeUndefined()
  expect(opened.storage.queue('operation-ticks').nextVisibleAt()).toBe(begunAt + seconds(1))
})
