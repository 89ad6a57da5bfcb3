import { expect, test } from 'vitest'
import { hours, minutes } from '../../../src/lib/core/time.ts'
import { folded } from '../../../src/lib/keepalive/fold-proofs.ts'
import type { HostClock } from '../../../src/lib/model/host-clock.ts'
import { clockOf, day, newYear, standbyHost } from '../../support/keep-alive-years.ts'

const host = standbyHost(0, '1')
const now = newYear + 100 * day

const seenAt = (clock: HostClock | undefined, lastHeartbeat: number | undefined, at = now) => {
  const { lastHeartbeat: _, ...seen } = host.seen
  return folded(
    clock,
    { ...host, seen: { ...seen, ...(lastHeartbeat !== undefined && { lastHeartbeat }) } },
    { pairId: 'pair', hosts: [], now: at },
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
  expect(seenAt(proven, now, now + hours(5))).toBeUndefined()
  expect(seenAt(proven, now + minutes(45), now + minutes(45))).toBeUndefined()
  expect(seenAt(proven, now + minutes(61), now + minutes(61))).toBeDefined()
  expect(seenAt(proven, now - day)).toBeUndefined()
  expect(seenAt(proven, undefined)).toBeUndefined()
})

test('a clock of AVD that runs ahead makes no proof newer than now', () => {
  expect(seenAt(known, now + day)?.beats).toEqual({ from: now, to: now })
})
