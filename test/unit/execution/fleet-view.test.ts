import { describe, expect, test } from 'vitest'
import { createMemoryStorage } from '../../../sim/storage/memory-storage.ts'
import { silentLog } from '../../../sim/virtual/app.ts'
import type { Answer } from '../../../src/lib/core/fault.ts'
import { minutes, seconds } from '../../../src/lib/core/time.ts'
import { createFleetView } from '../../../src/lib/execution/fleet-view.ts'
import type { SessionHost, UserSession } from '../../../src/lib/model/azure.ts'
import type { Gateways } from '../../../src/lib/ports/gateways.ts'
import { createListingStore } from '../../../src/lib/storage/listing-store.ts'

const pool = '/subscriptions/s/resourceGroups/rg-avd/providers/Microsoft.DesktopVirtualization/hostPools/hp-primary'
const host = (name: string): SessionHost => ({
  id: `${pool}/sessionHosts/${name}`,
  name,
  status: 'Available',
  allowNewSession: true,
  sessions: 0,
})

/** A host pool whose listings the test answers one by one. */
function world(freshFor = seconds(10)) {
  let now = 1_000_000
  const pending: ((answer: Answer<readonly SessionHost[]>) => void)[] = []
  const asked: string[] = []
  const avd = {
    sessionHosts: (id: string) => {
      asked.push(id)
      return new Promise<Answer<readonly SessionHost[]>>((resolve) => pending.push(resolve))
    },
  }
  const calls: string[] = []
  const view = viewOf({ avd }, () => now, freshFor, calls)
  return {
    view,
    asked,
    /** Calls to storage. */
    calls,
    now: () => now,
    pass: async (ms: number) => {
      await settle()
      now += ms
    },
    answer: async (answer: Answer<readonly SessionHost[]>) => {
      await settle()
      pending.shift()?.(answer)
      await settle()
    },
  }
}

/** Alone with its storage: what several share is in shared-listing.test.ts. */
function viewOf(gateways: object, now = () => 0, freshFor?: number, calls: string[] = []) {
  const around = <T>(name: string | undefined, call: () => Promise<T>) => {
    calls.push(name ?? '')
    return call()
  }
  const storage = createMemoryStorage({ now }, undefined, { around })
  return createFleetView({
    gateways: gateways as Gateways,
    clock: { now, latest: now, monotonic: () => now() - 500_000 },
    listings: createListingStore(storage.table('pacers'), storage.blobs('listings')),
    log: silentLog,
    holder: 'alone',
    ...(freshFor !== undefined && { freshFor }),
  })
}

const settle = () => new Promise<void>((resolve) => setImmediate(resolve))
const hosts = (...names: string[]): Answer<readonly SessionHost[]> => ({ kind: 'ok', value: names.map(host) })
const throttled = (retryAfter?: number): Answer<never> => ({
  kind: 'refused',
  fault: {
    code: 'throttled',
    message: 'too many',
    retryable: true,
    ...(retryAfter === undefined ? {} : { retryAfter }),
  },
})
const startedAt = (answer: Answer<{ readonly startedAt: number }>) =>
  answer.kind === 'ok' ? answer.value.startedAt : answer.fault.code

