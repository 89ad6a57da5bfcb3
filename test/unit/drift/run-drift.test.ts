import { describe, expect, test } from 'vitest'
import type { OperationKind } from '../../../src/lib/core/operation-kind.ts'
import { minutes } from '../../../src/lib/core/time.ts'
import { readPairs, runDrift } from '../../../src/lib/drift/run-drift.ts'
import type { World } from '../../../src/lib/ports/world.ts'
import { inventoryOf, now, personalSeen, planOf, planText, pooledSeen } from '../../support/plans.ts'
import { failing, found, open, opened } from './scene.ts'

const waivedPlan = planOf(`${planText}
drift:
  waivers: [{ rule: same-image, subject: vm-1, reason: rolled out on Monday, by: ops, until: 2026-03-14 }]
`)

describe('an evaluation', () => {
  test('keeps what was found, tells it in one message, and tells it no second time', async () => {
    const { run, messages, rows, evaluation, pass } = open()
    await run('vm-1', 'vm-2')
    pass(minutes(15))
    await run('vm-1', 'vm-2')
    expect(await rows()).toEqual(['open vm-1', 'open vm-2'])
    expect(messages()).toEqual([opened('vm-1', 'vm-2')])
    expect(await evaluation()).toEqual({
      pairId: 'pooled',
      evaluated: {
        at: now + minutes(15),
        takenAt: now + minutes(14),
        well: 0,
        open: { critical: 2, warning: 0, advice: 0 },
        waived: 0,
        unchecked: [],
      },
    })
  })

  test('tells what was resolved, and that a waiver is over', async () => {
    const { run, messages, story, rows, pass, sent } = open()
    story.plan = waivedPlan
    await run('vm-1', 'vm-2')
    pass(minutes(15))
    await run('vm-1')
    expect(messages()).toEqual([opened('vm-2'), { pairId: 'pooled', opened: [], resolved: ['vm-2'] }])
    expect(await rows()).toEqual(['resolved vm-2', 'waived vm-1'])
    pass(minutes(180))
    await run('vm-1')
    expect(sent('notifications').at(-1)).toMatchObject({
      waiverEnded: [{ subject: 'vm-1' }],
      counts: { waiverEnded: 1 },
    })
  })

  test('forgets what was resolved a month ago', async () => {
    const { run, rows, pass } = open()
    await run('vm-1')
    pass(minutes(15))
    await run()
    pass(minutes(30 * 24 * 60))
    expect(await rows()).toEqual(['resolved vm-1'])
    await run()
    expect(await rows()).toEqual([])
  })

  test('gives rules the plan, both sides, the state of the pair, its clocks and where the app runs', async () => {
    const { run, story, world } = open()
    const clock = {
      pairId: 'pooled',
      side: 'secondary',
      host: 'vm-w1',
      firstSeen: 0,
      startFailures: [],
      left: [],
    } as const
    await world.hosts.save(clock)
    await run()
    expect(story.contexts.map(({ pair }) => pair.id)).toEqual(['pooled', 'personal'])
    expect(story.contexts[0]).toMatchObject({
      pairState: { activeSide: 'primary', epoch: 0 },
      clocks: [clock],
      app: { region: 'ukwest' },
      estate: { gaps: [] },
      takenAt: now - minutes(1),
      now,
    })
    expect(story.contexts[0]?.seen).toBe(pooledSeen)
  })

  test('goes on without clocks that cannot be read, and says so to the rules', async () => {
    const away = async () => Promise.reject(new Error('away'))
    const { run, story, rows } = open((world) => ({ ...world, hosts: { ...world.hosts, list: away } }))
    await run('vm-1')
    expect([story.contexts[0]?.clocks, await rows()]).toEqual([undefined, ['open vm-1']])
  })

  test('hands what stands now to those that go by it, whose trouble hurts nothing', async () => {
    const { run, story, world } = open()
    await run('vm-1')
    expect(story.evaluated.map(({ pair, findings }) => [pair.id, findings.map(({ subject }) => subject)])).toEqual([
      ['pooled', ['vm-1']],
      ['personal', []],
    ])
    const evaluated = async () => Promise.reject(new Error('no'))
    const inventory = inventoryOf({ pooled: pooledSeen })
    await runDrift({ world, plan: planOf(), before: new Map(), rules: [], evaluated }, inventory)
  })
})

