import { createMemoryQueueSource } from '../../../sim/host/memory-queue-source.ts'
import type { QueueSource } from '../../../sim/host/queue-source.ts'
import { createMemoryQueue, type MemoryQueue } from '../../../sim/storage/memory-queue.ts'

export type VirtualQueue = { readonly source: QueueSource; readonly main: MemoryQueue; readonly poison: MemoryQueue }

/** A queue and its poison queue, reached without delay or fault. */
export function createVirtualQueue(clock: { readonly now: () => number }): VirtualQueue {
  const link = {
    call: async <T>(effect: () => T) => effect(),
    counts: () => ({ before: 0, after: 0, latency: 0, outages: 0 }),
  }
  const main = createMemoryQueue(clock)(link)
  const poison = createMemoryQueue(clock)(link)
  return { source: createMemoryQueueSource(main, poison, clock), main, poison }
}

export const base64 = (text: string): string => Buffer.from(text).toString('base64')
