/** What an agent does that was off for long: it updates itself, renews its token, or cannot come back. */
import { expect, test } from 'vitest'
import { deallocateVm, startVm } from '../../sim/estate/vm-power.ts'
import { type AgentUpdates, type Switches, setSwitches } from '../../sim/estate/world.ts'
import { type Millis, minutes, seconds } from '../../src/lib/core/time.ts'
import { jsonOf } from './kernel-world.ts'
import { createFleetWorld, faultsBySpec } from './sim-world.ts'

const days = (count: number): Millis => minutes(count * 24 * 60)
const releases: AgentUpdates = {
  every: days(28),
  startsAfter: [seconds(60), seconds(60)],
  takes: [minutes(5), minutes(5)],
  fails: 0,
}
const template =
  '/subscriptions/{s}/resourceGroups/{g}/providers/Microsoft.DesktopVirtualization/hostPools/{p}/sessionHosts/{h}'

function world(tokenAgeDays: number, switches: Partial<Switches> = {}) {
  const fleet = { pooledHosts: 1, users: 0, openSessions: false, tokenAgeDays }
  const timings = { vmStart: [60_000, 60_000], agentBoot: [60_000, 60_000], vmDeallocate: [60_000, 60_000] } as const
  const made = createFleetWorld(fleet, { timings })
  setSwitches(made.sim, { agentUpdates: releases, statusDelay: [0, 0], ...switches })
  const { hostPool, vms } = made.ids.pooled.secondary
  const vm = made.sim.estate.vms.get((vms[0] ?? '').toLowerCase())
  const host = made.sim.estate.sessionHosts.get(`${hostPool}/avdp-ukw-0001`.toLowerCase())
  if (!vm || !host) throw new Error('there is no standby host')
  const seen = async () => {
    const body = jsonOf(await made.send(`${hostPool}/sessionHosts/${host.name}?api-version=2024-04-03`))
    expect(faultsBySpec('avd', 'get', template, { status: 200, body })).toEqual([])
    return body.properties
  }
  const on = async (length: Millis) => {
    startVm(made.sim, vm, undefined)
    await made.later(minutes(2) + length)
    made.sim.agenda.settle()
  }
  const off = async () => {
    deallocateVm(made.sim, vm)
    await made.later(minutes(1))
    made.sim.agenda.settle()
  }
  const happened = (kind: string) => made.sim.ledger.events().filter((event) => event.kind === kind)
  return { ...made, vm, host, seen, on, off, happened }
}

test('an agent that has missed a release wants it, takes minutes and then runs it', async () => {
  const { later, seen, on, happened } = world(40)
  const before = (await seen()).agentVersion
  await on(seconds(30))
  expect(await seen()).toMatchObject({ updateState: 'Pending', status: 'Available', agentVersion: before })
  await later(minutes(1))
  expect(await seen()).toMatchObject({ updateState: 'Started', status: 'Upgrading' })
  await later(minutes(5))
  const after = await seen()
  expect(after).toMatchObject({ updateState: 'Succeeded', status: 'Available' })
  expect(after.agentVersion).not.toBe(before)
  expect(happened('agentUpdated')).toHaveLength(1)
})

test('an update is lost when the machine goes down in the middle of it, and comes again', async () => {
  const { later, seen, on, off, happened } = world(40)
  await on(minutes(2))
  await off()
  expect(await seen()).toMatchObject({ updateState: 'Failed' })
  expect(happened('agentUpdated')).toMatchObject([{ ok: false, cutOff: true }])
  await on(seconds(10))
  expect((await seen()).updateState).toBe('Pending')
  await later(minutes(7))
  expect((await seen()).updateState).toBe('Succeeded')
})

test('an agent that is up to date wants nothing', async () => {
  const { later, seen, on, off } = world(40)
  await on(minutes(30))
  await off()
  await later(minutes(10))
  await on(seconds(10))
  expect((await seen()).updateState).toBe('Succeeded')
})

test('a token is renewed by twenty minutes of running, and not by less', async () => {
  const { later, on, off, happened, host } = world(60)
  await on(minutes(19))
  await off()
  await later(days(31))
  await on(minutes(1))
  expect(happened('hostExpired')).toHaveLength(1)
  expect(host.beatingSince).toBeUndefined()
  const kept = world(60)
  await kept.on(minutes(20))
  await kept.off()
  await kept.later(days(31))
  await kept.on(minutes(1))
  expect(kept.happened('hostExpired')).toHaveLength(0)
})

test('a host that was off for more than 90 days stays dead, however often and long it is started', async () => {
  const { later, seen, on, off, happened } = world(91)
  const { lastHeartBeat } = await seen()
  for (let i = 0; i < 3; i++) {
    await on(minutes(180))
    expect(await seen()).toMatchObject({ lastHeartBeat, status: 'Unavailable' })
    await off()
    await later(days(1))
  }
  expect(happened('hostExpired')).toHaveLength(3)
  expect(happened('hostReady')).toHaveLength(0)
})
