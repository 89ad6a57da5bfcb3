import { describe, expect, test } from 'vitest'
import { hours, minutes } from '../../../src/lib/core/time.ts'
import { clockKey, planWakes, upcomingOpenings, type WakeInput } from '../../../src/lib/keepalive/plan-wakes.ts'
import type { StandbyHost } from '../../../src/lib/keepalive/standby-hosts.ts'
import type { HostClock } from '../../../src/lib/model/host-clock.ts'
import { withHeartbeat } from '../../../src/lib/model/proof.ts'
import { clockOf, day, newYear, settingsOf, standbyHost } from '../../support/keep-alive-years.ts'

/** Nine in the evening, an hour after the window has opened. */
const evening = newYear + hours(21)
const hourLength = hours(1)

type Parts = Partial<Omit<WakeInput, 'clocks' | 'openings'>> & {
  readonly clocks?: readonly HostClock[]
}

const plan = ({ settings = settingsOf(), hosts = [], clocks = [], now = evening }: Parts) =>
  planWakes({
    settings,
    hosts,
    clocks: new Map(clocks.map((clock) => [clockKey(clock), clock])),
    now,
    openings: upcomingOpenings(settings, now),
  })

const pool = (count: number, zones = 1): readonly StandbyHost[] =>
  Array.from({ length: count }, (_, i) => standbyHost(i, String(1 + (i % zones))))

const aged = (hosts: readonly StandbyHost[], age: (i: number) => number): readonly HostClock[] =>
  hosts.map((host, i) => clockOf(host, { lastProof: evening - age(i) * day }))

const withVm = (host: StandbyHost, power: 'running' | 'deallocating' | 'stopped'): StandbyHost => ({
  ...host,
  vm: typeof host.vm === 'object' ? { ...host.vm, power } : host.vm,
})

const wake = (outcome: NonNullable<HostClock['lastWake']>['outcome'], at: number) => ({
  lastWake: { operationId: 'op', at, outcome },
})

const codes = (result: ReturnType<typeof planWakes>) =>
  Object.fromEntries(result.decisions.map(({ host, code }) => [host, code]))

describe('planning wake-ups', () => {
  test('wakes twenty of a new pool of five hundred, most at risk first', () => {
    const hosts = pool(500, 3)
    const { wakes, decisions } = plan({ hosts, clocks: aged(hosts, (i) => 1 + (i % 20) / 24) })
    expect(wakes).toHaveLength(20)
    const proofOf = new Map(decisions.map(({ host, since }) => [host, since]))
    const oldest = decisions.map(({ since }) => since).sort((a, b) => a - b)
    expect(Math.max(...wakes.map(({ host }) => proofOf.get(host) ?? 0))).toBeLessThanOrEqual(oldest[25 * 5] ?? 0)
  })

  test('takes the zones in turn', () => {
    const hosts = pool(300, 3)
    const { wakes } = plan({ hosts, clocks: aged(hosts, () => 1) })
    const zones = wakes.map(({ host }) => Number(host.slice(3)) % 3)
    expect(zones).toEqual(zones.map((_, i) => i % 3))
  })

  test('takes them in turn from day to day where one host a day is enough', () => {
    const hosts = pool(24, 3)
    const clocks = aged(hosts, () => 23)
    const first = plan({ hosts, clocks }).wakes.map(({ host }) => host)
    const zoneOf = (host: string | undefined) => Number(host?.slice(3)) % 3
    const rest = hosts.filter(({ host }) => !first.includes(host))
    const second = plan({ hosts: rest, clocks, now: evening + day }).wakes.map(({ host }) => host)
    const counts = [0, 1, 2].map((zone) => [...first, ...second].filter((host) => zoneOf(host) === zone).length)
    expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1)
  })

  test('catches up on a backlog as fast as the limits allow, the oldest first', () => {
    const hosts = pool(60)
    const clocks = aged(hosts, (i) => 26 + i)
    const { wakes, decisions } = plan({ hosts, clocks, settings: settingsOf({ maxConcurrent: 7 }) })
    expect(wakes.map(({ host }) => host)).toEqual(
      hosts
        .slice(53)
        .map(({ host }) => host)
        .reverse(),
    )
    expect(decisions.filter(({ code }) => code === 'waitsForOthers')).toHaveLength(53)
  })

  test('keeps to maxPerDay over several runs of one opening', () => {
    const hosts = pool(30)
    const clocks = hosts.map((host, i) =>
      clockOf(
        host,
        i < 8
          ? { lastProof: evening - minutes(50), ...wake('proven', evening - minutes(1)) }
          : { lastProof: evening - 40 * day },
      ),
    )
    const settings = settingsOf({ maxPerDay: 10 })
    const result = plan({ hosts, clocks, settings })
    expect(result.wakes).toHaveLength(2)
    expect(result.decisions.filter(({ code }) => code === 'dayIsFull')).toHaveLength(20)
  })

  test('starts nothing while the window is closed, nor when it would close on a host that is on', () => {
    const hosts = pool(3)
    const clocks = aged(hosts, () => 30)
    const noon = plan({ hosts, clocks, now: newYear + hours(12) })
    expect([noon.wakes, codes(noon)['vm-0000'], noon.opening?.opens]).toEqual([
      [],
      'waitsForWindow',
      newYear + hours(20),
    ])
    expect(plan({ hosts, clocks, now: newYear + day + hours(3.5) }).wakes).toHaveLength(3)
    expect(plan({ hosts, clocks, now: newYear + day + hours(3.5) + 1 }).wakes).toEqual([])
  })

  test('gives a new host its turn within the cycle, and all of them not on one night', () => {
    const hosts = pool(50)
    const clocks = hosts.map((host) => clockOf(host, { firstSeen: evening - hours(1) }))
    expect(plan({ hosts, clocks }).wakes.length).toBeLessThanOrEqual(2)
  })

  test('counts a heartbeat that somebody else has caused', () => {
    const [host] = pool(1)
    if (!host) throw new Error('one host')
    const clocks = [clockOf(host, { lastProof: evening - 40 * day })]
    expect(plan({ hosts: [host], clocks }).wakes).toHaveLength(1)
    const beaten = (...ago: readonly number[]) => {
      const lastProof = evening - 40 * day
      const start: Pick<HostClock, 'lastProof' | 'beats'> = { lastProof }
      return [
        clockOf(
          host,
          ago.reduce((one, hour) => withHeartbeat(one, evening - hour * hourLength, true), start),
        ),
      ]
    }
    expect(codes(plan({ hosts: [host], clocks: beaten(24, 23.75, 23.5) }))).toEqual({ 'vm-0000': 'scheduled' })
    // On for a quarter of an hour: its token is as old as it was.
    expect(codes(plan({ hosts: [host], clocks: beaten(24, 23.75) }))).toEqual({ 'vm-0000': 'wakes' })
  })

  test('leaves alone what runs, what changes, what is unknown and what is to be put back', () => {
    const [running, changing, stopped, none, ambiguous, left] = pool(6)
    if (!running || !changing || !stopped || !none || !ambiguous || !left) throw new Error('six hosts')
    const hosts: readonly StandbyHost[] = [
      withVm(running, 'running'),
      withVm(changing, 'deallocating'),
      withVm(stopped, 'stopped'),
      { ...none, vm: 'none' },
      { ...ambiguous, vm: 'ambiguous' },
      left,
    ]
    const clocks = aged(hosts, () => 40).map((clock) =>
      clock.host === left.host ? { ...clock, left: ['undrainHost' as const] } : clock,
    )
    const result = plan({ hosts, clocks })
    expect(codes(result)).toEqual({
      'vm-0000': 'running',
      'vm-0001': 'changing',
      'vm-0002': 'wakes',
      'vm-0003': 'noVm',
      'vm-0004': 'ambiguousVm',
      'vm-0005': 'leftBehind',
    })
    expect(result.decisions.every(({ reason }) => reason.length > 20)).toBe(true)
  })
})

