/** What the parts of the simulated Azure share. Nothing here is imported by `src`. */
import type { Instant, Millis } from '../../src/lib/core/time.ts'

import type { Estate } from './estate-types.ts'
import type { Ledger } from './ledger-types.ts'
import type { ListFault, PageCut } from './list-faults.ts'

/** A request as it reached the simulated Resource Manager. */
export type SimRequest = {
  readonly method: 'GET' | 'PUT' | 'POST' | 'PATCH' | 'DELETE' | 'HEAD'
  /** Path with doubled slashes collapsed, letter case as sent. */
  readonly path: string
  /** Query names in lower case (`$filter`, `api-version`, …). */
  readonly query: Readonly<Record<string, string>>
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** Parsed JSON, undefined when there was none. */
  readonly body?: unknown
  /** Object id of the caller, taken from the bearer token. */
  readonly principal: string
}

export type SimResponse = {
  readonly status: number
  readonly headers?: Readonly<Record<string, string>>
  /** Sent as JSON; a string is sent as it stands. */
  readonly body?: unknown
  /** How much later than usual the answer leaves, in milliseconds. */
  readonly delay?: Millis
}
/**
 * `hang`: no answer ever; `reset`: the connection breaks. Either may have had its effect. `noConnection`: none was made.
 */
export type SimAnswer = SimResponse | 'hang' | 'reset' | 'noConnection'

/** ARM's token bucket an operation is charged to. */
export type Bucket = 'reads' | 'writes' | 'deletes'
/** Compute's own policies (facts: Compute throttling limits). */
export type ComputePolicy =
  | 'putVm'
  | 'updateVm'
  | 'deleteVm'
  | 'lowCostGet'
  | 'highCostGet'
  | 'getOperation'
  | 'guestPatch'

/** One operation of one resource provider. `path` is a template, `{name}` matches one segment, `{name*}` one or more. */
export type Route = {
  readonly method: SimRequest['method']
  readonly path: string
  readonly bucket: Bucket
  readonly compute?: ComputePolicy
  /** `Microsoft.Compute/virtualMachines/start/action`: named in faults and in the ledger of calls. */
  readonly action: string
  /** Versions of this operation, where they are not the provider's. */
  readonly apiVersions?: readonly string[]
  readonly handle: (request: SimRequest, params: Readonly<Record<string, string>>, sim: Sim) => SimResponse
}

export type Provider = {
  readonly namespace: string
  readonly routes: readonly Route[]
  /** Versions this provider answers to; any well-formed one when left out. */
  readonly apiVersions?: readonly string[]
}

/** Seeded; the same seed gives the same world. */
export type Random = {
  /** [0, 1) */
  readonly next: () => number
  /** Uniform, both ends possible. */
  readonly between: (low: number, high: number) => number
  readonly pick: <T>(items: readonly T[]) => T
  readonly chance: (probability: number) => boolean
  /** An independent generator that does not disturb this one. */
  readonly fork: (label: string) => Random
  readonly uuid: () => string
}

/** How long things take and how reads lag; sampled per use from the seeded generator. Milliseconds, [low, high]. */
export type Timings = {
  readonly armLatency: readonly [Millis, Millis]
  readonly vmStart: readonly [Millis, Millis]
  readonly vmDeallocate: readonly [Millis, Millis]
  /** From a running VM to the agent's first heartbeat. */
  readonly agentBoot: readonly [Millis, Millis]
  readonly failover: readonly [Millis, Millis]
  readonly commit: readonly [Millis, Millis]
  readonly signOut: readonly [Millis, Millis]
  /** A write becomes visible to reads this much later: AVD, Compute power state, Site Recovery, role assignment lists. */
  readonly readLag: readonly [Millis, Millis]
  /** A role assignment changes what a user can really do this much later (documented: up to 10 minutes). */
  readonly accessPropagation: readonly [Millis, Millis]
}

/** What every provider gets. State is advanced lazily: before a request is handled, `agenda` runs all that is due. */
export type Sim = {
  readonly now: () => Instant
  readonly random: Random
  readonly timings: Timings
  readonly ledger: Ledger
  readonly agenda: {
    /** Runs `effect` at that simulated moment, in order of time; `now()` is that moment while it runs. */
    readonly at: (when: Instant, effect: () => void) => void
    /** Runs all effects due by `now()`. */
    readonly settle: () => void
  }
  /** Absolute origin of this Resource Manager, `https://management.sim.example`, for LRO and next-link URLs. */
  readonly origin: string
  readonly estate: Estate
  readonly faults: Faults
}

/** Seeded trouble. Providers ask; the kernel applies HTTP-level faults itself. */
export type Faults = {
  /** Asked by a provider when a long operation is accepted: the error it will end with, or undefined. */
  readonly operationFailure: (
    action: string,
    subject: string,
  ) => { readonly code: string; readonly message: string } | undefined
  /** Asked by a provider when a long operation is accepted: by how much longer than usual it takes. */
  readonly delay: (action: string, subject: string) => Millis
  /** Asked for every page of a list, while its request is carried out: the page as a fault makes it, if one strikes. */
  readonly listFault: (spoil: (fault: ListFault) => PageCut | undefined) => PageCut | undefined
  /** How often each fault struck, by name. A chaos run that injected nothing fails. */
  readonly counts: () => Readonly<Record<string, number>>
}
