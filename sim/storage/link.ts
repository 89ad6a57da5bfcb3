import type { Instant, Millis } from '../../src/lib/core/time.ts'
import { StorageAway } from '../../src/lib/storage/errors.ts'
import type { StorageClock } from '../../src/lib/storage/storage-clock.ts'
import type { Random } from '../arm/types.ts'

/** Trouble on the way to storage. Probabilities are per call; nothing happens unless asked for. */
export type StorageFaults = {
  /** The request never arrives. */
  readonly before?: number
  /** The request is carried out and its answer is lost: at once (reset), or at the call's deadline (silence), half each. */
  readonly after?: number
  /** [low, high] in milliseconds of one call, half on the way there, half on the way back. */
  readonly latency?: readonly [Millis, Millis]
  /** Storage refuses everything that arrives in [from, until). */
  readonly outages?: readonly { readonly from: Instant; readonly until: Instant }[]
  /** Asked on every call before chance is: a scenario's own trouble. */
  readonly script?: () => 'before' | 'after' | undefined
  /** Carries every call out, or does not: where whoever makes it can die on the way. */
  readonly around?: Around
}

/** `name` says what is called, e.g. `operations.replace`; calls without one are the host's own. */
export type Around = <T>(name: string | undefined, call: () => Promise<T>) => Promise<T>

/** The simulated world's own time; without `sleep` calls take none. */
export type LinkClock = { readonly now: () => Instant; readonly sleep?: (length: Millis) => Promise<void> }

type Counted = 'before' | 'after' | 'latency' | 'outages'
/** Of these, how many struck a message that should have gone, and a transaction. */
type Place = 'remove' | 'transact'

/** The way to the twin: every call goes through it. */
export type Link = {
  readonly call: <T>(effect: () => T, name?: string) => Promise<T>
  /** How often each fault struck. A chaos run that injected nothing fails. */
  readonly counts: () => Readonly<Record<Counted, number> & Partial<Record<Place, number>>>
}

/** The product's own deadline for a call: a silent storage is given up after it. */
const callDeadline: Millis = 10_000

/** `storageClock` sees what the `Date` header of each answer would tell. Throws when faults are wanted without a generator. */
export function createLink(
  clock: LinkClock,
  storageClock: StorageClock,
  draws?: Random,
  faults: StorageFaults = {},
): Link {
  const counts = { before: 0, after: 0, latency: 0, outages: 0, remove: 0, transact: 0 }
  if (draws === undefined && (faults.before || faults.after || faults.latency)) {
    throw new Error('faults of storage need a seeded generator')
  }
  const strikes = (probability: number | undefined) => draws?.chance(probability ?? 0) ?? false
  const wait = async (length: Millis) => {
    if (length > 0) await clock.sleep?.(length)
  }
  const lose = (kind: Counted, message: string, name = '') => {
    counts[kind]++
    if (/-ticks.*\.remove$/.test(name)) counts.remove++
    if (name.endsWith('.transact')) counts.transact++
    return new StorageAway(`simulated: ${message}`)
  }
  const carryOut = async <T>(effect: () => T, name?: string): Promise<T> => {
    const sent = storageClock.monotonic()
    const latency = faults.latency ? (draws?.between(...faults.latency) ?? 0) : 0
    if (latency > 0) counts.latency++
    await wait(latency / 2)
    const now = clock.now()
    if (faults.outages?.some(({ from, until }) => from <= now && now < until))
      throw lose('outages', '503, server busy', name)
    const scripted = faults.script?.()
    if (scripted === 'before' || strikes(faults.before))
      throw lose('before', 'the connection broke before the request arrived', name)
    const isLost = scripted === 'after' || strikes(faults.after)
    const date = Math.floor(now / 1_000) * 1_000
    const result = effect()
    await wait(isLost && strikes(0.5) ? callDeadline - latency / 2 : latency / 2)
    if (isLost) throw lose('after', 'the request was carried out and its answer lost', name)
    storageClock.observe({ sent, received: storageClock.monotonic(), date })
    return result
  }
  return {
    call: (effect, name) =>
      faults.around ? faults.around(name, () => carryOut(effect, name)) : carryOut(effect, name),
    counts: () => ({ ...counts }),
  }
}
