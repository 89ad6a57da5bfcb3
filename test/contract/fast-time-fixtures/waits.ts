/** Waits six seconds in every way there is, and prints how long that took in real time and in its own. */
import * as timers from 'node:timers'
import * as timersPromises from 'node:timers/promises'
import { promisify } from 'node:util'
import { realNow } from './real-clock.ts'

const length = 6_000

const waits: Readonly<Record<string, () => Promise<unknown>>> = {
  setTimeout: () => new Promise((resolve) => setTimeout(resolve, length)),
  'setTimeout of node:timers': () => new Promise((resolve) => timers.setTimeout(resolve, length)),
  'setTimeout of node:timers/promises': () => timersPromises.setTimeout(length),
  'promisify(setTimeout)': () => promisify(setTimeout)(length),
  'scheduler.wait': () => timersPromises.scheduler.wait(length),
  setInterval: () => firstOf((tick) => setInterval(tick, length)),
  'setInterval of node:timers': () => firstOf((tick) => timers.setInterval(tick, length)),
  'setInterval of node:timers/promises': async () => {
    for await (const _ of timersPromises.setInterval(length)) return
  },
  'AbortSignal.timeout': async () => {
    // The signal's own timer does not keep a process alive.
    const alive = setInterval(() => undefined, 3_600_000)
    const signal = AbortSignal.timeout(length)
    await new Promise((resolve) => signal.addEventListener('abort', resolve))
    clearInterval(alive)
  },
}

const firstOf = (start: (tick: () => void) => NodeJS.Timeout) =>
  new Promise<void>((resolve) => {
    const timer = start(() => {
      clearInterval(timer)
      resolve()
    })
  })

const passed: Record<string, { real: number; fast: number }> = {}
for (const [name, wait] of Object.entries(waits)) {
  const [real, fast] = [realNow(), Date.now()]
  await wait()
  passed[name] = { real: realNow() - real, fast: Date.now() - fast }
}
console.log(JSON.stringify(passed))
