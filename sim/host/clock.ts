import type { Instant, Millis } from '../../src/lib/core/time.ts'

/** The only time the local host knows: real, scaled or virtual. */
export type HostClock = {
  readonly now: () => Instant
  readonly sleep: (length: Millis, signal?: AbortSignal) => Promise<void>
  /** Runs `effect` at that moment; the answer calls it off. A clock that has it leaves no timers behind on stop. */
  readonly at?: (when: Instant, effect: () => void) => () => void
}

/** The process's own time. `Date` and `setTimeout` are looked up at each call, so that a preload may scale them. */
export const realClock: HostClock & Required<Pick<HostClock, 'at'>> = {
  now: () => Date.now(),
  sleep: (length) => new Promise((resolve) => realClock.at(Date.now() + length, resolve)),
  at: (when, effect) => {
    const timer = setTimeout(effect, when - Date.now())
    return () => clearTimeout(timer)
  },
}

/** Node turns a longer timer into 1 ms (TIMEOUT_MAX, nodejs.org/api/timers). */
const longestTimer = 2 ** 31 - 1

/** Waits that long, or until the signal; never throws. */
export async function pause(clock: HostClock, length: Millis, signal: AbortSignal): Promise<void> {
  const until = clock.now() + length
  for (let left = length; left > 0 && !signal.aborted; left = until - clock.now()) {
    await pauseOnce(clock, Math.min(left, longestTimer), signal)
  }
}

async function pauseOnce(clock: HostClock, length: Millis, signal: AbortSignal): Promise<void> {
  const done = Promise.withResolvers<void>()
  const finish = () => done.resolve()
  signal.addEventListener('abort', finish)
  const callOff = clock.at?.(clock.now() + length, finish)
  if (!callOff) clock.sleep(length, signal).then(finish, finish)
  await done.promise
  callOff?.()
  signal.removeEventListener('abort', finish)
}
