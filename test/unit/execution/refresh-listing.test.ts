import { describe, expect, it } from 'vitest'
import { createMemoryStorage } from '../../../sim/storage/memory-storage.ts'
import { silentLog } from '../../../sim/virtual/app.ts'
import type { Fault } from '../../../src/lib/core/fault.ts'
import { hours, seconds } from '../../../src/lib/core/time.ts'
import { type ListingShell, refreshListing, type Want } from '../../../src/lib/execution/refresh-listing.ts'
import type { ListingState } from '../../../src/lib/ports/listings.ts'
import { createListingStore } from '../../../src/lib/storage/listing-store.ts'
import { poolId } from '../../support/listing-processes.ts'

const now = 1_900_000_000_000
/** What a monotonic clock shows has nothing to do with the time. */
const uptime = 70_000
const key = { name: 'sessionHosts', of: poolId } as const
const gone: Fault = { code: 'throttled', message: 'too many', retryable: true }
const notYet = { code: 'unavailable', message: 'Another process is making the first listing', retryable: true }

type Given = {
  readonly state?: ListingState
  /** The document of the newest listing says something else than its row. */
  readonly storedAt?: number
  readonly answer?: Fault
}

/** One refresh by process `a`, and how often it listed and read a document. */
async function refresh(
  { state, storedAt, answer }: Given,
  want: Partial<Want> = {},
  change: Partial<ListingShell> = {},
) {
  const storage = createMemoryStorage({ now: () => now })
  const store = createListingStore(storage.table('pacers'), storage.blobs('listings'))
  if (state) await store.save(key, state, undefined)
  const { latest } = state ?? {}
  if (latest)
    await store.put(key, latest.turn, { value: [], startedAt: storedAt ?? latest.startedAt, took: latest.took })
  const counts = { listed: 0, read: 0 }
  let upFor = uptime
  const shell: ListingShell = {
    store: {
      ...store,
      read: (...asked) => {
        counts.read++
        return store.read(...asked)
      },
    },
    clock: { now: () => now, latest: () => now, monotonic: () => upFor },
    log: silentLog,
    holder: 'a',
    limits: { freshFor: seconds(10), minInterval: seconds(2) },
    ...change,
  }
  const list = async () => {
    counts.listed++
    upFor += seconds(1)
    return answer ? { kind: 'refused' as const, fault: answer } : { kind: 'ok' as const, value: [] }
  }
  const refreshed = await refreshListing(shell, key, list, { notBefore: undefined, have: undefined, ...want })
  return { refreshed, ...counts, state: (await store.load(key)).state }
}

const listed = (startedAt: number, took = 0) => ({ turn: 1, startedAt, took })
const busy = { turn: 2, holder: 'b', leasedUntil: now + seconds(5), notBefore: now + seconds(1) }

describe('a listing that is made', () => {
  it('is fresh for 10 s from its start, and not asked for again within 2 s of it', async () => {
    const { refreshed, state } = await refresh({})
    expect(refreshed).toEqual({
      kind: 'listed',
      listing: { value: [], startedAt: now, took: seconds(1) },
      freshUntil: uptime + seconds(10),
      until: uptime + seconds(2),
    })
    expect(state).toEqual({
      turn: 1,
      holder: 'a',
      notBefore: now + seconds(2),
      latest: { turn: 1, startedAt: now, took: seconds(1) },
    })
  })

  it.each([
    ['as long as Azure asks for', { retryAfter: seconds(30) }, uptime + seconds(31)],
    ['2 s where Azure asks for nothing', {}, uptime + seconds(2)],
  ])('and refused is not asked for again for %s', async (_, parts, until) => {
    const answer = { ...gone, ...parts }
    const { refreshed } = await refresh({ answer })
    expect(refreshed).toEqual({ kind: 'failed', answer: { kind: 'refused', fault: answer }, isPassing: false, until })
  })
})

