/** What may be left of a wake-up, and who finishes it. */
import { describe, expect, it } from 'vitest'
import type { Sim } from '../../sim/arm/types.ts'
import { endSession, openSession } from '../../sim/estate/sessions.ts'
import { fleetIds } from '../../sim/fleets/fleet-ids.ts'
import type { FleetOptions } from '../../sim/fleets/fleet-options.ts'
import { createCustomFleet } from '../../sim/fleets/fleets.ts'
import { planTextFor } from '../../sim/fleets/plan-text.ts'
import { atRest, judgeKeepAlive, notAsFound, noteStandby } from '../../sim/judge/keep-alive.ts'
import { keepHostsAlive, takeInventory } from '../../sim/keepalive/app-timers.ts'
import { createOperator } from '../../sim/virtual/operator.ts'
import { createStory, type Outage } from '../../sim/virtual/story.ts'
import { hours, type Instant, minutes } from '../../src/lib/core/time.ts'

/** A Monday evening; the window opens at eight, and both hosts are due. */
const begins: Instant = Date.UTC(2026, 0, 5, 19, 30)
const fleet: Partial<FleetOptions> = {
  pooledHosts: 2,
  users: 2,
  groups: 1,
  scalingPlans: true,
  autoscale: { every: minutes(5), changesAtOnce: 0 },
  standby: { scalesIn: true, undrained: 1, tagged: 0 },
  tokenAgeDays: 30,
}

async function openNight(outages: readonly Outage[] = []) {
  const ids = fleetIds(fleet)
  const story = createStory({
    seed: 4,
    startAt: begins,
    fill: createCustomFleet(fleet),
    planText: planTextFor(ids, { keepAlive: {} }),
    isLong: true,
    outages,
    timers: [
      { every: minutes(15), run: takeInventory },
      { every: minutes(15), run: keepHostsAlive },
    ],
  })
  const operator = createOperator(story, ids)
  const { sim, clock } = story.region
  const hosts = noteStandby(sim.estate, [ids.pooled.secondary.hostPool])
  const found = atRest(sim.estate)
  await operator.collect()
  const until = async (length: number) => {
    await clock.run(begins + length)
    sim.agenda.settle()
  }
  const verdict = () => {
    const options = {
      until: clock.now(),
      longestSilence: hours(24 * 90),
      maxOnTime: hours(8),
      maxConcurrent: 20,
      elsewhere: [],
    }
    const { violations, runs } = judgeKeepAlive(sim.ledger.events(), hosts, options)
    const left = notAsFound(found, atRest(sim.estate), clock.now())
    return { runs, broken: [...violations, ...left].map(({ rule, subject }) => `${rule} ${subject.split('/').at(-1)}`) }
  }
  const clocks = async () => {
    const kept = await operator.ask(story.desk.world.hosts.list('pooled-uk'))
    return new Map(kept.map(({ value }) => [value.host, value]))
  }
  const alarms = () =>
    story.storage
      .queue('notifications')
      .peekAll()
      .map(
        ({ text }) => JSON.parse(Buffer.from(text, 'base64').toString('utf8')) as { code?: string; hosts?: string[] },
      )
      .flatMap(({ code, hosts = [] }) => (code ? [`${code} ${hosts.join(' ')}`.trim()] : []))
  return { ids, sim, until, verdict, clocks, alarms }
}

function hostIn(sim: Sim, name: string) {
  const [key, host] = [...sim.estate.sessionHosts].find(([one]) => one.endsWith(`/${name}`)) ?? []
  const vm = host && sim.estate.vms.get(host.vm)
  if (!key || !host || !vm) throw new Error(`there is no ${name}`)
  return { key, host, vm }
}

describe('a night of wake-ups', () => {
  it('leaves nothing behind', async () => {
    const night = await openNight()
    await night.until(hours(16))
    expect(night.verdict().broken).toEqual([])
    expect(night.verdict().runs.length).toBeGreaterThan(0)
    expect(night.alarms()).toEqual([])
  })
})

describe('an app that is away while hosts are on', () => {
  it('puts them to rest when it is back, and says how long they were on', async () => {
    const night = await openNight([{ from: begins + hours(1), until: begins + hours(13) }])
    await night.until(hours(2))
    const running = night.verdict().runs.map(({ host }) => host.host)
    expect(running.length).toBeGreaterThan(0)
    await night.until(hours(16))
    expect(night.verdict().broken.filter((line) => !line.startsWith('onTooLong'))).toEqual([])
    expect(night.alarms()).toContain(`wasOnTooLong ${running.toSorted().join(' ')}`)
    expect([...(await night.clocks()).values()].flatMap(({ left }) => left)).toEqual([])
  })
})

describe('somebody who gets onto a host while it is awake', () => {
  it('is not cut off; the host is put to rest when he has gone, and an alarm tells that it took long', async () => {
    const night = await openNight()
    const { sim } = night
    await night.until(hours(1) + minutes(30))
    const [run] = night.verdict().runs
    const name = run?.host.host ?? ''
    const { key, host, vm } = hostIn(sim, name)
    const session = openSession(sim, key, host, 'admin@contoso.com')
    await night.until(hours(14))
    expect(vm.power.now()).toBe('running')
    expect(host.sessions.size).toBe(1)
    expect((await night.clocks()).get(name)?.left).toContain('deallocateVm')
    expect(night.alarms()).toContain(`onTooLong ${name}`)
    endSession(sim, key, session.id, 'signedOut')
    await night.until(hours(17))
    expect(vm.power.now()).toBe('deallocated')
    expect(night.verdict().broken.filter((line) => !line.startsWith('onTooLong'))).toEqual([])
    expect((await night.clocks()).get(name)?.left).toEqual([])
  })
})

describe('a host that autoscale switches off although we had tagged it', () => {
  it('is not taken for woken: too short a run renews no token', async () => {
    const night = await openNight()
    const { sim } = night
    await night.until(minutes(38))
    const [run] = night.verdict().runs
    const name = run?.host.host ?? ''
    const { vm } = hostIn(sim, name)
    const { [night.ids.exclusionTag]: _, ...tags } = vm.tags.now()
    vm.tags.set(tags)
    await night.until(hours(16))
    const clock = (await night.clocks()).get(name)
    expect(clock?.lastProof).toBeLessThan(begins - hours(24 * 29))
    await night.until(hours(40))
    expect((await night.clocks()).get(name)?.lastProof).toBeGreaterThan(begins)
    expect(night.verdict().broken).toEqual([])
  })
})
