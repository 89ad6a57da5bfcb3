import type { MemoryQueue } from '../storage/memory-queue.ts'
import type { MessageKey, QueueMessage, QueueSource } from './queue-source.ts'

/** 9999-12-31T23:59:59Z: what Azure answers for a message that never expires. */
const neverExpires = 253_402_300_799_000

/** A queue in memory and its poison queue, for hosts that live in virtual time. */
export function createMemoryQueueSource(
  queue: Pick<MemoryQueue, 'receive' | 'remove' | 'update'>,
  poison: Pick<MemoryQueue, 'put'>,
  clock: { readonly now: () => number },
): QueueSource {
  const gone = ({ id }: MessageKey) => new Error(`The message ${id} is gone, or somebody else received it.`)
  return {
    async receive(max, visibility) {
      const messages = await queue.receive(max, visibility)
      const nextVisibleAt = clock.now() + visibility
      return messages.map((message): QueueMessage => ({ ...message, expiresAt: neverExpires, nextVisibleAt }))
    },
    async delete(message) {
      if (!(await queue.remove(message.id, message.popReceipt))) throw gone(message)
    },
    async update(message, visibility) {
      const popReceipt = await queue.update(message.id, message.popReceipt, visibility)
      if (popReceipt === undefined) throw gone(message)
      return popReceipt
    },
    putPoison: (text) => poison.put(text),
  }
}
