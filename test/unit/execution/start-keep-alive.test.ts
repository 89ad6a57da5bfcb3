import { describe, expect, it } from 'vitest'
import { latestInventoryName } from '../../../src/lib/execution/preview.ts'
import { type KeepAliveStart, startKeepAlive } from '../../../src/lib/execution/start-keep-alive.ts'
import type { World } from '../../../src/lib/ports/world.ts'
import { openEngine } from '../../support/engine-world.ts'
import { inventoryOf, now, planOf, planText } from '../../support/plans.ts'

const kept = planOf(planText.replace('strategy: pooledStandby', 'strategy: pooledStandby\n    keepAlive: {}'))
const wakes = [{ side: 'secondary', host: 'vm-w1' }] as const

async function open(plan = kept) {
  const opened = openEngine(undefined, now)
  const { world } = opened
  await world.inventory.put(latestInventoryName, JSON.stringify(inventoryOf()))
  const start = (parts: Partial<KeepAliveStart> = {}, other: Partial<World> = {}) =>
    startKeepAlive(
      { ...opened.engine, plan, world: { ...world, ...other } },
      { pairId: 'pooled', wakes, putBack: [], by: 'timer', ...parts },
    )
  const change = async (parts: object) => {
    const { value, etag } = await world.pairs.load('pooled')
    await world.pairs.save({ ...value, ...parts }, etag)
  }
  return { ...opened, start, change, active: () => world.active.list() }
}

describe('starting a wake-up', () => {
  it('leaves a spec, a row, an entry for the sweep and a tick; the pair is taken later', async () => {
    const { start, world, active, sent, engine } = await open()
    const started = await start()
    const id = started.kind === 'started' ? started.operationId : ''
    expect(id).toMatch(/^keepAlive-pooled-/)
    const record = (await world.operations.load(id))?.value
    expect(record).toMatchObject({ kind: 'keepAlive', requestedBy: 'timer', tick: 0 })
    const { spec } = await engine.specOf(record?.specHash ?? '')
    expect(spec.keepAlive).toEqual({ stayOn: 7_200_000, maxOnTime: 28_800_000, patches: 'assess' })
    expect(await active()).toEqual([id])
    expect(sent('operation-ticks')).toEqual([{ v: 1, operationId: id, tick: 0 }])
    expect((await world.pairs.load('pooled')).value.heldBy).toBeUndefined()
  })

  it('takes the hosts of one side at a time, what is to be put back first, and says which', async () => {
    const { start, change } = await open()
    await change({ activeSide: 'primary' })
    const putBack = [{ side: 'secondary', host: 'vm-w2', left: ['undrainHost'] }] as const
    const started = await start({ putBack, wakes: [{ side: 'primary', host: 'vm-s1' }, ...wakes] })
    expect(started).toMatchObject({ kind: 'started', side: 'secondary', out: [] })
  })

  it('is on record with who asked for it, under a name no other has', async () => {
    const { start, world } = await open()
    const ids: string[] = []
    for (const newId of ['0123456789ab', 'abcdef012345']) {
      const started = await start({}, { newId: () => newId })
      if (started.kind === 'started') ids.push(started.operationId)
    }
    expect(ids).toEqual([
      `keepAlive-pooled-${now.toString(36)}-01234567`,
      `keepAlive-pooled-${now.toString(36)}-abcdef01`,
    ])
    const [id = ''] = ids
    const record = (await world.operations.load(id))?.value
    expect(record?.timeline).toEqual([{ at: now, text: 'started by timer' }])
    expect(await world.operations.events(id)).toMatchObject([
      { at: now, act: 'start', by: 'timer', specHash: record?.specHash },
    ])
  })

  it('asks no person about what it cannot take back', async () => {
    const { start, world } = await open()
    const started = await start()
    const record = started.kind === 'started' ? await world.operations.load(started.operationId) : undefined
    expect(record?.value.state.replies).toEqual({ takingBackFailed: 'accept' })
  })

  const elsewhere = { wakes: [{ side: 'primary', host: 'vm-s1' }] } as const
  const gone = { wakes: ['vm-w8', 'vm-w9'].map((host) => ({ side: 'secondary' as const, host })) }
  const held = { heldBy: { operationId: 'x', kind: 'failover' }, epoch: 1 }

  it.each<[string, Partial<KeepAliveStart>, object, string, RegExp]>([
    ['of a pair that is not in the plan', { pairId: 'gone' }, {}, 'unknownPair', /no such pair/],
    ['of no host', { wakes: [] }, {}, 'nothingToDo', /No host was named/],
    ['of hosts that do not exist', gone, {}, 'nothingToDo', /^vm-w8: .+; vm-w9: .+/],
    ['on the side where users work', elsewhere, {}, 'activeSide', /work on the primary side/],
    [
      'on the side where users work by now',
      {},
      { activeSide: 'secondary' },
      'activeSide',
      /work on the secondary side/,
    ],
    ['of a pair that is held', {}, held, 'pairHeld', /held by x/],
  ])('%s is refused', async (_, parts, pair, code, message) => {
    const { start, change, active } = await open()
    await change(pair)
    expect(await start(parts)).toMatchObject({ kind: 'refused', code, message: expect.stringMatching(message) })
    expect(await active()).toEqual([])
  })

  it('is refused where the plan keeps no hosts alive, and before the first inventory', async () => {
    expect(await (await open(planOf())).start()).toMatchObject({
      kind: 'refused',
      code: 'off',
      message: expect.stringMatching(/keeps no hosts of this pair alive/),
    })
    const { start, world } = await open()
    await world.inventory.put(latestInventoryName, JSON.stringify({ v: 1, takenAt: 0, pairs: {} }))
    expect(await start()).toMatchObject({
      kind: 'refused',
      code: 'notInInventory',
      message: expect.stringMatching(/not seen this pair yet/),
    })
  })
})
