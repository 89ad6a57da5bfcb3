/** What is known of a pair beyond the plan and Azure: where its users are, who works on it, what must be put back. */
import type { OperationKind } from '../core/operation-kind.ts'
import type { RoleAssignment } from './azure.ts'

export type PairState = {
  /** Where users work now. */
  readonly activeSide: 'primary' | 'secondary'
  /** The operation that holds the pair. */
  readonly heldBy?: {
    readonly operationId: string
    readonly kind: OperationKind
    /** The operation it was taken from, whose last calls may still be on their way. */
    readonly from?: string
  }
  /** When access was last taken away on each side, as milliseconds since 1970. It may go on working for a while. */
  readonly revokedAt?: Readonly<Partial<Record<'primary' | 'secondary', number>>>
  /** Assignment subjects of the failover, as they were before it: what failback puts back exactly. */
  readonly recordedAssignments: readonly RecordedAssignment[]
  /** Keys (names in lower case) of the standby hosts we started: what failback puts back to rest. */
  readonly startedHosts: readonly string[]
  /** Keys of the other standby hosts that may carry our exclusion tag: failback takes it off. Missing in older rows. */
  readonly taggedHosts?: readonly string[]
  /** What we switched off on each side and have to switch on again. */
  readonly restore: Readonly<Record<'primary' | 'secondary', readonly ('enableScalingPlan' | 'enableStartOnConnect')[]>>
}

/** Shaped like an operation's assignment subject. */
export type RecordedAssignment = {
  readonly key: string
  readonly principalId: string
  readonly groupName: string
  readonly revoke?: RoleAssignment
  readonly grant: Omit<RoleAssignment, 'id' | 'name'> & { readonly name?: string }
}

/** A pair nothing has been done to. */
export const untouchedPair: PairState = {
  activeSide: 'primary',
  recordedAssignments: [],
  startedHosts: [],
  restore: { primary: [], secondary: [] },
}
