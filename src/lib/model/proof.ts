/** Which heartbeats prove that a host's token has been renewed. */
import { hours, type Instant, type Millis, minutes } from '../core/time.ts'
import type { HostClock } from './host-clock.ts'

/**
 * The agent renews its token while it runs; Microsoft asks for 20 minutes (AVD FAQ). A shorter run shows heartbeats and
 * may leave the token as old as it was. A minute less, because the newest heartbeat is a while old when it is read.
 */
export const proofNeeds: Millis = minutes(19)

/**
 * A host that was alive in two inventories, one after the other, was on in between. Further apart than an inventory may
 * be old they may be of two runs.
 */
const sameRun: Millis = hours(6)

type Beating = Pick<HostClock, 'lastProof' | 'beats'>

export const isProof = (from: Instant, to: Instant): boolean => to - from >= proofNeeds

/**
 * The clock after a host has been seen with this as its newest heartbeat. `isAlive`: the heartbeat was fresh then; the
 * last one of a host that is off is as new in every inventory to come. Never goes backwards.
 */
export function withHeartbeat({ lastProof, beats }: Beating, heartbeat: Instant, isAlive: boolean): Beating {
  const known = { ...(lastProof !== undefined && { lastProof }) }
  const over = isAlive ? {} : ({ isOver: true } as const)
  if (beats && heartbeat <= beats.to) return { ...known, beats: isAlive ? beats : { ...beats, isOver: true } }
  if (heartbeat <= (lastProof ?? 0)) return { ...known, ...(beats && { beats }) }
  const from = beats && !beats.isOver && heartbeat - beats.to <= sameRun ? beats.from : heartbeat
  const run = { from, to: heartbeat, ...over }
  return isProof(from, heartbeat) ? { lastProof: heartbeat, beats: run } : { ...known, beats: run }
}
