import type { Instant, Millis } from '../../src/lib/core/time.ts'
import type { LedgerEvent } from '../arm/ledger-types.ts'
import type { StandbyHost } from './keep-alive-types.ts'

/** One time that a machine was started by whoever is under test, from the accepted start on. */
export type StandbyRun = {
  readonly host: StandbyHost
  readonly startedAt: Instant
  /** The error the start ended with. */
  readonly errorCode?: string
  /** The agent's first heartbeat. */
  readonly readyAt?: Instant
  /** When its deallocation was accepted, and over. Whose it was is `endedBy`; absent: still on. */
  readonly deallocatedAt?: Instant
  readonly offAt?: Instant
  readonly endedBy?: 'us' | 'others'
}

type Draft = { -readonly [K in keyof StandbyRun]: StandbyRun[K] }

/** All runs in order of their start. A start of a machine that is on already is none: Azure accepts it and does nothing. */
export function standbyRuns(events: readonly LedgerEvent[], hosts: readonly StandbyHost[]): readonly StandbyRun[] {
  const byVm = new Map(hosts.map((host) => [host.vm, host]))
  const byName = new Map(hosts.map((host) => [`${host.pool}/${host.host}`, host]))
  const open = new Map<string, Draft>()
  const runs: Draft[] = []
  for (const event of events) {
    if (event.kind === 'hostReady') {
      const run = open.get(byName.get(`${event.pool.toLowerCase()}/${event.host.toLowerCase()}`)?.vm ?? '')
      if (run && run.readyAt === undefined) run.readyAt = event.at
    }
    if (!('vm' in event)) continue
    const vm = event.vm.toLowerCase()
    const host = byVm.get(vm)
    if (!host) continue
    const run = open.get(vm)
    if (event.kind === 'startAccepted' && event.by === undefined) {
      const fresh: Draft = { host, startedAt: event.at }
      open.set(vm, fresh)
      runs.push(fresh)
    } else if (event.kind === 'startAccepted') open.delete(vm)
    else if (run) follow(run, event, () => open.delete(vm))
  }
  return runs
}

function follow(run: Draft, event: LedgerEvent, close: () => void): void {
  if (event.kind === 'startEnded' && !event.ok) {
    run.errorCode = event.errorCode ?? 'unknown'
    run.offAt = event.at
    close()
  }
  if (event.kind === 'deallocateAccepted' && run.deallocatedAt === undefined) {
    run.deallocatedAt = event.at
    run.endedBy = event.by === undefined ? 'us' : 'others'
  }
  if (event.kind === 'deallocateEnded') {
    run.offAt = event.at
    close()
  }
}

/** The most runs that overlap at one moment, by pool. */
export function mostAtOnce(runs: readonly StandbyRun[], end: Instant): ReadonlyMap<string, number> {
  const most = new Map<string, number>()
  for (const [pool, own] of Map.groupBy(runs, ({ host }) => host.pool)) {
    const changes = own.flatMap(({ startedAt, offAt = end }) => [
      { at: startedAt, by: 1 },
      { at: offAt, by: -1 },
    ])
    let on = 0
    // Off before on at one moment.
    for (const { by } of changes.sort((a, b) => a.at - b.at || a.by - b.by)) {
      on += by
      most.set(pool, Math.max(most.get(pool) ?? 0, on))
    }
  }
  return most
}

export const lengthOf = ({ startedAt, offAt }: StandbyRun, end: Instant): Millis => (offAt ?? end) - startedAt
