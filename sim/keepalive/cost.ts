/** What keeping hosts alive has cost, and the least it could have cost within the windows of the plan. */
import { hours, type Instant, type Millis } from '../../src/lib/core/time.ts'
import type { LedgerEvent } from '../arm/ledger-types.ts'
import type { StandbyHost } from '../judge/keep-alive-types.ts'
import type { StandbyRun } from '../judge/standby-runs.ts'

export type CostOptions = {
  readonly from: Instant
  readonly until: Instant
  readonly every: Millis
  readonly stayOn: Millis
  /** The latest moment at or before this one at which a wake-up may begin. */
  readonly latestStart: (by: Instant) => Instant
}

export type Cost = {
  readonly usedHours: number
  readonly leastHours: number
  readonly wakes: number
  /** Wake-ups without which some host would have been off for longer than `every`. */
  readonly forced: number
}

/**
 * A forced wake-up costs the boot, `stayOn` and the deallocation as they were drawn, on average; patches fit into
 * `stayOn`. What others switched on is free and counts. `runs` are those to be paid for.
 */
export function costOf(
  events: readonly LedgerEvent[],
  hosts: readonly StandbyHost[],
  runs: readonly StandbyRun[],
  options: CostOptions,
): Cost {
  const { until, stayOn } = options
  const used = runs.reduce((sum, { startedAt, offAt = until }) => sum + offAt - startedAt, 0)
  const whole = runs.filter(({ readyAt, offAt, endedBy }) => readyAt && offAt && endedBy === 'us')
  const overhead = meanOf(
    whole.map((run) => (run.readyAt ?? 0) - run.startedAt + (run.offAt ?? 0) - (run.deallocatedAt ?? 0)),
  )
  const free = freeHeartbeats(events, hosts, runs)
  const forced = hosts.reduce((sum, host) => sum + forcedOf(host, free.get(keyOf(host)) ?? [], options), 0)
  return {
    usedHours: used / hours(1),
    leastHours: (forced * (overhead + stayOn)) / hours(1),
    wakes: runs.length,
    forced,
  }
}

type Beating = { readonly from: Instant; readonly to: Instant }

/** As late as `every` and the window allow, again and again, unless somebody else has switched the host on meanwhile. */
function forcedOf({ lastHeartbeat }: StandbyHost, free: readonly Beating[], options: CostOptions): number {
  const { from, until, every, stayOn, latestStart } = options
  let [last, now, forced] = [lastHeartbeat ?? from, from, 0]
  for (;;) {
    const start = Math.max(now, latestStart(last + every))
    const other = free.find((beating) => beating.to > last && beating.from <= start)
    if (other) last = other.to
    else if (start >= until) return forced
    else {
      forced += 1
      last = start + stayOn
    }
    now = Math.max(now, last)
  }
}

/** Heartbeats that are nobody's cost here: of machines that somebody else has started. */
function freeHeartbeats(events: readonly LedgerEvent[], hosts: readonly StandbyHost[], runs: readonly StandbyRun[]) {
  const ours = Map.groupBy(runs, ({ host }) => keyOf(host))
  const known = new Set(hosts.map(keyOf))
  const since = new Map<string, Instant>()
  const found = new Map<string, Beating[]>()
  for (const event of events) {
    if (event.kind !== 'hostReady' && event.kind !== 'hostGone') continue
    const key = keyOf(event)
    if (!known.has(key)) continue
    const { at } = event
    if (event.kind === 'hostReady') since.set(key, at)
    else if (!ours.get(key)?.some(({ startedAt, offAt = at }) => startedAt < at && at <= offAt))
      found.set(key, [...(found.get(key) ?? []), { from: since.get(key) ?? at, to: at }])
  }
  return found
}

const keyOf = ({ pool, host }: { pool: string; host: string }): string => `${pool}/${host}`.toLowerCase()

const meanOf = (lengths: readonly Millis[]): Millis =>
  lengths.length === 0 ? 0 : lengths.reduce((sum, length) => sum + length, 0) / lengths.length
