/** Which heartbeats prove that a host's token has been renewed. */
import { type Instant, type Millis, minutes } from '../core/time.ts'
import type { HostClock } from './host-clock.ts'

/**
 * The agent renews its token while it runs; Microsoft asks for 20 minutes (AVD FAQ). A shorter run shows heartbeats and
 * may leave the token as old as it was. A minute less, because the newest heartbeat is a while old when it is read.
 */
export const proofNeeds: Millis = minutes(19)

/** Heartbeats further apart may be of two runs. An inventory is taken every 15 minutes. */
const sameRun: Millis = minutes(20)

type Beating = Pick<HostClock, 'lastProof' | 'beats'>

export const isProof = (from: Instant, to: Instant): boolean => to - from >= proofNeeds

/** The clock after another heartbeat has been seen. Never goes backwards. */
export function withHeartbeat({ lastProof, beats }: Beating, heartbeat: Instant): Beating {
  const newest = Math.max(beats?.to ?? 0, lastProof ?? 0)
  if (heartbeat <= newest) return { ...(lastProof !== undefined && { lastProof }), ...(beats && { beats }) }
  const from = beats && heartbeat - beats.to <= sameRun ? beats.from : heartbeat
  const proven = isProof(from, heartbeat) ? heartbeat : lastProof
  return { ...(proven !== undefined && { lastProof: proven }), beats: { from, to: heartbeat } }
}
