import type { Clock, Instant, Millis } from '../src/lib/core/time.ts'
import { createHeap, type Timed } from './heap.ts'

/** Time that things can wait for. */
export type WaitingClock = Clock & {
  readonly sleep: (length: Millis) => Promise<void>
  /** Runs `effect` at that moment, at once when it has passed. The answer calls it off. */
  readonly at: (when: Instant, effect: () => void) => () => void
}

export type VirtualClock = WaitingClock & {
  /** Time stands still until real work (file, socket, WebCrypto) has settled. */
  readonly hold: <T>(work: Promise<T>) => Promise<T>
  /** Goes on until the condition holds, or up to and including a moment. */
  readonly run: (until: (() => boolean) | Instant) => Promise<void>
}

type Timer = Timed & { readonly effect: () => void; isOff: boolean }

// Taken when the module loads: a preload that scales time must not slow the turns.
const { setImmediate: nextTurn, setTimeout: realTimeout } = globalThis

/**
 * Turns of the event loop given to pending promises before time jumps. Two, because work that itself waits one
 * `setImmediate` comes back only in the turn after ours.
 */
const turnsBeforeJump = 2
/** Real milliseconds granted to unannounced real work before the world is called stuck. */
const graceBeforeStuck = 50

/**
 * A discrete-event clock: while `run` is awaited, all promises that can go on do so, then time jumps to the next timer.
 * Timers of one moment fire in the order in which they were set. Throws when nothing is left to wait for.
 */
export function createVirtualClock(start: Instant): VirtualClock {
  const timers = createHeap<Timer>()
  const state = { now: start, order: 0, holds: 0, isRunning: false }

  const at = (when: Instant, effect: () => void) => {
    const timer: Timer = { when: Math.max(when, state.now), order: state.order, effect, isOff: false }
    state.order += 1
    timers.push(timer)
    return () => {
      timer.isOff = true
    }
  }
  const next = () => {
    while (timers.peek()?.isOff) timers.pop()
    return timers.peek()
  }
  /** Over when the last turn set no timer, and no real work is held. */
  const quiet = async () => {
    let before = -1
    for (let turns = 0; turns < turnsBeforeJump || state.order !== before || state.holds > 0; turns += 1) {
      before = state.order
      await turn()
    }
  }
  const fireNext = () => {
    const timer = timers.pop()
    if (!timer) return
    state.now = timer.when
    timer.effect()
  }

  return {
    now: () => state.now,
    latest: () => state.now,
    monotonic: () => state.now - start,
    at,
    sleep: (length) => new Promise<void>((resolve) => at(state.now + Math.max(0, length), resolve)),
    async hold(work) {
      state.holds += 1
      return work.finally(() => {
        state.holds -= 1
      })
    },
    async run(until) {
      if (state.isRunning) throw new Error('the virtual clock is running already')
      state.isRunning = true
      try {
        if (typeof until === 'number') await runTo(until, state, next, quiet, fireNext)
        else await runWhile(until, state, next, quiet, fireNext)
      } finally {
        state.isRunning = false
      }
    },
  }
}

async function runTo(
  until: Instant,
  state: { now: Instant },
  next: () => Timer | undefined,
  quiet: () => Promise<void>,
  fireNext: () => void,
): Promise<void> {
  for (;;) {
    await quiet()
    const timer = next()
    if (!timer || timer.when > until) break
    fireNext()
  }
  state.now = Math.max(state.now, until)
}

async function runWhile(
  isReached: () => boolean,
  state: { now: Instant },
  next: () => Timer | undefined,
  quiet: () => Promise<void>,
  fireNext: () => void,
): Promise<void> {
  for (;;) {
    await quiet()
    if (isReached()) return
    if (next()) {
      fireNext()
      continue
    }
    await new Promise((resolve) => realTimeout(resolve, graceBeforeStuck))
    await quiet()
    if (isReached()) return
    if (!next()) throw new Error(`nothing is left to wait for at ${new Date(state.now).toISOString()}: ${isReached}`)
  }
}

const turn = () => new Promise<void>((resolve) => nextTurn(resolve))

/**
 * Real time, `speed` times as fast: at the real moment `epochReal` (ms since 1970) the simulated one is `epochSim`.
 * All processes of one world get the same three numbers.
 */
export function createScaledClock(options: {
  readonly speed: number
  readonly epochReal: Instant
  readonly epochSim: Instant
}): WaitingClock {
  const { speed, epochReal, epochSim } = options
  const now = () => epochSim + (Date.now() - epochReal) * speed
  const at = (when: Instant, effect: () => void) => {
    const timer = setTimeout(effect, Math.max(0, (when - now()) / speed))
    return () => clearTimeout(timer)
  }
  return {
    now,
    latest: now,
    monotonic: () => performance.now() * speed,
    at,
    sleep: (length) => new Promise<void>((resolve) => at(now() + length, resolve)),
  }
}