describe('fleet view', () => {
  test('a hundred askers at once cost one listing', async () => {
    const { view, asked, answer } = world()
    const looks = Array.from({ length: 100 }, () => view.sessionHosts(pool))
    await answer(hosts('a'))
    expect((await Promise.all(looks)).every((look) => look.kind === 'ok')).toBe(true)
    expect(asked).toHaveLength(1)
  })

  test('ids in another letter case are the same list', async () => {
    const { view, asked, answer } = world()
    const looks = [view.sessionHosts(pool), view.sessionHosts(pool.toUpperCase())]
    await answer(hosts('a'))
    await Promise.all(looks)
    expect(asked).toHaveLength(1)
  })

  test('startedAt is the moment before the request left, not when the answer came', async () => {
    const { view, now, pass, answer } = world()
    const before = now()
    const look = view.sessionHosts(pool)
    await pass(seconds(5))
    await answer(hosts('a'))
    expect(startedAt(await look)).toBe(before)
  })

  test('hosts are found by name in lower case', async () => {
    const { view, answer } = world()
    const look = view.sessionHosts(pool)
    await answer(hosts('AVD-Pri-001.contoso.com'))
    const listed = await look
    expect(listed.kind === 'ok' && listed.value.value.get('avd-pri-001.contoso.com')?.name).toBe(
      'AVD-Pri-001.contoso.com',
    )
  })

  test.each([
    ['answers from a listing of 9.9 s ago', 9_900, undefined, 1],
    ['makes a new one after 10 s', 10_000, undefined, 2],
    ['makes a new one for who needs a later start', 5_000, 4_000, 2],
    ['keeps the one that started late enough', 5_000, 0, 1],
    ['returns the older one within 2 s of the last', 1_999, 1_000, 1],
  ])('%s', async (_, passed, notBeforeAfterStart, listings) => {
    const { view, asked, now, pass, answer } = world()
    const start = now()
    const first = view.sessionHosts(pool)
    await answer(hosts('a'))
    await first
    await pass(passed)
    const second = view.sessionHosts(pool, notBeforeAfterStart === undefined ? undefined : start + notBeforeAfterStart)
    await settle()
    await answer(hosts('a'))
    expect(startedAt(await second)).toBe(listings === 1 ? start : start + passed)
    expect(asked).toHaveLength(listings)
  })

  test('one under way that started too early is followed by one more, shared by all who waited', async () => {
    const { view, asked, now, pass, answer } = world()
    const early = view.sessionHosts(pool)
    await pass(seconds(3))
    const late = [view.sessionHosts(pool, now()), view.sessionHosts(pool, now())]
    await answer(hosts('a'))
    await early
    expect(asked).toHaveLength(2)
    await answer(hosts('a', 'b'))
    expect((await Promise.all(late)).map(startedAt)).toEqual([now(), now()])
    expect(asked).toHaveLength(2)
  })

  test('a moment in the future does not make it ask again and again', async () => {
    const { view, asked, now, pass, answer } = world()
    const look = view.sessionHosts(pool, now() + minutes(5))
    await pass(seconds(4))
    await answer(hosts('a'))
    expect(startedAt(await look)).toBe(now() - seconds(4))
    expect(asked).toHaveLength(1)
  })

  test('a failure answers everybody for 2 s and no longer, and the good listing before it is not passed off as new', async () => {
    const { view, asked, pass, answer } = world()
    const good = view.sessionHosts(pool)
    await answer(hosts('a'))
    await good
    await pass(seconds(11))
    const failed = view.sessionHosts(pool)
    await answer(throttled())
    expect(startedAt(await failed)).toBe('throttled')
    await pass(1_900)
    expect(startedAt(await view.sessionHosts(pool))).toBe('throttled')
    expect(asked).toHaveLength(2)
    await pass(100)
    const again = view.sessionHosts(pool)
    await answer(hosts('a'))
    expect((await again).kind).toBe('ok')
    expect(asked).toHaveLength(3)
  })

  test('the wait Azure asked for is kept', async () => {
    const { view, asked, pass, answer } = world()
    const failed = view.sessionHosts(pool)
    await answer(throttled(seconds(30)))
    await failed
    await pass(29_999)
    await view.sessionHosts(pool)
    expect(asked).toHaveLength(1)
    await pass(1)
    const again = view.sessionHosts(pool)
    await answer(hosts('a'))
    await again
    expect(asked).toHaveLength(2)
  })

  test('a bug in a gateway reaches everybody who waits and is not remembered', async () => {
    let broken = true
    const avd = { sessionHosts: async () => (broken ? Promise.reject(new Error('bug')) : hosts('a')) }
    let now = 0
    const view = viewOf({ avd }, () => now)
    const looks = [view.sessionHosts(pool), view.sessionHosts(pool)]
    expect((await Promise.allSettled(looks)).map((look) => look.status)).toEqual(['rejected', 'rejected'])
    broken = false
    now += seconds(2)
    expect((await view.sessionHosts(pool)).kind).toBe('ok')
  })

  test('sessions are grouped by host, once each although listed on two pages', async () => {
    const session = (id: string, of: string): UserSession => ({
      id: `${pool}/sessionHosts/${of}/userSessions/${id}`,
      host: of,
      user: 'anna@contoso.com',
      state: 'Active',
    })
    const avd = {
      userSessions: async () => ({ kind: 'ok', value: [session('1', 'A'), session('2', 'a'), session('1', 'a')] }),
    }
    const view = viewOf({ avd })
    const listed = await view.userSessions(pool)
    expect(listed.kind === 'ok' && [...listed.value.value].map(([name, all]) => [name, all.length])).toEqual([['a', 2]])
  })

  test('lists nobody asked for in ten minutes are forgotten', async () => {
    const { view, calls, pass, answer } = world(minutes(60))
    const first = view.sessionHosts(pool)
    await answer(hosts('a'))
    await first
    await pass(minutes(10))
    const other = view.sessionHosts(`${pool}-2`)
    await answer(hosts('b'))
    await other
    await view.sessionHosts(`${pool}-2`)
    expect(calls.filter((name) => name === 'listings.get')).toEqual([])
    await view.sessionHosts(pool)
    expect(calls.filter((name) => name === 'listings.get')).toHaveLength(1)
  })

  test('lists somebody asked for meanwhile are not forgotten, nor read again', async () => {
    const { view, calls, pass, answer } = world(minutes(60))
    for (const name of ['', '-2', '-3']) {
      const look = view.sessionHosts(pool + name)
      await answer(hosts('a'))
      await look
      await pass(minutes(3))
    }
    calls.length = 0
    await view.sessionHosts(pool)
    expect(calls).toEqual([])
  })

  test('a listing that was started at the very moment it is needed from costs no call to storage', async () => {
    const { view, calls, now, pass, answer } = world()
    const start = now()
    const look = view.sessionHosts(pool)
    await answer(hosts('a'))
    await look
    await pass(seconds(5))
    calls.length = 0
    expect(startedAt(await view.sessionHosts(pool, start))).toBe(start)
    expect(calls).toEqual([])
  })

  test('what is assigned at a group, and within each of two, are three lists', async () => {
    const asked: string[] = []
    const list = (kind: string) => async (of: string) => {
      asked.push(`${kind} ${of}`)
      return { kind: 'ok' as const, value: [] }
    }
    const view = viewOf({ access: { assignments: list('at'), assignmentsWithin: list('within') } })
    await view.assignments('/rg-1')
    await view.assignmentsWithin('/rg-1')
    await view.assignmentsWithin('/rg-2')
    await view.assignmentsWithin('/RG-1')
    expect(asked).toEqual(['at /rg-1', 'within /rg-1', 'within /rg-2'])
  })
})
