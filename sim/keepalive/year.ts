/** Months of standby hosts in virtual time: the whole app with its timers, and everything that gets in its way. */
import { idKey } from '../../src/lib/core/arm-id.ts'
import { hours, type Instant, type Millis, minutes } from '../../src/lib/core/time.ts'
import type { Engine } from '../../src/lib/execution/engine.ts'
import type { FaultOptions } from '../arm/faults.ts'
import { addShortage, type Shortage } from '../estate/capacity.ts'
import { startPortalWork } from '../estate/portal.ts'
import { deallocateVm } from '../estate/vm-power.ts'
import type { Switches } from '../estate/world.ts'
import { type FleetIds, fleetIds } from '../fleets/fleet-ids.ts'
import type { FleetOptions } from '../fleets/fleet-options.ts'
import { createFleets } from '../fleets/fleets.ts'
import { type KeepAliveOverrides, planTextFor } from '../fleets/plan-text.ts'
import { atRest, noteStandby } from '../judge/keep-alive.ts'
import type { AtRest, KeepAliveJudgeOptions, StandbyHost } from '../judge/keep-alive-types.ts'
import { createOperator, type Operator } from '../virtual/operator.ts'
import { createStory, type Outage, type Story, type StoryOptions } from '../virtual/story.ts'

export type YearOptions = {
  readonly seed: number
  /** Standby hosts of each pair. */
  readonly pairs: readonly number[]
  readonly days: number
  readonly keepAlive: KeepAliveOverrides
  /** Probability that a start finds no room. */
  readonly startFailures: number
  /** The app does not run; from the middle of a window on. */
  readonly outage?: { readonly day: number; readonly days: number }
  /** The secondary region has no room in one of its zones. */
  readonly shortage?: { readonly day: number; readonly days: number; readonly zone: string }
  /** Of the first pair, in the middle of a window, and back. */
  readonly failover?: { readonly day: number; readonly backOn: number } | undefined
  /** People who start standby hosts by hand. */
  readonly portal: boolean
  /** On the way to Azure and to storage, and to the app's own life. */
  readonly trouble?: Pick<StoryOptions, 'storageFaults' | 'lifeFaults'> & { readonly azure?: FaultOptions }
  readonly takeInventory: (engine: Engine) => Promise<unknown>
  readonly keepHostsAlive: (engine: Engine) => Promise<unknown>
}

export type Year = {
  readonly story: Story
  readonly operator: Operator
  readonly fleets: readonly FleetIds[]
  readonly from: Instant
  readonly until: Instant
  readonly hosts: readonly StandbyHost[]
  readonly found: ReadonlyMap<string, AtRest>
  readonly outages: readonly Outage[]
  readonly elsewhere: KeepAliveJudgeOptions['elsewhere']
}

const day: Millis = hours(24)
const vmSize = 'Standard_D4s_v5'
/** A Monday noon, when every window is closed. */
const begins: Instant = Date.UTC(2026, 0, 5, 12)
/** Half-way through the first round of the usual window. */
const inTheMiddle: Millis = hours(9)
const inventoryEvery: Millis = hours(5)
const timerEvery: Millis = hours(1)

const switches: Partial<Switches> = {
  // Fewer pages: a third of the time of such a story went into the heads of requests.
  pageSize: 400,
  agentUpdates: {
    every: 28 * day,
    startsAfter: [minutes(1), minutes(3)],
    takes: [minutes(2), minutes(12)],
    fails: 0.02,
  },
}

