import { type Millis, minutes } from '../../src/lib/core/time.ts'
import { type HostClock, pause } from './clock.ts'
import type { RpcTypedData } from './core-types.ts'
import type { QueueSettings } from './host-json.ts'
import { messageOf, type Say } from './log.ts'
import { createPollingDelay } from './polling-delay.ts'
import { decodeMessage, queueMetadata } from './queue-message.ts'
import type { QueueMessage, QueueSource } from './queue-source.ts'

/** Fixed in the queue extension, however long a function runs (QueueListener): a killed host's messages rest that long. */
const receiveLease = minutes(10)
/** UpdateQueueMessageVisibilityCommand: half-way, sooner after a failure. */
const shortestRenewal = minutes(1)

export type Listener = {
  /** With `drain`, ends when what runs has run; without, what runs is left as a killed process would leave it. */
  readonly stop: (drain: boolean) => Promise<void>
}

export type QueueListenerOptions = {
  readonly queueName: string
  readonly source: QueueSource
  readonly settings: QueueSettings
  readonly clock: HostClock
  readonly random: () => number
  readonly say: Say
  /** Whether the function succeeded. */
  readonly invoke: (text: RpcTypedData, metadata: Readonly<Record<string, RpcTypedData>>) => Promise<boolean>
}

/** Polls a queue and runs its messages as the queue extension 5.3 does. */
export function startQueueListener(options: QueueListenerOptions): Listener {
  const { settings, clock, source } = options
  const stopping = new AbortController()
  const killed = new AbortController()
  const running = new Set<Promise<void>>()
  const stopped = new Promise<void>((resolve) => stopping.signal.addEventListener('abort', () => resolve()))

  const poll = async () => {
    const delayAfter = createPollingDelay(settings.maxPollingInterval, options.random)
    let hasFound = false
    while (!stopping.signal.aborted) {
      const batch = await receive(source, settings, options.say)
      if (killed.signal.aborted) return
      for (const message of batch) {
        const work: Promise<void> = processMessage(message, options, killed.signal).finally(() => running.delete(work))
        running.add(work)
      }
      if (batch.length === 0) {
        await pause(clock, delayAfter(hasFound), stopping.signal)
        hasFound = false
        continue
      }
      hasFound = true
      while (running.size > settings.newBatchThreshold && !stopping.signal.aborted) {
        await Promise.race([...running, stopped])
      }
    }
  }
  const polling = poll()

  return {
    async stop(drain) {
      if (!drain) killed.abort()
      stopping.abort()
      if (!drain) return
      await polling
      await Promise.all(running)
    },
  }
}

async function receive(source: QueueSource, settings: QueueSettings, say: Say): Promise<readonly QueueMessage[]> {
  try {
    return (await source.receive(settings.batchSize, receiveLease)) ?? []
  } catch (error) {
    say('warning', `The queue could not be read: ${messageOf(error)}`)
    return []
  }
}

async function processMessage(
  message: QueueMessage,
  options: QueueListenerOptions,
  killed: AbortSignal,
): Promise<void> {
  try {
    await runMessage(message, options, killed)
  } catch (error) {
    // The message stays invisible until its lease ends, then somebody runs it again.
    options.say('error', `Message ${message.id} of ${options.queueName} was not settled: ${messageOf(error)}`)
  }
}

async function runMessage(message: QueueMessage, options: QueueListenerOptions, killed: AbortSignal): Promise<void> {
  const { settings, source, say, queueName } = options
  const decoded = decodeMessage(message.text, settings.messageEncoding)
  if (decoded.kind === 'undecodable') {
    say('warning', `Message decoding has failed! Check MessageEncoding settings. MessageId=${message.id}`)
    return moveToPoison(message, options)
  }
  if (message.dequeueCount > settings.maxDequeueCount) return moveToPoison(message, options)

  const lease = keepInvisible(message, options, killed)
  if (decoded.kind === 'notUtf8') say('error', `Message ${message.id} of ${queueName} is not UTF-8.`)
  const isDone =
    decoded.kind === 'text' &&
    (await options.invoke({ string: decoded.text }, queueMetadata(message, decoded.text)).catch(() => false))
  const mine = { id: message.id, popReceipt: await lease.end() }
  if (killed.aborted) return

  if (isDone) return source.delete(mine)
  if (isPoisonQueue(queueName)) return
  if (message.dequeueCount >= settings.maxDequeueCount) return moveToPoison({ ...message, ...mine }, options)
  await source.update(mine, settings.visibilityTimeout)
}

const isPoisonQueue = (queueName: string): boolean => queueName.endsWith('-poison')

/** Copied first, then deleted: a kill between the two leaves both. A poison queue has none of its own: its message rests. */
async function moveToPoison(message: QueueMessage, options: QueueListenerOptions): Promise<void> {
  const { queueName, settings, say, source } = options
  if (isPoisonQueue(queueName)) return
  say(
    'warning',
    `Message has reached MaxDequeueCount of ${settings.maxDequeueCount}. Moving message to queue '${queueName}-poison'.`,
  )
  await source.putPoison(message.text)
  await source.delete(message)
}

function keepInvisible(message: QueueMessage, options: QueueListenerOptions, killed: AbortSignal) {
  const over = new AbortController()
  const ended = AbortSignal.any([over.signal, killed])
  let popReceipt = message.popReceipt
  const renew = async () => {
    let wait: Millis = receiveLease / 2
    for (;;) {
      await pause(options.clock, wait, ended)
      if (ended.aborted) return
      try {
        popReceipt = await options.source.update({ id: message.id, popReceipt }, receiveLease)
        wait = receiveLease / 2
      } catch (error) {
        wait = Math.max(wait / 2, shortestRenewal)
        options.say('warning', `Message ${message.id} could not be renewed: ${messageOf(error)}`)
      }
    }
  }
  const renewing = renew()
  return {
    /** The pop receipt that holds now. */
    async end(): Promise<string> {
      over.abort()
      await renewing
      return popReceipt
    },
  }
}
