/** What is known of a standby host over the months: when it last proved to be alive, and what a wake-up left behind on it. */
import { hours, type Instant, type Millis } from '../core/time.ts'

/** A host that was off for so long has lost its registration (Azure Virtual Desktop FAQ, "How often should I turn my VMs on"). */
export const tokenLife: Millis = hours(90 * 24)

/** How a wake-up ended. `proven`: a fresh heartbeat after the start; `running`: it ran already, and is not ours to stop. */
export type WakeOutcome = 'proven' | 'running' | 'noHeartbeat' | 'startFailed' | 'inUse' | 'interrupted' | 'failed'

/** How a repair ended. `alive`: the host turned out to need none; `interrupted`: aborted, or its pair was taken over. */
export type RepairOutcome = 'repaired' | 'alive' | 'repairFailed' | 'interrupted'

/** A start that failed says what capacity there is (issue of size and zone, not of the host). */
export type StartFailure = {
  readonly at: Instant
  /** Azure's: `AllocationFailed`, `ZonalAllocationFailed`, `SkuNotAvailable`, `QuotaExceeded`, … */
  readonly code: string
  readonly size: string
  readonly zone?: string
}

/** A step that an ended wake-up has not taken back. */
export type LeftBehind = 'deallocateVm' | 'undrainHost' | 'includeInScaling'

/** A start that went through says so too, of the machine as it was then. */
export type StartProof = { readonly at: Instant; readonly size: string; readonly zone?: string }

export type HostClock = {
  readonly pairId: string
  readonly side: 'primary' | 'secondary'
  /** Session host name without the pool's, in lower case. */
  readonly host: string
  /** The newest heartbeat of a run that was long enough to renew the token (`withHeartbeat`). Absent: never seen so. */
  readonly lastProof?: Instant
  /** The run of heartbeats that was seen last: its first and its newest; `isOver`: the host has been seen silent since. */
  readonly beats?: { readonly from: Instant; readonly to: Instant; readonly isOver?: true }
  /** When this host was first seen: what its clock counts from as long as there is no proof. */
  readonly firstSeen: Instant
  readonly agentVersion?: string
  readonly lastWake?: {
    readonly operationId: string
    readonly at: Instant
    readonly outcome: WakeOutcome
    /** One clause. */
    readonly detail?: string
    /** From the accepted start to verified deallocated, in milliseconds. */
    readonly onFor?: Millis
  }
  readonly lastRepair?: {
    readonly operationId: string
    readonly at: Instant
    readonly outcome: RepairOutcome
    /** One clause. */
    readonly detail?: string
    /** The VM that was, or was to be, made anew: the pool may have no record of the host any more. */
    readonly vmId: string
  }
  /** The newest of ours that went through. */
  readonly lastStart?: StartProof
  /** The last ten, oldest first. */
  readonly startFailures: readonly StartFailure[]
  readonly left: readonly LeftBehind[]
  readonly leftSince?: Instant
  /** When it was last tried to take back what is left. */
  readonly putBackTriedAt?: Instant
}
