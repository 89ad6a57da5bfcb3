/** The keep-alive clock of every standby host (table `hosts`, kept in the region that survives). */
import type { HostClock } from '../model/host-clock.ts'
import type { Kept } from './operations.ts'

export type HostStore = {
  readonly list: (pairId: string) => Promise<readonly Kept<HostClock>[]>
  readonly load: (pairId: string, side: HostClock['side'], host: string) => Promise<Kept<HostClock> | undefined>
  /** The new etag, or undefined when somebody else was first. Without `etag`: a host that was not known. */
  readonly save: (clock: HostClock, etag?: string) => Promise<string | undefined>
}
