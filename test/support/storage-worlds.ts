import { setTimeout as sleep } from 'node:timers/promises'
import { RestError } from '@azure/core-rest-pipeline'
import { type DequeuedMessageItem, QueueClient } from '@azure/storage-queue'
import { createMemoryStorage } from '../../sim/storage/memory-storage.ts'
import type { Millis } from '../../src/lib/core/time.ts'
import { statusOf } from '../../src/lib/storage/call.ts'
import { createStorage, type Storage } from '../../src/lib/storage/storage.ts'
import type { Around } from '../../src/lib/storage/wire.ts'
import { useAzurite } from './azurite.ts'

/** What happens to the next requests, one each: broken before it arrives, its answer lost, or nothing. */
export type Fate = 'before' | 'after' | undefined

export type Message = Pick<DequeuedMessageItem, 'messageId' | 'messageText' | 'dequeueCount' | 'popReceipt'>

export type StorageWorld = {
  readonly storage: Storage
  /** Read on every request; a test pushes to it. */
  readonly fates: Fate[]
  readonly requests: () => number
  readonly receive: (queue: 'task-ticks', max: number, visibility: Millis) => Promise<readonly Message[]>
  /** False when the receipt is not valid any more. */
  readonly remove: (queue: 'task-ticks', message: Message) => Promise<boolean>
  /** Another host's way to the same storage, whose clock has seen nothing yet. */
  readonly reconnect: () => Storage
  /** Lets time go by: for real, or in the twin's own time. */
  readonly pass: (length: Millis) => Promise<void>
}

/** The two implementations every port has: each contract test runs on both. To be called where tests are described. */
export function storageWorlds(): readonly { readonly name: string; readonly open: () => Promise<StorageWorld> }[] {
  const azurite = useAzurite()
  return [
    { name: 'Azure SDK on Azurite', open: () => openAzurite(azurite.connectionString(), azurite.newPrefix()) },
    { name: 'twin in memory', open: async () => openTwin() },
  ]
}

async function openAzurite(connectionString: string, prefix: string): Promise<StorageWorld> {
  const fates: Fate[] = []
  let requests = 0
  const trouble: Around = async (send) => {
    requests++
    const fate = fates.shift()
    if (fate === 'before') throw new RestError('injected: refused', { code: 'ECONNREFUSED' })
    const answer = await send()
    if (fate === 'after') throw new RestError('injected: reset', { code: 'ECONNRESET' })
    return answer
  }
  const storage = createStorage({ connectionString }, { prefix, arounds: [trouble] })
  await storage.ensure()
  requests = 0
  const client = (queue: string) => new QueueClient(connectionString, prefix + queue)
  return {
    storage,
    fates,
    requests: () => requests,
    async receive(queue, max, visibility) {
      const options = { numberOfMessages: max, visibilityTimeout: visibility / 1_000 }
      return (await client(queue).receiveMessages(options)).receivedMessageItems
    },
    async remove(queue, { messageId, popReceipt }) {
      try {
        await client(queue).deleteMessage(messageId, popReceipt)
        return true
      } catch (error) {
        // PopReceiptMismatch and MessageNotFound.
        if (statusOf(error) === 400 || statusOf(error) === 404) return false
        throw error
      }
    },
    reconnect: () => createStorage({ connectionString }, { prefix }),
    pass: (length) => sleep(length),
  }
}

function openTwin(): StorageWorld {
  let now = 1_800_000_000_250
  let requests = 0
  const fates: Fate[] = []
  const script = () => {
    requests++
    return fates.shift()
  }
  const storage = createMemoryStorage({ now: () => now }, undefined, { script })
  return {
    storage,
    fates,
    requests: () => requests,
    async receive(queue, max, visibility) {
      const received = await storage.queue(queue).receive(max, visibility)
      return received.map(({ id, text, dequeueCount, popReceipt }) => ({
        messageId: id,
        messageText: text,
        dequeueCount,
        popReceipt,
      }))
    },
    remove: (queue, { messageId, popReceipt }) => storage.queue(queue).remove(messageId, popReceipt),
    reconnect: () => storage.connect(),
    pass: async (length) => {
      now += length
    },
  }
}