export async function playYear(options: YearOptions): Promise<Year> {
  const { seed, pairs, days, keepAlive, startFailures, outage, shortage, failover, portal, trouble = {} } = options
  const marks = pairs.map((_, i) => (pairs.length > 1 ? `${String.fromCharCode(97 + i)}-` : ''))
  const fleets = pairs.map((hosts, i) =>
    fleetOf(hosts, failover && i === 0 ? hosts : Math.ceil(hosts / 4), marks[i] ?? ''),
  )
  const ids = fleets.map((fleet) => fleetIds(fleet))
  const [first] = ids
  if (!first) throw new Error('a year needs a pair')
  const fill = createFleets(fleets)
  const startOf = (n: number) => begins + n * day + inTheMiddle
  const outages = outage ? [{ from: startOf(outage.day), until: startOf(outage.day + outage.days) }] : []
  const story = createStory({
    seed,
    startAt: begins,
    fill: (sim) => {
      fill(sim)
      const pools = ids.map(({ pooled }) => pooled.secondary.hostPool)
      const [every, staysOn] = [hours(6), [hours(1), hours(9)]] as const
      if (shortage) addShortage(sim, shortageFrom(first, startOf(shortage.day), shortage))
      if (portal) startPortalWork(sim, pools, { every, chance: 0.05, staysOn, user: 'admin@contoso.com' })
    },
    planText: planTextFor(ids, { grace: '2 min', keepAlive }),
    faults: {
      ...trouble.azure,
      operations: {
        ...trouble.azure?.operations,
        AllocationFailed: startFailures / 2,
        ZonalAllocationFailed: startFailures / 2,
      },
      ratesFrom: begins + minutes(5),
    },
    ...(trouble.storageFaults && { storageFaults: trouble.storageFaults }),
    ...(trouble.lifeFaults && { lifeFaults: trouble.lifeFaults }),
    isLong: true,
    outages,
    timers: [
      { every: inventoryEvery, run: options.takeInventory },
      { every: timerEvery, run: options.keepHostsAlive },
    ],
  })
  const operator = createOperator(story, first)
  const { sim } = story.region
  const judged = [
    ...ids.map(({ pooled }) => pooled.secondary.hostPool),
    ...(failover ? [first.pooled.primary.hostPool] : []),
  ]
  const hosts = noteStandby(sim.estate, judged)
  const before = atRest(sim.estate)
  await operator.collect()
  const elsewhere = failover ? await thereAndBack(story, operator, first, startOf, failover) : []
  // A failback leaves the other side drained, however it was found by the failover.
  const after = failover ? atRest(sim.estate) : before
  await story.region.clock.run(begins + days * day)
  sim.agenda.settle()
  story.stop()
  const found = new Map(
    ids.flatMap(({ pooled }, i) =>
      [...(i === 0 ? after : before)].filter(([key]) => isIn(key, pooled.secondary.hostPool)),
    ),
  )
  return { story, operator, fleets: ids, from: begins, until: begins + days * day, hosts, found, outages, elsewhere }
}

/** Hosts of all ages up to two months, some open to users, some tagged by a person. */
const fleetOf = (hosts: number, primaryHosts: number, mark: string): Partial<FleetOptions> => ({
  mark,
  vmSize,
  pooledHosts: hosts,
  // Only a failover needs them all.
  primaryHosts,
  users: Math.ceil(hosts / 4),
  groups: 1,
  scalingPlans: true,
  autoscale: { every: minutes(15), changesAtOnce: 1 },
  userActivity: { every: minutes(15), eagerness: 0.5 },
  standby: { scalesIn: true, undrained: 0.5, tagged: 0.1 },
  tokenAgeDays: 1,
  tokenAgeSpreadDays: 59,
  switches,
})

const shortageFrom = (
  { secondaryLocation: location }: FleetIds,
  from: Instant,
  { days, zone }: NonNullable<YearOptions['shortage']>,
): Shortage => ({ location, size: vmSize, zone, code: 'ZonalAllocationFailed', from, until: from + days * day })

const isIn = (key: string, pool: string): boolean => key.startsWith(`${idKey(pool)}/`)
const operationLimit: Millis = hours(12)

/** Users move away in the middle of a night's wake-ups; later the old side is switched off by hand; months on they come home. */
async function thereAndBack(
  { region }: Story,
  operator: Operator,
  { mark, pooled }: FleetIds,
  startOf: (day: number) => Instant,
  { day: away, backOn }: NonNullable<YearOptions['failover']>,
): Promise<KeepAliveJudgeOptions['elsewhere']> {
  const { clock, sim } = region
  const move = async (kind: 'failover' | 'failback', at: Instant) => {
    await clock.run(at)
    await operator.collect()
    const id = await operator.begin({ pairId: `pooled-${mark}uk`, kind })
    if (!(await operator.untilOver([id], operationLimit))) throw new Error(`the ${kind} does not end`)
    const { state } = await operator.operation(id)
    if (state.outcome !== 'succeeded') throw new Error(`the ${kind} ended ${state.outcome}`)
    await operator.pass(hours(1))
  }
  const [primary, secondary] = [idKey(pooled.primary.hostPool), idKey(pooled.secondary.hostPool)]
  await move('failover', startOf(away))
  await clock.run(startOf(away) + hours(12))
  for (const host of sim.estate.sessionHosts.values()) {
    const vm = host.pool === primary ? sim.estate.vms.get(host.vm) : undefined
    if (vm?.power.now() === 'running' && host.sessions.size === 0) deallocateVm(sim, vm, 'person')
  }
  const awayUntil = startOf(away) + hours(12)
  await move('failback', startOf(backOn))
  const end = clock.now()
  return [
    { pool: secondary, from: startOf(away), until: end },
    { pool: primary, from: 0, until: awayUntil },
    { pool: primary, from: startOf(backOn), until: Number.POSITIVE_INFINITY },
  ]
}
