import { sameId } from '../core/arm-id.ts'
import { hours, type Instant, isoOf } from '../core/time.ts'
import type { DayPeak, PairSeen, SideSeen } from '../model/inventory.ts'
import type { PlannedPair } from '../plan/schema.ts'
import { hostPoolIdOf } from '../planning/situation.ts'

const keptFor = hours(30 * 24)

/**
 * Days of UTC. A side that could not be read counts nothing: the most that was seen is never more than there was. One pool
 * in two regions is counted once.
 */
export function nextPeaks(
  before: readonly DayPeak[] | undefined,
  pair: PlannedPair,
  { primary, secondary }: Pick<PairSeen, 'primary' | 'secondary'>,
  takenAt: Instant,
): readonly DayPeak[] {
  const first = dayOf(takenAt - keptFor)
  const kept = (before ?? []).filter(({ day }) => day > first)
  const isOnePool = sameId(hostPoolIdOf(pair.primary), hostPoolIdOf(pair.secondary))
  const lists = [primary.sessionHosts, isOnePool ? undefined : secondary.sessionHosts].filter(
    (list) => list !== undefined,
  )
  if (lists.length === 0) return kept
  const day = dayOf(takenAt)
  const today = kept.find((peak) => peak.day === day)?.sessions ?? 0
  const sessions = Math.max(
    today,
    lists.reduce((sum, hosts) => sum + sessionsOf(hosts), 0),
  )
  return [...kept.filter((peak) => peak.day !== day), { day, sessions }]
}

const dayOf = (at: Instant): string => isoOf(at).slice(0, 10)

const sessionsOf = (hosts: NonNullable<SideSeen['sessionHosts']>): number =>
  hosts.reduce((sum, host) => sum + host.sessions, 0)