describe('one pair that fails', () => {
  test('does not keep the other from being evaluated, and its trouble is on record', async () => {
    const { run, story, evaluation, world } = open((made) => ({
      ...made,
      pairs: {
        ...made.pairs,
        load: async (id) => (id === 'pooled' ? Promise.reject(new Error('row is damaged')) : made.pairs.load(id)),
      },
    }))
    await run('vm-1')
    expect(story.evaluated.map(({ pair }) => pair.id)).toEqual(['personal'])
    expect(await evaluation()).toEqual({ pairId: 'pooled', skipped: { at: now, reason: 'row is damaged' } })
    expect((await world.findings.evaluation('personal'))?.value.evaluated).toMatchObject({ well: 1 })
  })

  test('with storage away does not fail the inventory either', async () => {
    const { run, story } = open(failing((call) => call === 'save'))
    await run('vm-1')
    expect(story.evaluated).toEqual([])
  })

  test('has a rule that throws as one that could not check', async () => {
    const { run, story, rows, evaluation, rule } = open()
    await run('vm-1')
    story.rules = [{ ...rule, check: () => Object.keys(undefined as never) as never }]
    await run()
    expect(await rows()).toEqual(['open vm-1'])
    expect((await evaluation()).evaluated?.unchecked).toMatchObject([{ rule: 'same-image', count: 1 }])
  })

  test('is one that the inventory has not seen', async () => {
    const { world, evaluation } = open()
    await runDrift(
      { world, plan: planOf(), before: new Map() },
      { v: 1, takenAt: now, pairs: { personal: personalSeen } },
    )
    expect((await evaluation()).skipped?.reason).toMatch(/not seen this pair/)
  })
})

describe('a pair that is being moved', () => {
  const hold = async ({ pairs }: World, kind: OperationKind | undefined) => {
    const { value, etag } = await pairs.load('pooled')
    const { heldBy: _, ...free } = value
    await pairs.save(kind ? { ...free, heldBy: { operationId: `${kind}-1`, kind } } : free, etag)
  }

  const take = async (world: World, kind: OperationKind) => {
    await hold(world, kind)
    const { value, etag } = await world.pairs.load('pooled')
    await world.pairs.save({ ...value, epoch: value.epoch + 1 }, etag)
  }

  test.each(['failover', 'failback', 'drill', 'align'] as const)('by a %s is not judged, and says so', async (kind) => {
    const { run, rows, evaluation, messages, world } = open()
    await run('vm-1')
    await hold(world, kind)
    await run('vm-2')
    expect([await rows(), messages()]).toEqual([['open vm-1'], [opened('vm-1')]])
    expect(await evaluation()).toMatchObject({
      evaluated: { at: now },
      skipped: { reason: expect.stringContaining(`${kind}-1`) },
    })
    await hold(world, undefined)
    await run('vm-1')
    expect((await evaluation()).skipped).toBeUndefined()
  })

  test('is judged while hosts are woken or protected again', async () => {
    const { rule, rows, world } = open()
    const before = await readPairs({ world, plan: planOf() })
    await take(world, 'keepAlive')
    const rules = [{ ...rule, check: () => found('vm-1') }]
    await runDrift({ world, plan: planOf(), before, rules }, inventoryOf({ pooled: pooledSeen }))
    expect(await rows()).toEqual(['open vm-1'])
  })

  test('is not judged by an inventory that was begun before it was let go, or moved', async () => {
    const { world, rule, rows } = open()
    const inventory = inventoryOf({ pooled: pooledSeen })
    const drift = { world, plan: planOf(), rules: [{ ...rule, check: () => found('vm-1') }] }
    await hold(world, 'failover')
    const whileHeld = await readPairs(drift)
    await hold(world, undefined)
    await runDrift({ ...drift, before: whileHeld }, inventory)
    expect(await rows()).toEqual([])
    const beforeIt = await readPairs(drift)
    await take(world, 'failover')
    await hold(world, undefined)
    await runDrift({ ...drift, before: beforeIt }, inventory)
    expect(await rows()).toEqual([])
    const whileThere = await readPairs(drift)
    const { value, etag } = await world.pairs.load('pooled')
    await world.pairs.save({ ...value, activeSide: 'secondary' }, etag)
    await runDrift({ ...drift, before: whileThere }, inventory)
    expect(await rows()).toEqual([])
    await runDrift({ ...drift, before: await readPairs(drift) }, inventory)
    expect(await rows()).toEqual(['open vm-1'])
  })
})
