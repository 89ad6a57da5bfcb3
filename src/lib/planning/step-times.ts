/** How long the parts of an operation took before, and what is assumed where nobody has measured. */
import { hours, type Millis, minutes, seconds } from '../core/time.ts'

/** Recorded durations where there are some; Azure publishes none for these. */
export const assumedTimes = {
  /** Switching scaling plan and Start VM on Connect off, with one look. */
  secure: seconds(30),
  /** From start to the agent's heartbeat: 30–90 s for the machine, 1–3 min for the agent (assumed). */
  hostReady: minutes(4),
  /** The same of a machine that a failover has made (assumed). */
  desktopReady: minutes(4),
  /** Two writes and a look each, all at once, within ARM's 10 writes a second. */
  revoke: minutes(1),
  signOut: minutes(2),
  grant: minutes(1),
  /** Recorded single failovers: 2 min 24 s without, 3 min 26 s with shutting the source down. */
  failover: minutes(2) + seconds(24),
  failoverWithShutdown: minutes(3) + seconds(26),
  /** 30 to 60 s until the item says so. */
  commit: minutes(1),
  deallocate: minutes(2),
  /** A machine with its domain join and agent (not recorded: a guess). */
  redeploy: minutes(15),
  /** One to four minutes are typical (not recorded: a guess). */
  extension: minutes(2),
  /** Hours (Site Recovery, reprotect): the changes of both machines are compared. Not recorded: a guess. */
  reprotect: hours(3),
} satisfies Readonly<Record<string, Millis>>

export type TimedPart = keyof typeof assumedTimes
export const timedParts = Object.keys(assumedTimes) as readonly TimedPart[]

/** Of one part: the middle, and what nine in ten did not exceed. */
export type PartTime = {
  readonly count: number
  readonly median: Millis
  readonly p90: Millis
  /** Where this pair has not been measured: other pairs of its strategy. */
  readonly from: 'thisPair' | 'otherPairs'
}

export type StepTimes = Readonly<Partial<Record<TimedPart, PartTime>>>

/** What an estimate went by. */
export type TimeUsed = {
  readonly part: TimedPart
  readonly takes: Millis
  readonly from: 'assumed' | PartTime['from']
  /** How often it was measured. */
  readonly count: number
}

/** Remembers what was asked of it. */
export type Clockwork = { readonly takes: (part: TimedPart) => Millis; readonly used: () => readonly TimeUsed[] }

export function clockworkOf(measured: StepTimes, which: 'median' | 'p90'): Clockwork {
  const used = new Map<TimedPart, TimeUsed>()
  return {
    takes: (part) => {
      const time = measured[part]
      const takes = time?.[which] ?? assumedTimes[part]
      used.set(part, { part, takes, from: time?.from ?? 'assumed', count: time?.count ?? 0 })
      return takes
    },
    used: () => [...used.values()],
  }
}
