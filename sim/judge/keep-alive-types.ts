import type { Instant, Millis } from '../../src/lib/core/time.ts'

/** A session host before the story begins. Ids and names in lower case. */
export type StandbyHost = {
  readonly pool: string
  readonly host: string
  readonly vm: string
  /** The agent's last word; undefined: it beats when the story begins, or never did. */
  readonly lastHeartbeat?: Instant
  readonly isBeating: boolean
}

/** What is found on a host: what a wake-up has to leave as it was. */
export type AtRest = { readonly letsIn: boolean; readonly tags: string; readonly power: string }

export type KeepAliveRule =
  | 'heartbeatTooOld'
  | 'expired'
  | 'onTooLong'
  | 'leftRunning'
  | 'leftDrained'
  | 'leftTagged'
  | 'userDisturbed'
  | 'hostInUseTouched'
  | 'tooManyAtOnce'

export type KeepAliveViolation = {
  readonly rule: KeepAliveRule
  readonly at: Instant
  readonly subject: string
  readonly detail: string
}

export type KeepAliveJudgeOptions = {
  /** The end of the story. */
  readonly until: Instant
  /** Longest allowed time without a heartbeat. */
  readonly longestSilence: Millis
  readonly maxOnTime: Millis
  readonly maxConcurrent: number
  /** Pools, in lower case, that are another operation's business meanwhile: a failover starts hosts and signs people out. */
  readonly elsewhere: readonly { readonly pool: string; readonly from: Instant; readonly until: Instant }[]
}
