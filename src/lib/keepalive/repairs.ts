/** Hosts that waking does not help, and what the plan says is to be done about them. */
import { type Instant, isoOf } from '../core/time.ts'
import type { HostClock } from '../model/host-clock.ts'
import type { KeepAliveSettings } from '../plan/keep-alive.ts'
import { dueOf } from './due.ts'
import { clockKey, type HostKey } from './plan-wakes.ts'
import type { StandbyHost } from './standby-hosts.ts'

export type RepairCode = 'expired' | 'noHeartbeat' | 'removed'

export type Repair = HostKey & {
  readonly code: RepairCode
  /** As the plan has it. `planRepairs` says which host is replaced, and when. */
  readonly policy: KeepAliveSettings['repair']
  /** One sentence. */
  readonly reason: string
  /** Of a host that the pool has no record of any more. */
  readonly vmId?: string
}

export function repairsOf(
  hosts: readonly StandbyHost[],
  clocks: ReadonlyMap<string, HostClock>,
  settings: KeepAliveSettings,
  now: Instant,
): readonly Repair[] {
  if (settings.repair === 'off') return []
  return [...deadHosts(hosts, clocks, settings, now), ...removedHosts(hosts, clocks, settings)]
}

/** Their record is gone, and no machine has registered in its place: nothing but their clock knows of them. */
function removedHosts(
  hosts: readonly StandbyHost[],
  clocks: ReadonlyMap<string, HostClock>,
  settings: KeepAliveSettings,
): readonly Repair[] {
  const listed = new Set(hosts.map(clockKey))
  return [...clocks.values()].flatMap((clock) => {
    const { side, host, lastRepair } = clock
    if (!isUnrepaired(clock) || lastRepair === undefined || listed.has(clockKey(clock))) return []
    const reason = `A repair took its record away (${isoOf(lastRepair.at)}) and did not come to a new host.`
    return [{ side, host, code: 'removed', policy: settings.repair, reason, vmId: lastRepair.vmId }]
  })
}

/** The last repair did not come to a host that is alive, and none has been seen alive since. */
export const isUnrepaired = ({ lastRepair, lastProof = 0 }: HostClock): boolean =>
  (lastRepair?.outcome === 'repairFailed' || lastRepair?.outcome === 'interrupted') && lastProof <= lastRepair.at

function deadHosts(
  hosts: readonly StandbyHost[],
  clocks: ReadonlyMap<string, HostClock>,
  settings: KeepAliveSettings,
  now: Instant,
): readonly Repair[] {
  return hosts.flatMap((standby) => {
    const clock = clocks.get(clockKey(standby))
    const { since, lastProof, expiresAt } = dueOf(standby, clock, settings, now)
    const wake = clock?.lastWake
    const { side, host } = standby
    const of = (code: RepairCode, reason: string) => [{ side, host, code, policy: settings.repair, reason }]
    if (expiresAt <= now)
      return of(
        'expired',
        lastProof === undefined
          ? `Never seen alive since ${isoOf(since)}: its registration has lapsed.`
          : `No heartbeat since ${isoOf(since)}: its registration has lapsed.`,
      )
    if (wake?.outcome === 'noHeartbeat' && wake.at > since)
      return of('noHeartbeat', `It was started and sent no heartbeat (${isoOf(wake.at)}).`)
    return []
  })
}
