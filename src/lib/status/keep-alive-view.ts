/** Standby hosts and their tokens: when each was last proven alive, when it is woken next, and what a year of it costs. */
import { type Instant, isoOf, type Millis } from '../core/time.ts'
import { fslogixOf } from '../drift/guest.ts'
import { type Assessment, assess, isKept, type KeptPair } from '../keepalive/assess.ts'
import { type Forecast, forecastOf, onTimeOf } from '../keepalive/forecast.ts'
import { startable } from '../keepalive/openings.ts'
import { clockKey, judge, type WakeDecision } from '../keepalive/plan-wakes.ts'
import { standbySideOf } from '../keepalive/standby-hosts.ts'
import type { HostClock } from '../model/host-clock.ts'
import type { Inventory } from '../model/inventory.ts'
import type { DrPlan, PlannedPair } from '../plan/schema.ts'
import type { PairRecord } from '../ports/operations.ts'
import type { World } from '../ports/world.ts'
import { startFailuresOf } from './start-failures.ts'

export type KeepAliveSource = {
  readonly world: Pick<World, 'clock' | 'pairs' | 'hosts'>
  readonly plan: DrPlan
  readonly inventory: Inventory | undefined
}

/** Pairs in the plan's order. Moments are ISO 8601, lengths milliseconds. */
export async function viewKeepAlive({ world, plan, inventory }: KeepAliveSource) {
  const now = world.clock.now()
  const pairs = await Promise.all(
    plan.pairs.map(async (pair) => {
      if (!isKept(pair)) return off(pair)
      const [{ value: state }, kept] = await Promise.all([world.pairs.load(pair.id), world.hosts.list(pair.id)])
      return viewOf({ pair, state, inventory, clocks: kept.map(({ value }) => value), now })
    }),
  )
  return { at: isoOf(now), ...(inventory && { inventoryTakenAt: isoOf(inventory.takenAt) }), pairs }
}

const off = ({ id, strategy }: PlannedPair) => ({
  id,
  strategy,
  keepAlive: 'off' as const,
  why: 'The plan has no keepAlive for this pair: nobody wakes its standby hosts.',
})

type Input = {
  readonly pair: KeptPair
  readonly state: PairRecord
  readonly inventory: Inventory | undefined
  readonly clocks: readonly HostClock[]
  readonly now: Instant
}

function viewOf(input: Input) {
  const { pair, state, clocks, now } = input
  const assessment = assess(input)
  const { alarms, capacity, repairs, putBacks, wakePlan } = assessment
  const { opening } = wakePlan
  const forecast = forecastFor(input, assessment)
  const side = standbySideOf(pair, state)
  return {
    id: pair.id,
    strategy: pair.strategy,
    keepAlive: 'on' as const,
    ...(side && { standbySide: side }),
    ...(state.heldBy && { heldBy: state.heldBy.operationId }),
    settings: pair.keepAlive,
    ...(opening && {
      opening: { opens: isoOf(opening.opens), lastStart: isoOf(opening.lastStart), closes: isoOf(opening.closes) },
    }),
    capacity,
    forecast: forecastView(forecast),
    alarms: alarms.map(({ code, hosts, message }) => ({ code, hosts: hosts.length, message })),
    repairs: repairs.map((repair) => repairView(repair, clocks)),
    leftBehind: putBacks.map(({ side, host, left, since, code }) => ({ side, host, left, since: isoOf(since), code })),
    startFailures: startFailuresOf(clocks).map(({ lastAt, ...failure }) => ({ ...failure, lastAt: isoOf(lastAt) })),
    hosts: hostLines(assessment, forecast, clocks, now),
  }
}

function repairView({ vmId: _, ...repair }: Assessment['repairs'][number], clocks: readonly HostClock[]) {
  const last = clocks.find((clock) => clockKey(clock) === clockKey(repair))?.lastRepair
  if (!last) return repair
  const { operationId, at, outcome, detail } = last
  return { ...repair, last: { operationId, at: isoOf(at), outcome, ...(detail !== undefined && { detail }) } }
}

/** Of those that can be woken at all. One that runs counts as proven now. */
function forecastFor({ pair, clocks, now }: Input, { hosts, openings, capacity, wakePlan }: Assessment): Forecast {
  const settings = pair.keepAlive
  const byKey = new Map(clocks.map((clock) => [clockKey(clock), clock]))
  const open = startable(openings, now)
  const waiting = hosts.flatMap((host) => {
    const { waiting: one, block } = judge(host, { settings, clocks: byKey, now }, open)
    if (block === 'noVm' || block === 'ambiguousVm' || block === 'lapsed') return []
    return [block === 'running' ? { ...one, dueAt: now + settings.every } : one]
  })
  const { opening } = wakePlan
  const tried = clocks.filter(({ lastWake }) => opening && lastWake && lastWake.at >= opening.opens).length
  const { perOpening } = capacity
  return forecastOf({ settings, waiting, perOpening, tried, onTime: onTimeOf(clocks, settings), now })
}

const forecastView = ({ from, until, wakeUps, vmHours, peakPerOpening, peakConcurrent }: Forecast) => ({
  from: isoOf(from),
  until: isoOf(until),
  wakeUps,
  vmHours,
  peakPerOpening,
  peakConcurrent,
})

function hostLines(
  { hosts, wakePlan }: Assessment,
  { nextWakes }: Forecast,
  clocks: readonly HostClock[],
  now: Instant,
) {
  const byKey = new Map(clocks.map((clock) => [clockKey(clock), clock]))
  const vms = new Map(hosts.map((host) => [clockKey(host), host.vm]))
  return wakePlan.decisions.map((decision) => {
    const key = clockKey(decision)
    const vm = vms.get(key)
    return hostLine(
      decision,
      nextWakes.get(key),
      byKey.get(key),
      typeof vm === 'object' ? fslogixOf(vm.tags) : undefined,
      now,
    )
  })
}

const day: Millis = 86_400_000

function hostLine(
  decision: WakeDecision,
  next: Instant | undefined,
  clock: HostClock | undefined,
  fslogix: unknown,
  now: Instant,
) {
  const { side, host, lastProof, dueAt, expiresAt, code, reason } = decision
  const wake = clock?.lastWake
  return {
    host,
    side,
    ...(lastProof !== undefined && { lastProof: isoOf(lastProof) }),
    /** Whole days until the registration lapses; below zero: it has. */
    daysLeft: Math.floor((expiresAt - now) / day),
    dueAt: isoOf(dueAt),
    ...(next !== undefined && { nextWake: isoOf(next) }),
    code,
    reason,
    ...(clock?.agentVersion !== undefined && { agentVersion: clock.agentVersion }),
    ...(wake && { lastWake: { ...wake, at: isoOf(wake.at) } }),
    fslogix: fslogix ?? 'could not check',
  }
}
