import { expect, test } from 'vitest'
import { createMemoryStorage } from '../../../sim/storage/memory-storage.ts'
import { hours, minutes } from '../../../src/lib/core/time.ts'
import { folded, foldProofs } from '../../../src/lib/keepalive/fold-proofs.ts'
import type { HostClock } from '../../../src/lib/model/host-clock.ts'
import { createHostStore } from '../../../src/lib/storage/host-store.ts'
import { clockOf, day, newYear, standbyHost } from '../../support/keep-alive-years.ts'

const host = standbyHost(0, '1')
const now = newYear + 100 * day

const seenAt = (clock: HostClock | undefined, lastHeartbeat: number | undefined, at = now) => {
  const { lastHeartbeat: _, ...seen } = host.seen
  return folded(
    clock,
    { ...host, seen: { ...seen, ...(lastHeartbeat !== undefined && { lastHeartbeat }) } },
    { pairId: 'pair', now: at },
  )
}
const known = clockOf(host, { lastProof: now - 40 * day })

test('a host seen for the first time brings the heartbeat AVD knows of', () => {
  expect(seenAt(undefined, now - 30 * day)).toMatchObject({ lastProof: now - 30 * day, firstSeen: now })
  expect(seenAt(undefined, undefined)).not.toHaveProperty('lastProof')
})

test('a run is proven once it was seen for twenty minutes', () => {
  const once = seenAt(known, now)
  expect(once).toMatchObject({ lastProof: now - 40 * day, beats: { from: now, to: now } })
  const twice = seenAt(once, now + minutes(15), now + minutes(15))
  expect(twice?.lastProof).toBe(now - 40 * day)
  const thrice = seenAt(twice, now + minutes(30), now + minutes(30))
  expect(thrice?.lastProof).toBe(now + minutes(30))
})

test('a run that is proven costs a write an hour, and a host that is off none', () => {
  const proven = { ...known, lastProof: now, beats: { from: now - hours(1), to: now } }
  const over = seenAt(proven, now, now + hours(5))
  expect(over).toMatchObject({ lastProof: now, beats: { to: now, isOver: true } })
  expect(seenAt(over, now, now + hours(10))).toBeUndefined()
  expect(seenAt(proven, now + minutes(45), now + minutes(45))).toBeUndefined()
  expect(seenAt(proven, now + minutes(61), now + minutes(61))).toBeDefined()
  expect(seenAt({ ...proven, beats: { ...proven.beats, isOver: true } }, now - day)).toBeUndefined()
  expect(seenAt(proven, undefined)).toBeUndefined()
})

test('an inventory of hours ago does not make a host silent that was alive in it', () => {
  const once = seenAt(known, now)
  const seen = { ...host, seen: { ...host.seen, lastHeartbeat: now } }
  expect(folded(once, seen, { pairId: 'pair', now: now + hours(3), takenAt: now })).toBeUndefined()
  expect(folded(once, seen, { pairId: 'pair', now: now + hours(3) })?.beats?.isOver).toBe(true)
})

test('a clock of AVD that runs ahead makes no proof newer than now', () => {
  expect(seenAt(known, now + day)?.beats).toEqual({ from: now, to: now })
})

const openStore = () => createHostStore(createMemoryStorage({ now: () => now }).table('hosts'))
const beating = (at: number) => ({ ...host, seen: { ...host.seen, lastHeartbeat: at } })

test('the clock of a host that users work on goes on, with a few writes a day', async () => {
  const store = openStore()
  await store.save(known)
  let saves = 0
  const counting = {
    ...store,
    save: (...given: Parameters<typeof store.save>) => {
      saves++
      return store.save(...given)
    },
  }
  for (let at = now; at < now + 2 * day; at += minutes(15))
    await foldProofs(counting, { pairId: 'pooled', hosts: [], working: [beating(at)], now: at })
  const clock = (await store.list('pooled'))[0]?.value
  expect(clock?.lastProof).toBeGreaterThan(now + day)
  expect(saves).toBeLessThanOrEqual(6)
})

test('a host that users work on and that was never on standby has no clock', async () => {
  const store = openStore()
  expect(await foldProofs(store, { pairId: 'pooled', hosts: [], working: [beating(now)], now })).toEqual([])
  expect(await store.list('pooled')).toEqual([])
})

test('a clock that somebody else saves meanwhile is left to the next inventory', async () => {
  const store = openStore()
  await store.save(known)
  const racing = {
    ...store,
    save: async (after: HostClock, etag?: string) => {
      const kept = await store.load('pooled', 'secondary', host.host)
      await store.save({ ...known, left: ['deallocateVm'] }, kept?.etag)
      return store.save(after, etag)
    },
  }
  await foldProofs(racing, { pairId: 'pooled', hosts: [beating(now)], now })
  expect((await store.list('pooled'))[0]?.value).toEqual({ ...known, left: ['deallocateVm'] })
})

test('what else a clock knows stays as it is', async () => {
  const store = openStore()
  const clock = { ...known, left: ['undrainHost' as const], leftSince: 5, agentVersion: '1.0' }
  await store.save(clock)
  const after = await foldProofs(store, { pairId: 'pooled', hosts: [beating(now)], now })
  expect(after).toEqual([{ ...clock, beats: { from: now, to: now } }])
})
