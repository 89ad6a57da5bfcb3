/** What really happened, as the ledger keeps it. */
import type { Instant } from '../../src/lib/core/time.ts'

/** Who did it, where it was a service of Azure's or a person in the portal, and not a caller under test: such starts are nobody's pace. */
export type Actor = 'scalingPlan' | 'startOnConnect' | 'siteRecovery' | 'person'

/**
 * What really happened, with the time, written by the providers when something was accepted or took effect.
 * Tests judge this, never the product's own word.
 */
export type LedgerEvent = { readonly at: Instant } & (
  | {
      readonly kind: 'failoverAccepted' | 'commitAccepted'
      readonly item: string
      readonly vm: string
      readonly job: string
      readonly limiter: string
      readonly by?: Actor
    }
  | {
      readonly kind: 'reprotectAccepted' | 'recoveryPointAccepted' | 'testFailoverAccepted'
      readonly item: string
      readonly vm: string
      readonly job: string
      readonly by?: Actor
    }
  /** `machine` is Compute's GUID: the machine that a failover makes has another one under the same name. */
  | {
      readonly kind: 'extensionAccepted'
      readonly vm: string
      readonly machine: string
      readonly name: string
      readonly publisher: string
      readonly type: string
      /** The machine was made by a failover. */
      readonly isFailedOver: boolean
      readonly by?: Actor
    }
  | {
      readonly kind: 'extensionEnded'
      readonly vm: string
      readonly machine: string
      readonly name: string
      readonly ok: boolean
      readonly errorCode?: string
    }
  | {
      readonly kind: 'extensionRemoved'
      readonly vm: string
      readonly machine: string
      readonly name: string
      readonly isFailedOver: boolean
      readonly by?: Actor
    }
  | {
      readonly kind: 'associationAccepted'
      readonly vm: string
      readonly machine: string
      readonly name: string
      readonly isFailedOver: boolean
      readonly by?: Actor
    }
  /** The extension that once joined the machine to its pool or domain ran again: its registration is gone. */
  | { readonly kind: 'registrationRerun'; readonly vm: string; readonly name: string; readonly type: string }
  | {
      readonly kind: 'jobEnded'
      readonly job: string
      readonly vm: string
      readonly scenario: string
      readonly state: 'Succeeded' | 'Failed' | 'Cancelled'
      readonly errorCode?: string
    }
  | {
      readonly kind: 'startAccepted' | 'deallocateAccepted'
      readonly vm: string
      readonly limiter: string
      readonly by?: Actor
    }
  | {
      readonly kind: 'startEnded' | 'deallocateEnded'
      readonly vm: string
      readonly ok: boolean
      readonly errorCode?: string
    }
  | {
      readonly kind: 'granted' | 'revoked'
      readonly assignment: string
      readonly scope: string
      readonly principal: string
      readonly role: string
    }
  | {
      readonly kind: 'drainSet'
      readonly pool: string
      readonly host: string
      readonly allowNewSession: boolean
      readonly by?: Actor
    }
  | { readonly kind: 'hostReady' | 'hostGone'; readonly pool: string; readonly host: string }
  | {
      readonly kind: 'sessionOpened'
      readonly pool: string
      readonly host: string
      readonly user: string
      readonly session: string
    }
  | {
      readonly kind: 'sessionEnded'
      readonly pool: string
      readonly host: string
      readonly user: string
      readonly session: string
      /** The broker's list shows it until then. */
      readonly shownUntil?: Instant
    }
  | { readonly kind: 'messageSent'; readonly pool: string; readonly host: string; readonly user: string }
  | { readonly kind: 'tagsSet'; readonly vm: string; readonly tags: Readonly<Record<string, string>> }
  | { readonly kind: 'scalingPlanSet'; readonly plan: string; readonly pool: string; readonly enabled: boolean }
  | { readonly kind: 'startOnConnectSet'; readonly pool: string; readonly enabled: boolean }
  /** One of the other properties of a host pool. */
  | { readonly kind: 'poolPropertySet'; readonly pool: string; readonly name: string; readonly by?: Actor }
  | {
      readonly kind: 'applicationGroupPut'
      readonly pool: string
      readonly group: string
      readonly isNew: boolean
      readonly by?: Actor
    }
  | {
      readonly kind: 'applicationPut'
      readonly pool: string
      readonly group: string
      readonly application: string
      readonly isNew: boolean
      readonly by?: Actor
    }
  /** The assignment began, or ceased, to change what its principal can really do. */
  | {
      readonly kind: 'accessBegan' | 'accessEnded'
      readonly assignment: string
      readonly scope: string
      readonly principal: string
      readonly role: string
    }
  /** The machine came up, and its agent cannot report in any more. */
  | { readonly kind: 'hostExpired'; readonly pool: string; readonly host: string }
  | {
      readonly kind: 'agentUpdated'
      readonly pool: string
      readonly host: string
      readonly ok: boolean
      /** The machine went down in the middle of it. */
      readonly cutOff?: boolean
    }
  | { readonly kind: 'patchAccepted'; readonly vm: string; readonly what: 'assess' | 'install' }
  | { readonly kind: 'patchEnded'; readonly vm: string; readonly what: 'assess' | 'install'; readonly ok: boolean }
  | { readonly kind: 'rebooted'; readonly vm: string }
  /** A bearer token was sent to a host that is not this Resource Manager. */
  | { readonly kind: 'tokenToForeignHost'; readonly host: string; readonly url: string }
)
/** The event without its time: `sim.ledger.write` adds it. */
export type LedgerEntry = LedgerEvent extends infer E ? (E extends { at: Instant } ? Omit<E, 'at'> : never) : never

/** Every request that reached Resource Manager, answered or not. */
export type CallRecord = {
  readonly at: Instant
  readonly principal: string
  readonly method: string
  readonly path: string
  readonly action: string
  readonly status: number
  /** Region whose services were asked, lower case; none for what is global, and for lists of a whole subscription. */
  readonly region?: string
  /** `throttle`, or the injected fault's name. */
  readonly injected?: string
}

export type Ledger = {
  readonly write: (entry: LedgerEntry) => void
  readonly events: () => readonly LedgerEvent[]
  readonly record: (call: CallRecord) => void
  readonly calls: () => readonly CallRecord[]
}
