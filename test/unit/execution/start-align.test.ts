import { describe, expect, it } from 'vitest'
import { hours, minutes } from '../../../src/lib/core/time.ts'
import { latestInventoryName } from '../../../src/lib/execution/preview.ts'
import { type AlignOrder, startAlign, startAligns } from '../../../src/lib/execution/start-align.ts'
import type { Fix } from '../../../src/lib/model/fix.ts'
import type { DrPlan } from '../../../src/lib/plan/schema.ts'
import type { FindingRecord } from '../../../src/lib/ports/findings.ts'
import type { World } from '../../../src/lib/ports/world.ts'
import { openEngine } from '../../support/engine-world.ts'
import { inventoryOf, now, planOf, pooledSeen, withSide } from '../../support/plans.ts'

/** The secondary pool starts hosts for whoever connects, and is scaled. */
const pool = { ...pooledSeen.secondary.hostPool, startVmOnConnect: true } as NonNullable<
  typeof pooledSeen.secondary.hostPool
>
const scaling = { id: '/plan', name: 'sp', exclusionTag: 'x', pools: [{ hostPoolId: pool.id, enabled: true }] }
const seen = withSide(pooledSeen, 'secondary', { hostPool: pool, scalingPlans: [scaling] })
const onConnect: AlignOrder['findings'][number] = {
  fingerprint: 'start-on-connect:hp-w',
  rule: 'start-on-connect',
  fix: { kind: 'disableStartOnConnect', side: 'secondary' },
}
const scaled: AlignOrder['findings'][number] = {
  fingerprint: 'scaling-plans-paired:secondary/enabled',
  rule: 'scaling-plans-paired',
  fix: { kind: 'disableScalingPlan', side: 'secondary' },
}
const both = { 'start-on-connect': 'auto', 'scaling-plans-paired': 'auto' } as const

function planWith(fix: DrPlan['drift']['fix']): DrPlan {
  const plan = planOf()
  return { ...plan, drift: { ...plan.drift, fix } }
}

async function open(fix: DrPlan['drift']['fix'] = both) {
  const opened = openEngine(undefined, now)
  const { world } = opened
  const plan = planWith(fix)
  const take = async (pair = seen) =>
    world.inventory.put(
      latestInventoryName,
      JSON.stringify({ ...inventoryOf(), takenAt: world.clock.now(), pairs: { pooled: pair } }),
    )
  await take()
  const engineOf = (other: Partial<World> = {}) => ({ ...opened.engine, plan, world: { ...world, ...other } })
  const start = (parts: Partial<AlignOrder> = {}, other: Partial<World> = {}) =>
    startAlign(engineOf(other), {
      pairId: 'pooled',
      findings: [onConnect, scaled],
      takenAt: world.clock.now(),
      ...parts,
    })
  const hold = async (parts: object) => {
    const { value, etag } = await world.pairs.load('pooled')
    await world.pairs.save({ ...value, ...parts }, etag)
  }
  return { ...opened, start, take, hold, engineOf }
}

describe('what is put right by itself', () => {
  it('is begun as one operation, on record with who began it and what for', async () => {
    const { start, world, engine } = await open()
    const started = await start()
    const id = started.kind === 'started' ? started.operationId : ''
    expect(started).toMatchObject({ kind: 'started', findings: [onConnect.fingerprint, scaled.fingerprint] })
    const record = (await world.operations.load(id))?.value
    expect(record).toMatchObject({ kind: 'align', requestedBy: 'drift', pairId: 'pooled' })
    const { spec } = await engine.specOf(record?.specHash ?? '')
    expect(spec).toMatchObject({ target: 'secondary', findings: [scaled.fingerprint, onConnect.fingerprint] })
    expect(await world.active.list()).toEqual([id])
  })

  it('is what the plan names, and nothing else', async () => {
    const { start } = await open({ 'start-on-connect': 'auto', 'scaling-plans-paired': 'propose' })
    expect(await start()).toMatchObject({ kind: 'started', findings: [onConnect.fingerprint] })
    expect(await (await open({})).start()).toMatchObject({ kind: 'nothing' })
  })

  it('is tried once an hour for the same finding, and at once for another one', async () => {
    const { start, pass, take } = await open()
    const only = async (...findings: AlignOrder['findings']) => (await start({ findings })).kind
    expect(await only(onConnect)).toBe('started')
    expect(await only(onConnect)).toBe('nothing')
    expect(await start()).toMatchObject({ kind: 'started', findings: [scaled.fingerprint] })
    pass(hours(1) - 1)
    await take()
    expect(await only(onConnect, scaled)).toBe('nothing')
    pass(1)
    expect(await only(onConnect, scaled)).toBe('started')
  })

  it('does not wait for what cannot be put right, or has gone', async () => {
    const { start } = await open()
    const gone = { ...onConnect, fingerprint: 'start-on-connect:gone' }
    expect(await start({ findings: [gone, scaled] })).toMatchObject({ kind: 'started', findings: [scaled.fingerprint] })
    expect(await start({ findings: [gone] })).toMatchObject({
      kind: 'nothing',
      reason: expect.stringContaining('gone'),
    })
  })
})

