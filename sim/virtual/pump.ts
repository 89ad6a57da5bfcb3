/** The queue trigger in virtual time, as the Functions host runs it: batches, a lease, a second try, a poison queue. */
import { type Millis, minutes, seconds } from '../../src/lib/core/time.ts'
import type { VirtualClock } from '../clock.ts'
import type { MemoryQueue, ReceivedMessage } from '../storage/memory-queue.ts'

/** host.json of the app: batchSize, its half as the threshold for new ones, and what becomes of failures. */
const batchSize = 16
const newBatchThreshold = 8
const lease: Millis = minutes(10)
const retryAfter: Millis = seconds(30)
const maxDequeueCount = 50
const slowestPoll: Millis = seconds(2)
const fastestPoll: Millis = 100

export type PumpOptions = {
  readonly queue: MemoryQueue
  readonly poison: MemoryQueue
  readonly clock: Pick<VirtualClock, 'now' | 'sleep' | 'at'>
  readonly handle: (message: unknown) => Promise<void>
  readonly isOver: () => boolean
  readonly onFailure: (error: unknown) => void
  /** Sleeps as long as nothing can be in the queue. */
  readonly isPatient?: boolean
}

/** Runs until the life is over. A message whose handler never comes back stays leased, as after a crash. */
export async function pump(options: PumpOptions): Promise<void> {
  const { queue, clock, isOver } = options
  const state = { running: 0 }
  let wait = fastestPoll
  while (!isOver()) {
    const messages = state.running > newBatchThreshold ? [] : await receive(queue)
    for (const message of messages) {
      state.running++
      void work(options, message).finally(() => state.running--)
    }
    wait = messages.length > 0 || state.running > newBatchThreshold ? fastestPoll : Math.min(wait * 2, slowestPoll)
    if (options.isPatient && messages.length === 0 && state.running <= newBatchThreshold) await untilNext(options)
    else await clock.sleep(wait)
  }
}

/** Until the next message becomes visible, or another one comes. */
const untilNext = ({ queue, clock }: PumpOptions): Promise<void> =>
  new Promise((resolve) => {
    const next = queue.nextVisibleAt()
    const callOff = next === undefined ? undefined : clock.at(Math.max(next, clock.now() + fastestPoll), resolve)
    queue.onNextMessage(() => {
      callOff?.()
      resolve()
    })
  })

async function receive(queue: MemoryQueue): Promise<readonly ReceivedMessage[]> {
  try {
    return await queue.receive(batchSize, lease)
  } catch {
    return []
  }
}

async function work(options: PumpOptions, message: ReceivedMessage): Promise<void> {
  const { queue, poison, handle, isOver, onFailure } = options
  try {
    if (message.dequeueCount <= maxDequeueCount) {
      await handle(JSON.parse(Buffer.from(message.text, 'base64').toString('utf8')))
      if (!isOver()) await queue.remove(message.id, message.popReceipt)
      return
    }
    await poison.put(message.text)
    await queue.remove(message.id, message.popReceipt)
  } catch (error) {
    onFailure(error)
    await queue.update(message.id, message.popReceipt, retryAfter).catch(() => undefined)
  }
}
