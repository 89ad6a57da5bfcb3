/** What was told from outside, understood but not believed yet. */
import { hours, type Instant, type Millis } from '../../core/time.ts'
import type { SiteRecoveryEvent } from '../../ports/follow-ups.ts'

export type Told =
  | {
      readonly kind: 'event'
      readonly event: Pick<
        SiteRecoveryEvent,
        'source' | 'vaultId' | 'itemIds' | 'vms' | 'recoveryPlan' | 'what' | 'awaits' | 'towards'
      >
      /** Equal for deliveries of the same event, and for nothing else. */
      readonly sameAs: readonly string[]
    }
  /** Understood, and no reason to look. */
  | { readonly kind: 'ignored'; readonly what: string; readonly why: string }

export type Notice =
  | { readonly kind: 'told'; readonly told: readonly Told[] }
  /** Event Grid asks whether this address wants its events. */
  | { readonly kind: 'handshake'; readonly validationCode: string }
  | { readonly kind: 'refused'; readonly problems: readonly { readonly path: string; readonly message: string }[] }

export const refused = (message: string, path = ''): Notice => ({ kind: 'refused', problems: [{ path, message }] })

/**
 * Stands for the id of a message that has none. A delivery that is tried again comes within minutes; before the same
 * machines can be failed over the same way once more they must be protected twice over, which takes longer.
 */
export const hourOf = (now: Instant): string => `hour ${Math.floor(now / sameRun)}`

const sameRun: Millis = hours(1)
