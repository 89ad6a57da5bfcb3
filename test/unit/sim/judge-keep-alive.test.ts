import { describe, expect, it } from 'vitest'
import type { LedgerEntry, LedgerEvent } from '../../../sim/arm/ledger-types.ts'
import { judgeKeepAlive, notAsFound } from '../../../sim/judge/keep-alive.ts'
import type { KeepAliveJudgeOptions, StandbyHost } from '../../../sim/judge/keep-alive-types.ts'
import { hours } from '../../../src/lib/core/time.ts'

const pool = '/pools/standby'
const at = (hour: number, entry: LedgerEntry): LedgerEvent => ({ at: hours(hour), ...entry }) as LedgerEvent
const hosts: readonly StandbyHost[] = ['a', 'b'].map((name) => ({
  pool,
  host: name,
  vm: `/vms/${name}`,
  lastHeartbeat: 0,
  isBeating: false,
}))
const options: KeepAliveJudgeOptions = {
  until: hours(100),
  longestSilence: hours(90),
  maxOnTime: hours(8),
  maxConcurrent: 1,
  elsewhere: [],
}

const start = (hour: number, name: string, by?: 'person') =>
  at(hour, { kind: 'startAccepted', vm: `/vms/${name}`, limiter: 'l', ...(by && { by }) })
const ready = (hour: number, name: string) => at(hour, { kind: 'hostReady', pool, host: name })
const deallocate = (hour: number, name: string, by?: 'scalingPlan') => [
  at(hour, { kind: 'hostGone', pool, host: name }),
  at(hour, { kind: 'deallocateAccepted', vm: `/vms/${name}`, limiter: 'l', ...(by && { by }) }),
  at(hour + 0.1, { kind: 'deallocateEnded', vm: `/vms/${name}`, ok: true }),
]
const wake = (hour: number, name: string, length = 2) => [
  start(hour, name),
  ready(hour + 0.1, name),
  ...deallocate(hour + length, name),
]
const session = (kind: 'sessionOpened' | 'sessionEnded', hour: number, name: string) =>
  at(hour, { kind, pool, host: name, user: 'ann', session: '1' })

const verdictOn = (events: readonly LedgerEvent[], more: Partial<KeepAliveJudgeOptions> = {}) =>
  judgeKeepAlive(
    [...events].sort((one, other) => one.at - other.at),
    hosts,
    { ...options, ...more },
  )
const brokenBy = (...call: Parameters<typeof verdictOn>) =>
  verdictOn(...call).violations.map(({ rule, subject }) => `${rule} ${subject}`)

describe('a calm time', () => {
  it('breaks nothing, and tells silence, runs and the most at once', () => {
    const { violations, silence, runs, mostAtOnce } = verdictOn([...wake(20, 'a'), ...wake(30, 'b')])
    expect(violations).toEqual([])
    expect([...silence.values()].map((length) => length / hours(1))).toEqual([78, 68])
    expect(runs).toMatchObject([
      { host: { host: 'a' }, startedAt: hours(20), readyAt: hours(20.1), offAt: hours(22.1), endedBy: 'us' },
      { host: { host: 'b' } },
    ])
    expect(mostAtOnce.get(pool)).toBe(1)
  })
})

const calm = [...wake(20, 'a'), ...wake(30, 'b')]

describe('what must not happen', () => {
  it.each([
    ['a host that was never woken', wake(20, 'a'), ['heartbeatTooOld /pools/standby/b']],
    [
      'a start without a heartbeat',
      [...wake(20, 'a'), start(30, 'b'), ...deallocate(31, 'b')],
      ['heartbeatTooOld /pools/standby/b'],
    ],
    ['a host that came too late', [...calm, at(40, { kind: 'hostExpired', pool, host: 'a' })], ['expired a']],
    ['a host that is never switched off', [...calm, start(95, 'a'), ready(95.1, 'a')], ['leftRunning a']],
    ['a host that is on for long', [...wake(20, 'a', 9), ...wake(30, 'b')], ['onTooLong a']],
    ['two at once', [...wake(20, 'a'), ...wake(21, 'b')], ['tooManyAtOnce /pools/standby']],
    [
      'a session cut off',
      [
        start(20, 'a'),
        ready(20.1, 'a'),
        session('sessionOpened', 21, 'a'),
        session('sessionEnded', 22, 'a'),
        ...deallocate(22, 'a'),
        ...wake(30, 'b'),
      ],
      ['userDisturbed /pools/standby/a'],
    ],
    [
      'a host drained under somebody',
      [
        ...calm,
        start(40, 'a', 'person'),
        ready(40.1, 'a'),
        session('sessionOpened', 41, 'a'),
        at(42, { kind: 'drainSet', pool, host: 'a', allowNewSession: false }),
      ],
      ['hostInUseTouched /pools/standby/a'],
    ],
  ] as const)('%s is named', (_what, events, broken) => {
    expect(brokenBy(events)).toEqual(broken)
  })
})

describe('what is others’ business', () => {
  it('does not count: machines started by people, pools that an operation moves', () => {
    expect(brokenBy([...calm, start(95, 'a', 'person'), ready(95.1, 'a')])).toEqual([])
    const elsewhere = [{ pool, from: hours(94), until: hours(100) }]
    expect(brokenBy([...calm, start(95, 'a'), ready(95.1, 'a')], { elsewhere })).toEqual([])
  })

  it('takes a run over at the moment when a failover takes the pool', () => {
    const events = [...wake(20, 'b'), start(30, 'a'), ready(30.1, 'a')]
    const elsewhere = [{ pool, from: hours(31), until: hours(100) }]
    expect(brokenBy(events, { elsewhere })).toEqual([])
    expect(verdictOn(events, { elsewhere }).runs[1]).toMatchObject({ offAt: hours(31), endedBy: 'others' })
  })

  it('ends a run, and is told apart', () => {
    const events = [start(20, 'a'), ready(20.1, 'a'), ...deallocate(21, 'a', 'scalingPlan'), ...wake(30, 'b')]
    expect(verdictOn(events).runs[0]).toMatchObject({ endedBy: 'others' })
  })
})

it('names what was left otherwise than it was found', () => {
  const found = { letsIn: true, tags: '[]', power: 'deallocated' }
  const before = new Map([['a', found]])
  expect(notAsFound(before, before, 0)).toEqual([])
  const after = new Map([['a', { ...found, letsIn: false, tags: '[["t","x"]]' }]])
  expect(notAsFound(before, after, 0).map(({ rule }) => rule)).toEqual(['leftDrained', 'leftTagged'])
})