describe('a wake-up in vain', () => {
  const [host] = pool(1)
  if (!host) throw new Error('one host')
  const codeAt = (now: number, clock: Partial<HostClock>) =>
    codes(plan({ hosts: [host], clocks: [clockOf(host, clock)], now }))['vm-0000']

  test('whose start failed is tried again in the next opening, not in this one', () => {
    const clock = { lastProof: evening - 30 * day, ...wake('startFailed', evening) }
    expect(codeAt(evening + hours(1), clock)).toBe('tried')
    expect(codeAt(evening + day, clock)).toBe('wakes')
  })

  test('that a person stopped stops the others until the next opening', () => {
    const hosts = pool(5)
    const clocks = hosts.map((one, i) =>
      clockOf(one, { lastProof: evening - 30 * day, ...(i === 0 && wake('interrupted', evening)) }),
    )
    expect(codes(plan({ hosts, clocks, now: evening + hours(1) }))).toEqual({
      'vm-0000': 'tried',
      'vm-0001': 'interrupted',
      'vm-0002': 'interrupted',
      'vm-0003': 'interrupted',
      'vm-0004': 'interrupted',
    })
    expect(plan({ hosts, clocks, now: evening + day }).wakes).toHaveLength(5)
  })

  test('without a heartbeat is repeated less and less often, and every night when the end is near', () => {
    const tried = (age: number) => ({ lastProof: evening - age * day, ...wake('noHeartbeat', evening) })
    const next = (age: number) => {
      for (let nights = 1; nights < 20; nights++)
        if (codeAt(evening + nights * day, tried(age)) === 'wakes') return nights
      return 'never'
    }
    expect([25.2, 27, 29, 45, 59.5, 70].map(next)).toEqual([1, 2, 4, 7, 1, 1])
  })

  test('of a host whose token has lapsed is not repeated, and the host goes behind those that can be saved', () => {
    const lapsed = { lastProof: evening - 91 * day }
    expect(codeAt(evening, lapsed)).toBe('wakes')
    expect(codeAt(evening + day, { ...lapsed, ...wake('noHeartbeat', evening) })).toBe('lapsed')
    expect(codeAt(evening + day, { ...lapsed, ...wake('startFailed', evening) })).toBe('wakes')
    const hosts = pool(3)
    const clocks = aged(hosts, (i) => [95, 26, 80][i] ?? 0)
    const { wakes } = plan({ hosts, clocks, settings: settingsOf({ maxConcurrent: 2 }) })
    expect(wakes.map((one) => one.host)).toEqual(['vm-0002', 'vm-0001'])
  })

  test('of a host whose token has lapsed does not bring anybody else’s forward', () => {
    const hosts = pool(10)
    const clocks = aged(hosts, (i) => (i === 4 ? 95 : 5))
    expect(plan({ hosts, clocks }).wakes.map((one) => one.host)).toEqual(['vm-0004'])
  })
})
