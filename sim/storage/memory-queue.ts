import type { Instant, Millis } from '../../src/lib/core/time.ts'
import type { Queue } from '../../src/lib/ports/storage.ts'
import { delaySeconds, encodeMessage } from '../../src/lib/storage/message.ts'
import { createHeap } from '../heap.ts'
import type { Link } from './link.ts'

export type ReceivedMessage = {
  readonly id: string
  /** The text as stored: base64 of JSON. */
  readonly text: string
  /** Needed to delete or update; every receive and update gives a new one. */
  readonly popReceipt: string
  /** 1 on the first receive. */
  readonly dequeueCount: number
  readonly insertedAt: Instant
}
export type HeldMessage = { readonly text: string; readonly visibleAt: Instant; readonly dequeueCount: number }

export type MemoryQueue = Queue & {
  /** At most `max` (32 in Azure) visible messages, each invisible for `visibility` from now on. */
  readonly receive: (max: number, visibility: Millis) => Promise<readonly ReceivedMessage[]>
  /** False when the message is gone or somebody received it since (404). */
  readonly remove: (id: string, popReceipt: string) => Promise<boolean>
  /** The new pop receipt, or undefined when the message is gone or somebody received it since. */
  readonly update: (id: string, popReceipt: string, visibility: Millis) => Promise<string | undefined>
  /** A text as it is: how the Functions host fills a poison queue. */
  readonly put: (text: string, delay?: Millis) => Promise<void>
  /** Everything in the queue, hidden or not, by the moment it becomes visible. For tests: no call, no fault. */
  readonly peekAll: () => readonly HeldMessage[]
  /** When the next message becomes visible, past or future; undefined when the queue is empty. For tests. */
  readonly nextVisibleAt: () => Instant | undefined
  /** Called once, when another message comes or one is handed back. For stories of months: no call, no fault. */
  readonly onNextMessage: (effect: () => void) => void
}

type Message = ReceivedMessage & { readonly visibleAt: Instant }
type Turn = { readonly when: Instant; readonly order: number; readonly id: string }

/** "Get Messages (REST API)": at most 32 in one call. */
const maxReceived = 32

/** The twin of one queue, reached through any number of links: at least once, no order promised. */
export function createMemoryQueue(clock: { readonly now: () => Instant }, name = 'queue'): (link: Link) => MemoryQueue {
  const messages = createMessages()
  const waiting: (() => void)[] = []
  const wake = () => {
    for (const effect of waiting.splice(0)) effect()
  }
  const add = (text: string, delay: Millis) => {
    const now = clock.now()
    messages.add(text, now, now + delaySeconds(delay) * 1_000)
    wake()
  }
  return (link) => ({
    send: async (message, delay) => {
      const text = encodeMessage(message)
      delaySeconds(delay)
      await link.call(() => add(text, delay), `${name}.send`)
    },
    put: (text, delay = 0) => link.call(() => add(text, delay)),
    receive: (max, visibility) =>
      link.call(() => {
        const now = clock.now()
        const received: Message[] = []
        while (received.length < Math.min(max, maxReceived)) {
          const next = messages.upcoming()
          if (next === undefined || next.visibleAt > now) break
          received.push(messages.store({ ...next, visibleAt: now + visibility, dequeueCount: next.dequeueCount + 1 }))
        }
        return received
      }),
    remove: (id, popReceipt) =>
      link.call(() => messages.held(id, popReceipt) !== undefined && messages.drop(id), `${name}.remove`),
    update: (id, popReceipt, visibility) =>
      link.call(() => {
        const message = messages.held(id, popReceipt)
        const stored = message && messages.store({ ...message, visibleAt: clock.now() + visibility })
        wake()
        return stored?.popReceipt
      }),
    peekAll: () => messages.all().sort((a, b) => a.visibleAt - b.visibleAt),
    nextVisibleAt: () => messages.upcoming()?.visibleAt,
    onNextMessage: (effect) => void waiting.push(effect),
  })
}

function createMessages() {
  const messages = new Map<string, Message>()
  // A message has one turn for each time its visibility was set; only the one its receipt names counts.
  const turns = createHeap<Turn>()
  let order = 0

  const store = (message: Omit<Message, 'popReceipt'>): Message => {
    const stored = { ...message, popReceipt: `receipt-${++order}` }
    messages.set(stored.id, stored)
    turns.push({ when: stored.visibleAt, order, id: stored.id })
    return stored
  }
  return {
    store,
    add: (text: string, insertedAt: Instant, visibleAt: Instant) =>
      store({ id: `message-${order + 1}`, text, dequeueCount: 0, insertedAt, visibleAt }),
    drop: (id: string) => messages.delete(id),
    all: () => [...messages.values()],
    /** The message under this receipt, unless somebody received or updated it since. */
    held: (id: string, popReceipt: string) => {
      const message = messages.get(id)
      return message?.popReceipt === popReceipt ? message : undefined
    },
    /** The message that becomes, or became, visible first. */
    upcoming: (): Message | undefined => {
      for (let turn = turns.peek(); turn !== undefined; turn = turns.peek()) {
        const message = messages.get(turn.id)
        if (message?.popReceipt === `receipt-${turn.order}`) return message
        turns.pop()
      }
      return undefined
    },
  }
}
