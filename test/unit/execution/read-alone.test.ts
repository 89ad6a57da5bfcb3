/** One host of a pool whose list takes half a minute. */
import { describe, expect, test } from 'vitest'
import { createVirtualClock } from '../../../sim/clock.ts'
import { createMemoryStorage } from '../../../sim/storage/memory-storage.ts'
import { silentLog } from '../../../sim/virtual/app.ts'
import type { Answer, Fault } from '../../../src/lib/core/fault.ts'
import { type Millis, seconds } from '../../../src/lib/core/time.ts'
import { createFleetView } from '../../../src/lib/execution/fleet-view.ts'
import type { SessionHost, UserSession } from '../../../src/lib/model/azure.ts'
import type { Gateways, Purpose } from '../../../src/lib/ports/gateways.ts'
import { createListingStore } from '../../../src/lib/storage/listing-store.ts'
import { hostOf, poolId } from '../../support/listing-processes.ts'

const vmId = '/subscriptions/s/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/vm-1'
const fault = (code: Fault['code']): Fault => ({ code, message: code, retryable: true })

/** `alone`: what a request for one entry is answered with. */
function openWorld(listTakes: Millis) {
  const clock = createVirtualClock(1_900_000_000_000)
  const storage = createMemoryStorage(clock)
  const asked: string[] = []
  const state: { alone: Fault | undefined } = { alone: undefined }
  const answered = async <T>(what: string, takes: Millis, value: () => T): Promise<Answer<T>> => {
    asked.push(what)
    const seen = value()
    await clock.sleep(takes)
    const refused = takes === 100 ? state.alone : undefined
    return refused ? { kind: 'refused', fault: refused } : { kind: 'ok', value: seen }
  }
  const session: UserSession = { id: `${poolId}/sessionHosts/vm-1/userSessions/2`, host: 'vm-1', user: 'u', state: 'A' }
  const gatewaysFor = (purpose: string): Gateways =>
    ({
      avd: {
        sessionHosts: (_: string, host?: string): Promise<Answer<readonly SessionHost[]>> =>
          answered(host ? `${purpose} ${host}` : 'hosts', host ? 100 : listTakes, () => [hostOf(clock.now())]),
        userSessions: (_: string, host?: string): Promise<Answer<readonly UserSession[]>> =>
          answered(host ? `${purpose} sessions of ${host}` : 'sessions', host ? 100 : listTakes, () => [session]),
      },
      compute: {
        powerStates: () => answered('power', listTakes, () => new Map([[vmId.toLowerCase(), 'running' as const]])),
        vm: () => answered(`${purpose} vm`, 100, () => ({ id: vmId, power: 'stopped' as const })),
      },
      for: (other: Purpose) => gatewaysFor(other),
    }) as unknown as Gateways
  const view = createFleetView({
    gateways: gatewaysFor('urgent'),
    clock,
    listings: createListingStore(storage.table('pacers'), storage.blobs('listings')),
    log: silentLog,
    holder: 'one',
  })
  async function told<T>(asking: Promise<T> | undefined): Promise<T> {
    if (!asking) throw new Error('the view cannot read one entry')
    let isOver = false
    const over = () => {
      isOver = true
    }
    void asking.then(over, over)
    await clock.run(() => isOver)
    return asking
  }
  return { clock, view, asked, state, told }
}

const startOf = (answer: Answer<{ readonly startedAt: number }>) =>
  answer.kind === 'ok' ? answer.value.startedAt : answer.fault.code

/** All lists were made once, 30 s ago, and nothing was asked since. */
async function known(listTakes: Millis) {
  const world = openWorld(listTakes)
  const { view, told, clock, asked } = world
  const start = clock.now()
  await told(view.sessionHosts(poolId))
  await told(view.userSessions(poolId))
  await told(view.powerStates('s'))
  await clock.run(start + seconds(120))
  asked.length = 0
  return world
}

