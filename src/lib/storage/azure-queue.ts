import type { QueueClient } from '@azure/storage-queue'
import type { Queue } from '../ports/storage.ts'
import { callStorage, type Deadline, realDeadline } from './call.ts'
import { delaySeconds, encodeMessage } from './message.ts'

/**
 * The port over Azure Queue storage. The client must not retry by itself (`retryOptions: { maxTries: 1 }`): one send
 * would become up to four messages. Throws `StorageAway`; the message may have been sent all the same.
 */
export const createAzureQueue = (client: QueueClient, deadline: Deadline = realDeadline): Queue => ({
  async send(message, delay) {
    const text = encodeMessage(message)
    const visibilityTimeout = delaySeconds(delay)
    await callStorage(`send to ${client.name}`, deadline, (abortSignal) =>
      // -1: never expires. The default is 7 days.
      client.sendMessage(text, { visibilityTimeout, messageTimeToLive: -1, abortSignal }),
    )
  },
})
