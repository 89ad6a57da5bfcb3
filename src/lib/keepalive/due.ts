/** What a host's clock says: when it is due, and when its token is gone. */
import { hours, type Instant, type Millis } from '../core/time.ts'
import { type HostClock, tokenLife } from '../model/host-clock.ts'
import type { KeepAliveSettings } from '../plan/keep-alive.ts'
import type { StandbyHost } from './standby-hosts.ts'

export type Due = {
  /** The newest heartbeat known; undefined: never seen alive. */
  readonly lastProof?: Instant
  /** What the clock counts from: the proof, or else when the host was first seen. */
  readonly since: Instant
  readonly dueAt: Instant
  readonly expiresAt: Instant
  /** A wake-up that did not come to a heartbeat is not repeated before this. */
  readonly retryFrom: Instant
  /** The token has lapsed and a wake-up has shown it: another one proves nothing. */
  readonly isBeyondWaking: boolean
}

/** A host without a heartbeat may need a repair; waking it again is worth less each time, and never costs more than a week. */
const longestPause: Millis = hours(7 * 24)

export function dueOf(
  { seen }: Pick<StandbyHost, 'seen'>,
  clock: HostClock | undefined,
  { every, warnAfter }: Pick<KeepAliveSettings, 'every' | 'warnAfter'>,
  now: Instant,
): Due {
  // Whoever's run was too short to renew the token has a heartbeat and no proof.
  const lastProof = clock?.lastProof ?? (clock?.beats ? undefined : seen.lastHeartbeat)
  const since = lastProof ?? clock?.firstSeen ?? now
  const dueAt = since + every
  const expiresAt = since + tokenLife
  const wake = clock?.lastWake
  const wasInVain = wake !== undefined && wake.at > since && !proves.has(wake.outcome)
  const isAtRisk = now - since >= warnAfter
  const pause = isAtRisk || !isHostsFault(clock) ? 0 : Math.min(Math.max(0, wake ? wake.at - dueAt : 0), longestPause)
  return {
    ...(lastProof !== undefined && { lastProof }),
    since,
    dueAt,
    expiresAt,
    retryFrom: wasInVain ? wake.at + pause : 0,
    isBeyondWaking: wasInVain && isHostsFault(clock) && wake.at > expiresAt,
  }
}

const proves: ReadonlySet<string> = new Set(['proven', 'running', 'inUse'])

/** It was started and did not come up. A start that Azure refuses says nothing of the host. */
const isHostsFault = (clock: HostClock | undefined): boolean =>
  clock?.lastWake?.outcome === 'noHeartbeat' || clock?.lastWake?.outcome === 'failed'
