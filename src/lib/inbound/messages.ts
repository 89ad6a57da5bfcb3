/** The way into the app from a queue. */
import type { Log } from '../core/log.ts'
import type { Blobs } from '../ports/storage.ts'

export type QueueApp<E> = {
  readonly engine: E
  readonly log: Log
  readonly ready: () => Promise<void>
  readonly sweepIfDue: () => Promise<void>
  readonly audit: Blobs
}

export type QueueContext = { readonly invocationId: string }

export type Consumer<E, M> = {
  readonly app: () => QueueApp<E>
  readonly queue: string
  readonly parse: (message: unknown) => M | undefined
  readonly work: (engine: E, message: M) => Promise<void>
}

/**
 * What `work` throws, the platform tries again. A message that is not ours, or of a version to come, no retry can mend:
 * it is put aside in the container `audit`, where nothing is deleted, and said in the log.
 */
export const consume =
  <E, M>({ app, queue, parse, work }: Consumer<E, M>) =>
  async (message: unknown, { invocationId }: QueueContext): Promise<void> => {
    const running = app()
    await running.ready()
    const parsed = parse(message)
    if (parsed === undefined) {
      const name = `foreign/${queue}/${invocationId}.json`
      await running.audit.put(name, JSON.stringify(message) ?? 'null')
      running.log.error('foreign message put aside', { queue, blob: name })
      return
    }
    await work(running.engine, parsed)
    await running.sweepIfDue()
  }
