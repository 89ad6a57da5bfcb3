/** The guard: what wake-ups have left behind on hosts, and what of it is put back now. */
import { hours, type Instant, type Millis } from '../core/time.ts'
import type { Side } from '../machine/spec.ts'
import type { HostClock, LeftBehind } from '../model/host-clock.ts'
import { clockKey, type HostKey } from './plan-wakes.ts'
import { isUnrepaired } from './repairs.ts'
import type { StandbyHost } from './standby-hosts.ts'

export type PutBackCode = 'putsBack' | 'triedLately' | 'activeSide' | 'hostIsGone'

export type PutBack = HostKey & {
  readonly left: readonly LeftBehind[]
  readonly since: Instant
  readonly code: PutBackCode
  /** Of a host that the pool has no record of any more. */
  readonly vmId?: string
}

export type PutBackInput = {
  readonly clocks: readonly HostClock[]
  readonly standbySide: Side | undefined
  readonly hosts: readonly StandbyHost[]
  readonly now: Instant
}

/** A host that somebody works on, or that Azure does not answer for, is asked again after this. */
const pause: Millis = hours(1)

/** Every host something is left on. On the side where users work nothing is stopped: those hosts are the failover's. */
export function planPutBacks({ clocks, standbySide, hosts, now }: PutBackInput): readonly PutBack[] {
  const known = new Set(hosts.map(clockKey))
  const codeOf = (clock: HostClock): PutBackCode => {
    if (clock.side !== standbySide) return 'activeSide'
    // A repair takes the record away, and names the VM.
    if (!known.has(clockKey(clock)) && vmIdOf(clock) === undefined) return 'hostIsGone'
    return now - (clock.putBackTriedAt ?? Number.NEGATIVE_INFINITY) < pause ? 'triedLately' : 'putsBack'
  }
  return clocks
    .filter(({ left }) => left.length > 0)
    .map((clock) => {
      const { side, host, left, leftSince = now } = clock
      const vmId = known.has(clockKey(clock)) ? undefined : vmIdOf(clock)
      return { side, host, left, since: leftSince, code: codeOf(clock), ...(vmId !== undefined && { vmId }) }
    })
}

const vmIdOf = (clock: HostClock): string | undefined =>
  isUnrepaired(clock) && clock.left.includes('deallocateVm') ? clock.lastRepair?.vmId : undefined
