import type { Instant, Millis } from '../../src/lib/core/time.ts'

/** Ids of what belongs to a side, in any letter case. */
export type JudgedSide = { readonly hostPools: readonly string[]; readonly applicationGroups: readonly string[] }

export type JudgedPair = {
  readonly id: string
  /** As in the DR plan. `activeActive` pairs, and pairs whose sides share pools or groups, may be used on both sides. */
  readonly strategy: string
  readonly primary: JudgedSide
  readonly secondary: JudgedSide
  /** Primary application group id → secondary one. Without it a side's groups count as one. */
  readonly mapping?: Readonly<Record<string, string>>
}

export type JudgeOptions = {
  readonly pairs: readonly JudgedPair[]
  /** At most this many accepted begins per limiter in any `batchInterval`. */
  readonly batchSize: number
  readonly batchInterval: Millis
  /** Users (id or name) who may meet both sides in use: those named under `grantWithoutSignOutProof`. */
  readonly allowBothSides?: readonly string[]
  /** A gap between revoke and grant longer than this is a violation, too; left out: it is only measured. */
  readonly longestGapAllowed?: Millis
}

export type Rule =
  | 'assignedBothSides'
  | 'leftWithNeither'
  | 'gapTooLong'
  | 'usesBothSides'
  | 'tooManyFailovers'
  | 'tooManyStarts'
  | 'failedOverTwice'
  | 'committedTwice'
  | 'extensionTwice'
  | 'associationTwice'
  | 'wroteToOther'
  | 'reprotectedTwice'
  | 'testFailoverOfSessionHost'
  | 'registrationRerun'
  | 'alignedActiveSide'
  | 'tokenToForeignHost'

export type Violation = { readonly rule: Rule; readonly at: Instant; readonly subject: string; readonly detail: string }

export type Measures = {
  /** Longest time without either side, over all users. */
  readonly longestGap: Millis
  /** Longest time without either side, by user id. */
  readonly gaps: ReadonlyMap<string, Millis>
  readonly failovers: number
  readonly commits: number
  readonly reprotects: number
  readonly extensions: number
  readonly associations: number
  readonly starts: number
  /** Most accepted begins in any `batchInterval`, by limiter. */
  readonly mostFailoversInInterval: Readonly<Record<string, number>>
  readonly mostStartsInInterval: Readonly<Record<string, number>>
}

export type Verdict = { readonly violations: readonly Violation[]; readonly measures: Measures }

/** What was there before the first event: taken by `noteEstate`, or written by hand. Ids in lower case. */
export type JudgedEstate = {
  readonly users: readonly { readonly id: string; readonly name: string; readonly groups: readonly string[] }[]
  readonly applicationGroups: readonly { readonly id: string; readonly hostPoolId: string }[]
  /** GUIDs of the roles that let people use an application group. */
  readonly rolesThatLetIn: readonly string[]
  readonly assignments: readonly Access[]
  readonly hosts: readonly {
    readonly pool: string
    readonly host: string
    readonly allowNewSession: boolean
    readonly isReady: boolean
  }[]
  readonly sessions: readonly { readonly user: string; readonly pool: string; readonly session: string }[]
}

/** One assignment: id of a group or user, scope, GUID of the role. */
export type Access = { readonly principal: string; readonly scope: string; readonly role: string }
