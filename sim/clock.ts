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
  const timers = createTimers(start)
  let holds = 0
  let isRunning = false

  /** Over when the last turn set no timer, and no real work is held. */
  const quiet = async () => {
    let before = -1
    for (let turns = 0; turns < turnsBeforeJump || timers.set() !== before || holds > 0; turns += 1) {
      before = timers.set()
      await turn()
    }
  }
  return {
    now: timers.now,
    latest: timers.now,
    monotonic: () => timers.now() - start,
    at: timers.at,
    sleep: (length) => new Promise<void>((resolve) => timers.at(timers.now() + Math.max(0, length), resolve)),
    hold(work) {
      holds += 1
      return work.finally(() => {
        holds -= 1
      })
    },
    async run(until) {
      if (isRunning) throw new Error('the virtual clock is running already')
      isRunning = true
      try {
        await (typeof until === 'number' ? runTo(until, timers, quiet) : runWhile(until, timers, quiet))
      } finally {
        isRunning = false
      }
    },
  }
}

type Timers = ReturnType<typeof createTimers>

function createTimers(start: Instant) {
  const timers = createHeap<Timer>()
  let now = start
  let order = 0
  return {
    now: () => now,
    /** How many were set until now. */
    set: () => order,
    at(when: Instant, effect: () => void) {
      const timer: Timer = { when: Math.max(when, now), order, effect, isOff: false }
      order += 1
      timers.push(timer)
      return () => {
        timer.isOff = true
      }
    },
    next() {
      while (timers.peek()?.isOff) timers.pop()
      return timers.peek()
    },
    fireNext() {
      const timer = timers.pop()
      if (!timer) return
      now = timer.when
      timer.effect()
    },
    jumpTo(moment: Instant) {
      now = Math.max(now, moment)
    },
  }
}

async function runTo(until: Instant, timers: Timers, quiet: () => Promise<void>): Promise<void> {
  for (;;) {
    await quiet()
    const timer = timers.next()
    if (!timer || timer.when > until) break
    timers.fireNext()
  }
  timers.jumpTo(until)
}

async function runWhile(isReached: () => boolean, timers: Timers, quiet: () => Promise<void>): Promise<void> {
  for (;;) {
    await quiet()
    if (isReached()) return
    if (timers.next()) {
      timers.fireNext()
      continue
    }
    await new Promise((resolve) => realTimeout(resolve, graceBeforeStuck))
    await quiet()
    if (isReached()) return
    if (timers.next()) continue
    throw new Error(`nothing is left to wait for at ${new Date(timers.now()).toISOString()}: ${isReached}`)
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
