import { describe, expect, test } from 'vitest'
import { hours } from '../../../src/lib/core/time.ts'
import { withoutRoom } from '../../../src/lib/keepalive/no-room.ts'
import type { HostClock, WakeOutcome } from '../../../src/lib/model/host-clock.ts'
import { clockOf, newYear, standbyHost } from '../../support/keep-alive-years.ts'

const opening = { opens: newYear, lastStart: newYear + hours(7), closes: newYear + hours(10) }
const names = ['a', 'b', 'c', 'd', 'e', 'f'] as const
const hosts = names.map((key, i) => ({ key, kind: 'D4s 2', dueAt: newYear + hours(i) }))
const other = { key: 'x', kind: 'D4s 3', dueAt: newYear }

/** Newest wakes, by host: how they ended, and hours after the opening. */
const clocks = (wakes: Readonly<Record<string, readonly [WakeOutcome, number]>>): ReadonlyMap<string, HostClock> =>
  new Map(
    Object.entries(wakes).map(([key, [outcome, at]]) => [
      key,
      clockOf(standbyHost(1), { lastWake: { operationId: 'op', at: newYear + hours(at), outcome } }),
    ]),
  )
const held = (wakes: Parameters<typeof clocks>[0]) => [...withoutRoom([...hosts, other], clocks(wakes), opening)]

describe('hosts of a size and zone that Azure has no room for', () => {
  test('wait, but for the three that are due first', () => {
    const failed = { d: ['startFailed', -24], e: ['startFailed', -24], f: ['startFailed', -24] } as const
    expect(held(failed)).toEqual(['d', 'e', 'f'])
  })

  test('wait altogether once three have tried in this opening', () => {
    expect(held({ a: ['startFailed', 1], b: ['startFailed', 1], c: ['startFailed', 2] })).toEqual(['d', 'e', 'f'])
  })

  test('do not wait for single failures, nor once one has started', () => {
    expect(held({ a: ['startFailed', -1], b: ['startFailed', -1] })).toEqual([])
    expect(held({ a: ['startFailed', -3], b: ['startFailed', -2], c: ['startFailed', -2], d: ['proven', -1] })).toEqual(
      [],
    )
  })

  test('do not keep other sizes and zones waiting', () => {
    const failed = { a: ['startFailed', 1], b: ['startFailed', 1], c: ['startFailed', 1] } as const
    expect(held(failed)).not.toContain('x')
    expect([...withoutRoom(hosts, clocks(failed), undefined)]).toEqual([])
  })
})
