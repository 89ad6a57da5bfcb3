/** Hosts that waking does not help, and what the plan says is to be done about them. */
import { type Instant, isoOf } from '../core/time.ts'
import type { HostClock } from '../model/host-clock.ts'
import type { KeepAliveSettings } from '../plan/keep-alive.ts'
import { dueOf } from './due.ts'
import { clockKey, type HostKey } from './plan-wakes.ts'
import type { StandbyHost } from './standby-hosts.ts'

export type RepairCode = 'expired' | 'noHeartbeat'

export type Repair = HostKey & {
  readonly code: RepairCode
  /** As the plan has it. Nothing replaces hosts yet: `replace` is proposed like `propose`. */
  readonly policy: KeepAliveSettings['repair']
  /** One sentence. */
  readonly reason: string
}

export function repairsOf(
  hosts: readonly StandbyHost[],
  clocks: ReadonlyMap<string, HostClock>,
  settings: KeepAliveSettings,
  now: Instant,
): readonly Repair[] {
  if (settings.repair === 'off') return []
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