describe('one entry of a list', () => {
  test('is taken out of the listing where that takes no time', async () => {
    const { view, told, clock, asked } = await known(seconds(1))
    const wanted = clock.now()
    expect(startOf(await told(view.sessionHostOf?.(poolId, 'VM-1', wanted)))).toBe(wanted)
    expect(await told(view.userSessionsOf?.(poolId, 'vm-2', wanted))).toMatchObject({ value: { value: [] } })
    expect(asked).toEqual(['hosts', 'sessions'])
  })

  test('is read by itself where listing takes long, as what can be done without', async () => {
    const { view, told, clock, asked } = await known(seconds(30))
    const wanted = clock.now()
    expect(await told(view.sessionHostOf?.(poolId, 'VM-1', wanted))).toMatchObject({
      value: { startedAt: wanted, value: { name: 'vm-1', lastHeartbeat: wanted } },
    })
    expect(await told(view.userSessionsOf?.(poolId, 'VM-1', wanted))).toMatchObject({
      value: { value: [{ user: 'u' }] },
    })
    expect(await told(view.powerStateOf?.('s', vmId, wanted))).toMatchObject({ value: { value: 'stopped' } })
    expect(asked).toEqual(['spare VM-1', 'spare sessions of VM-1', 'spare vm'])
  })

  test('comes from the listing while that is fresh and new enough, however long it takes', async () => {
    const { view, told, clock, asked } = await known(seconds(30))
    const wanted = clock.now()
    await told(view.sessionHosts(poolId, wanted))
    expect(startOf(await told(view.sessionHostOf?.(poolId, 'vm-1', wanted)))).toBe(wanted)
    expect(asked).toEqual(['hosts'])
  })

  test('comes from the listing when there is no budget to spare', async () => {
    const { view, told, clock, asked, state } = await known(seconds(30))
    await told(view.sessionHosts(poolId))
    await clock.run(clock.now() + seconds(20))
    asked.length = 0
    state.alone = fault('overBudget')
    const first = view.sessionHostOf?.(poolId, 'vm-1', clock.now())
    await clock.run(clock.now() + seconds(1))
    const second = await told(view.sessionHostOf?.(poolId, 'vm-1', clock.now()))
    expect(second).toMatchObject({ kind: 'ok', value: { newerAfter: expect.any(Number) } })
    expect(startOf(await told(first))).toBeTypeOf('number')
    expect(asked).toEqual(['spare vm-1', 'hosts', 'spare vm-1'])
  })

  test('that does not come is not asked for by itself again within a minute', async () => {
    const { view, told, clock, asked, state } = await known(seconds(30))
    state.alone = fault('notFound')
    await told(view.sessionHostOf?.(poolId, 'vm-1', clock.now()))
    expect(asked).toEqual(['spare vm-1', 'hosts'])
    await clock.run(clock.now() + seconds(1))
    await told(view.sessionHostOf?.(poolId, 'vm-1', clock.now()))
    expect(asked.slice(2)).toEqual(['hosts'])
    await told(view.sessionHostOf?.(poolId, 'vm-1', clock.now()))
    expect(asked.slice(3)).toEqual(['spare vm-1', 'hosts'])
  })
})

describe('one entry for a begin', () => {
  test('is read by itself without leaving the budget to others', async () => {
    const { view, told, clock, asked } = await known(seconds(30))
    expect(startOf(await told(view.atOnce?.userSessionsOf?.(poolId, 'vm-1', clock.now())))).toBe(clock.now() - 100)
    expect(asked).toEqual(['urgent sessions of vm-1'])
  })

  test('comes from a listing that is new enough, fresh or not', async () => {
    const { view, told, clock, asked } = await known(seconds(30))
    await told(view.atOnce?.userSessionsOf?.(poolId, 'vm-1', clock.now() - seconds(120)))
    expect(asked).toEqual([])
  })

  test('that cannot be read is told as it is, and no list is made for it', async () => {
    const { view, told, clock, asked, state } = await known(seconds(30))
    state.alone = fault('overBudget')
    expect(startOf(await told(view.atOnce?.powerStateOf?.('s', vmId, clock.now())))).toBe('overBudget')
    expect(asked).toEqual(['urgent vm'])
  })
})