describe('nothing is begun', () => {
  const holder = { operationId: 'failover-1', kind: 'failover' } as const
  const onTheOther: Fix = { kind: 'disableStartOnConnect', side: 'primary' }

  it.each<[string, () => Promise<{ kind: string }>]>([
    [
      'for an inventory that is older than half an hour',
      async () => (await open()).start({ takenAt: now - minutes(30) - 1 }),
    ],
    [
      'for findings that software cannot put right',
      async () => (await open()).start({ findings: [{ ...onConnect, fix: undefined as never }] }),
    ],
    [
      'while somebody holds the pair',
      async () => {
        const { start, hold } = await open()
        await hold({ heldBy: holder })
        return start()
      },
    ],
    [
      'where people work',
      async () => {
        const { start, hold } = await open()
        await hold({ activeSide: 'secondary' })
        return start({ findings: [onConnect, { ...scaled, fix: onTheOther }] })
      },
    ],
    [
      'by whoever loses the row of the pair',
      async () => {
        const { start, world } = await open()
        const insert = async () => undefined
        return start({}, { pacers: { ...world.pacers, insert } })
      },
    ],
  ])('%s', async (_, answer) => {
    expect(await answer()).toMatchObject({ kind: 'nothing' })
  })

  it('and nothing is planned while the pair is held', async () => {
    const { start, hold, world } = await open()
    await hold({ heldBy: holder })
    expect(await start()).toEqual({ kind: 'nothing', reason: 'the pair is held by failover-1' })
    expect(await world.specs.list('')).toEqual([])
    expect(await world.pacers.query('align')).toEqual([])
  })

  it('where an earlier try is on record in words nobody understands, nothing is held up', async () => {
    const { start, world } = await open()
    await world.pacers.insert({ pk: 'align', rk: 'pooled', value: { tried: 'yesterday' } })
    expect(await start()).toMatchObject({ kind: 'started' })
  })
})

describe('after an evaluation', () => {
  const recordOf = (traits: Partial<FindingRecord>): FindingRecord => ({
    pairId: 'pooled',
    fingerprint: onConnect.fingerprint,
    rule: onConnect.rule,
    subject: 'hp-w',
    severity: 'warning',
    blocks: 'never',
    evidence: 'it is on',
    fix: onConnect.fix as Fix,
    status: 'open',
    openedAt: now,
    since: now,
    reopened: 0,
    lastSeenAt: now,
    ...traits,
  })
  const evaluated = (...findings: readonly FindingRecord[]) => [
    { pair: { id: 'none' }, context: { takenAt: now }, findings },
    { pair: { id: 'pooled' }, context: { takenAt: now }, findings },
  ]
  const begunAfter = async (finding: FindingRecord, other: Partial<World> = {}) => {
    const { engineOf, world } = await open()
    await startAligns(engineOf(other), evaluated(finding))
    return (await world.active.list()).length
  }

  it.each<[string, Partial<FindingRecord>, number]>([
    ['open', {}, 1],
    ['waived', { status: 'waived' }, 0],
    ['resolved', { status: 'resolved' }, 0],
    ['open, because nobody could look again', { unchecked: { since: now, reason: 'away' } }, 0],
  ])('a finding that is %s', async (_, traits, begun) => {
    expect(await begunAfter(recordOf(traits))).toBe(begun)
  })

  it('the trouble of one pair is not another’s, and nobody’s who took the inventory', async () => {
    const { engineOf, world } = await open()
    const load: World['pairs']['load'] = (id) =>
      id === 'none' ? Promise.reject(new Error('away')) : world.pairs.load(id)
    await startAligns(engineOf({ pairs: { ...world.pairs, load } }), evaluated(recordOf({})))
    expect(await world.active.list()).toHaveLength(1)
  })
})
