import type { Instant, Millis } from '../../src/lib/core/time.ts'

/** A message as it lies in the queue: its text is not decoded. */
export type QueueMessage = {
  readonly id: string
  readonly popReceipt: string
  readonly text: string
  /** 1 at the first receive. */
  readonly dequeueCount: number
  readonly insertedAt: Instant
  readonly expiresAt: Instant
  readonly nextVisibleAt: Instant
}
export type MessageKey = Pick<QueueMessage, 'id' | 'popReceipt'>

/** What a queue trigger needs of a queue: Azure Storage, or one in memory that lives in virtual time. */
export type QueueSource = {
  /** At most `max` messages, then invisible for `visibility`; undefined when there is no such queue. */
  readonly receive: (max: number, visibility: Millis) => Promise<readonly QueueMessage[] | undefined>
  /** Throws when the pop receipt is no longer the message's own. */
  readonly delete: (message: MessageKey) => Promise<void>
  /** Leaves the text as it is and answers the new pop receipt. Throws as `delete` does. */
  readonly update: (message: MessageKey, visibility: Millis) => Promise<string>
  /** Puts this very text into `<queue>-poison`, made if missing, for 7 days. */
  readonly putPoison: (text: string) => Promise<void>
}
