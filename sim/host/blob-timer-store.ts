import { type ContainerClient, RestError } from '@azure/storage-blob'
import type { Instant } from '../../src/lib/core/time.ts'
import type { TimerStatus, TimerStore } from './timer-store.ts'

/**
 * Statuses and leases in blob storage, where the host keeps them (`azure-webjobs-hosts`), for instances of an app that
 * run in several processes. `hostId` is one for all of them. A lease lasts 15 to 60 s of the storage's own time.
 */
export function createBlobTimerStore(container: ContainerClient, hostId: string): TimerStore {
  const status = (timer: string) => container.getBlockBlobClient(`timers/${hostId}/Host.Functions.${timer}/status`)
  const lock = (timer: string) => container.getBlockBlobClient(`locks/${hostId}/Host.Functions.${timer}.Listener`)
  const lease: TimerStore['lease'] = async (timer, holder, length) => {
    try {
      // Azure renews when the holder of an active lease takes it again under the same id.
      await lock(timer)
        .getBlobLeaseClient(holder)
        .acquireLease(length / 1_000)
      return true
    } catch (error) {
      if (statusCode(error) === 409) return false
      if (statusCode(error) !== 404) throw error
    }
    await container.createIfNotExists()
    await createOnce(lock(timer))
    return lease(timer, holder, length)
  }
  return {
    async read(timer) {
      try {
        return statusOf(JSON.parse((await status(timer).downloadToBuffer()).toString('utf8')))
      } catch (error) {
        if (statusCode(error) === 404) return undefined
        throw error
      }
    },
    async write(timer, { last, next, updated }) {
      const text = JSON.stringify({ Last: textOf(last), Next: textOf(next), LastUpdated: textOf(updated) })
      await container.createIfNotExists()
      await status(timer).upload(text, Buffer.byteLength(text))
    },
    lease,
    async release(timer, holder) {
      const gone = (error: unknown) => {
        if (![404, 409, 412].includes(statusCode(error) ?? 0)) throw error
      }
      await lock(timer).getBlobLeaseClient(holder).releaseLease().catch(gone)
    },
  }
}

async function createOnce(blob: ReturnType<ContainerClient['getBlockBlobClient']>): Promise<void> {
  try {
    await blob.upload('', 0, { conditions: { ifNoneMatch: '*' } })
  } catch (error) {
    // Another instance made it, and may hold it already.
    if (![409, 412].includes(statusCode(error) ?? 0)) throw error
  }
}

const statusCode = (error: unknown): number | undefined => (error instanceof RestError ? error.statusCode : undefined)

/** .NET's DateTime has no "none": its least value stands for it. */
const none = '0001-01-01T00:00:00.000Z'
const textOf = (at: Instant | undefined): string => (at === undefined ? none : new Date(at).toISOString())

function statusOf(json: { Last: string; Next: string; LastUpdated: string }): TimerStatus {
  const instant = (text: string) => (text.startsWith('0001-01-01') ? undefined : Date.parse(text))
  return { last: instant(json.Last), next: Date.parse(json.Next), updated: instant(json.LastUpdated) }
}