describe('a listing that is stored', () => {
  it('answers as long as it is fresh, and its age is taken off', async () => {
    const state = { ...busy, latest: listed(now - seconds(4)) }
    const { refreshed, listed: made } = await refresh({ state })
    expect(refreshed).toEqual({
      kind: 'listed',
      listing: { value: [], startedAt: now - seconds(4), took: 0 },
      freshUntil: uptime + seconds(6),
      until: uptime + seconds(0.5),
    })
    expect(made).toBe(0)
  })

  it('answers longer when it took long', async () => {
    const state = { ...busy, latest: listed(now - seconds(14), seconds(8)) }
    expect((await refresh({ state })).refreshed).toMatchObject({ kind: 'listed', freshUntil: uptime + seconds(2) })
  })

  it('answers also when it was started in this very moment', async () => {
    const state = { turn: 1, holder: 'b', notBefore: 0, latest: listed(now) }
    expect(await refresh({ state }, { notBefore: now })).toMatchObject({ listed: 0, refreshed: { kind: 'listed' } })
  })
})

describe('while another process lists', () => {
  const old = { ...busy, latest: listed(now - seconds(20)) }

  it('the newest there is answers who has an older one', async () => {
    const { refreshed, listed: made } = await refresh({ state: old }, { have: now - seconds(30) })
    expect(refreshed).toMatchObject({ kind: 'listed', freshUntil: uptime - seconds(10), until: uptime + seconds(0.5) })
    expect(made).toBe(0)
  })

  it.each<[string, Given, Partial<Want>, number]>([
    ['nobody has listed before', { state: busy }, {}, 0],
    ['the newest is the one that is had', { state: old }, { have: now - seconds(20) }, 0],
    ['the newest is older than the one that is had', { state: old }, { have: now - seconds(19) }, 0],
    [
      'the document is not as new as its row',
      { state: old, storedAt: now - seconds(30) },
      { have: now - seconds(30) },
      1,
    ],
  ])('there is nothing newer yet, and nothing wrong, where %s', async (_, given, want, reads) => {
    const { refreshed, listed: made, read } = await refresh(given, want)
    expect(refreshed).toEqual({
      kind: 'failed',
      answer: { kind: 'refused', fault: notYet },
      isPassing: true,
      until: uptime + seconds(0.5),
    })
    expect([made, read]).toEqual([0, reads])
  })

  it('what Azure asked to wait is over, the fault of the last time is not told any more', async () => {
    const state = { ...busy, notBefore: now, fault: gone }
    expect((await refresh({ state })).refreshed).toMatchObject({ answer: { fault: notYet }, isPassing: true })
  })

  it('nothing is made by who was not quick enough', async () => {
    const storage = createMemoryStorage({ now: () => now })
    const store = createListingStore(storage.table('pacers'), storage.blobs('listings'))
    const { refreshed, listed: made } = await refresh({}, {}, { store: { ...store, save: async () => undefined } })
    expect(refreshed).toMatchObject({ kind: 'failed', isPassing: true, until: uptime + seconds(0.5) })
    expect(made).toBe(0)
  })
})

describe('what Azure asked to wait', () => {
  const refusedUntil = (notBefore: number, holder: string) => ({ turn: 1, holder, notBefore, fault: gone })

  it.each(['a', 'b'])('is told with what is left of it, whoever was refused: %s', async (holder) => {
    const { refreshed, listed: made } = await refresh({ state: refusedUntil(now + seconds(40), holder) })
    expect(refreshed).toEqual({
      kind: 'failed',
      answer: { kind: 'refused', fault: { ...gone, retryAfter: seconds(40) } },
      isPassing: false,
      until: uptime + seconds(40),
    })
    expect(made).toBe(0)
  })

  it.each([
    ['an hour and half a minute', hours(1) + seconds(30), 0],
    ['longer: nobody writes that', hours(1) + seconds(30) + 1, 1],
  ])('counts for at most %s', async (_, wait, listings) => {
    expect((await refresh({ state: refusedUntil(now + wait, 'b') })).listed).toBe(listings)
  })
})

it('storage out of reach is told as what it is, and asked again after half a second', async () => {
  const storage = createMemoryStorage({ now: () => now })
  const store = createListingStore(storage.table('pacers'), storage.blobs('listings'))
  const load = () => Promise.reject(new Error('503'))
  const { refreshed, listed: made } = await refresh({}, {}, { store: { ...store, load } })
  const fault = { code: 'unavailable', message: 'The shared listings are out of reach', retryable: true }
  expect(refreshed).toEqual({
    kind: 'failed',
    answer: { kind: 'refused', fault },
    isPassing: false,
    until: uptime + seconds(0.5),
  })
  expect(made).toBe(0)
})
