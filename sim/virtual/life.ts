/** The life of one app process: every call it makes is a place where it can die, or stand still for a while. */
import type { Instant, Millis } from '../../src/lib/core/time.ts'
import type { Random } from '../arm/types.ts'
import type { Around } from '../storage/link.ts'

export type LifeFaults = {
  /** Per call, before or after it: the process dies and nothing it was doing goes on. */
  readonly crash?: number
  /** Per call, after it: the process goes on much later, as if it had been stopped and continued. */
  readonly stall?: number
  readonly stallFor?: readonly [Millis, Millis]
  /** Per call: everything the process does stands still, as under SIGSTOP. */
  readonly freeze?: number
  readonly freezeFor?: readonly [Millis, Millis]
  /** Per call: the process takes nothing new and is dead 1 to 3 s later, as an instance that is scaled in. */
  readonly drain?: number
}

/** What strikes at one call: death before or after it, its answer lost, or a stand-still behind it. */
export type Strike = 'crashBefore' | 'crashAfter' | 'loseAnswer' | 'stall'
/** Asked once for every call that leaves the process, in order; `name` is what is called. */
export type StrikeAt = (name: string) => Strike | undefined

export type Life = {
  readonly isOver: () => boolean
  /** The functions of an object, each one a place where the process can die. */
  readonly endanger: <T extends object>(calls: T) => T
  /** Every call that leaves the process goes through it; there only where strikes are aimed. `lost` is how its caller learns that no answer came. */
  readonly around?: (lost: () => Error) => Around
}

export type Incidents = { crashes: number; stalls: number; freezes?: number; drains?: number }

/** Flex Consumption aborts invocations 1 to 3 s into a drain (azure-functions-host#12007). */
const drainTakes: readonly [Millis, Millis] = [1_000, 3_000]
/** Longer than fence and settle. */
const stallOfOneCall: Millis = 60_000

type LifeClock = { readonly now: () => Instant; readonly sleep: (length: Millis) => Promise<void> }

export function createLife(
  clock: LifeClock,
  random: Random,
  faults: LifeFaults,
  incidents: Incidents,
  onDeath: () => void,
  strikeAt?: StrikeAt,
): Life {
  let isDead = false
  let isClosing = false
  let frozenUntil = Number.NEGATIVE_INFINITY
  const never = new Promise<never>(() => undefined)
  const die = () => {
    if (isDead) return
    isDead = true
    incidents.crashes++
    onDeath()
  }
  const close = () => {
    if (isClosing || isDead) return
    isClosing = true
    incidents.drains = (incidents.drains ?? 0) + 1
    void clock.sleep(random.between(...drainTakes)).then(die)
  }
  const thaw = async (): Promise<void> => {
    if (random.chance(faults.freeze ?? 0) && frozenUntil <= clock.now()) {
      incidents.freezes = (incidents.freezes ?? 0) + 1
      frozenUntil = clock.now() + random.between(...(faults.freezeFor ?? [60_000, 600_000]))
    }
    if (frozenUntil > clock.now()) await clock.sleep(frozenUntil - clock.now())
  }
  const risk = async (): Promise<void> => {
    if (random.chance(faults.drain ?? 0)) close()
    await thaw()
    if (!isDead && random.chance(faults.crash ?? 0)) die()
    if (isDead) await never
  }
  const stall = async (): Promise<void> => {
    if (!random.chance(faults.stall ?? 0)) return
    incidents.stalls++
    await clock.sleep(random.between(...(faults.stallFor ?? [70_000, 180_000])))
  }
  const guard =
    (call: (...args: unknown[]) => unknown) =>
    async (...args: unknown[]): Promise<unknown> => {
      await risk()
      try {
        return await call(...args)
      } finally {
        await stall()
        await risk()
      }
    }
  const struck = async <T>(strike: Strike | undefined, call: () => Promise<T>, lost: () => Error): Promise<T> => {
    if (strike === 'crashBefore') die()
    if (isDead) await never
    const answer = await call()
    if (strike === 'crashAfter') die()
    if (strike === 'stall') {
      incidents.stalls++
      await clock.sleep(stallOfOneCall)
    }
    if (isDead) await never
    if (strike === 'loseAnswer') throw lost()
    return answer
  }
  return {
    ...(strikeAt && {
      around: (lost) => (name, call) => struck(isDead || !name ? undefined : strikeAt(name), call, lost),
    }),
    isOver: () => isDead || isClosing,
    endanger: <T extends object>(calls: T): T =>
      Object.fromEntries(
        Object.entries(calls).map(([name, value]) => [name, typeof value === 'function' ? guard(value) : value]),
      ) as T,
  }
}
