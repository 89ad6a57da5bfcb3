/** The processes of one app, and the way of a caller who takes whichever answers. */
import { fileURLToPath } from 'node:url'
import { type Millis, minutes } from '../../src/lib/core/time.ts'
import { type AppProcess, newKeys, startApp } from '../demo/processes.ts'
import { type FastTime, fastTimeEnvironment } from '../fast-time/fast-time.ts'
import { freeze } from './freeze.ts'

/** What is wrong with a process's own clock. */
export type WrongClock = { readonly skew: Millis; readonly jumpBy?: Millis }

export type Victim = {
  readonly kill: () => Promise<void>
  readonly restart: () => Promise<void>
  /** The answer lets it go on. */
  readonly freeze: () => () => void
  /** By how many minutes its clock was off, as its answers told. */
  readonly offsets: ReadonlySet<number>
  /** Of a process whose clock is said to. It stays so when the process is started again. */
  readonly jump: () => void
}

export type Apps = {
  readonly victims: readonly Victim[]
  readonly keys: ReturnType<typeof newKeys>
  /** As `fetch`, whatever the host of the address: each try goes to another process. */
  readonly send: typeof fetch
  /** Asks every one of them what time it is. Throws when one does not answer. */
  readonly hearAll: () => Promise<void>
  readonly pids: () => readonly number[]
}

const program = fileURLToPath(new URL('app-process.ts', import.meta.url))
/** Real milliseconds: a process that is stopped answers nothing, and another one does. */
const tryDeadline = 4_000
const pauseBetween = 100
const tries = 400

export async function startApps(
  clocks: readonly WrongClock[],
  settings: Readonly<Record<string, string>>,
  time: FastTime,
  folder: string,
  cleanup: { readonly add: (task: () => Promise<void>) => void },
): Promise<Apps> {
  const keys = newKeys()
  const pids: number[] = []
  const starter = (wrong: WrongClock, place: number) => {
    let life = 0
    return async (hasJumped: boolean) => {
      life += 1
      const log = `${folder}/app-${place}-${life}.log`
      const app = await startApp({ ...settings, ...clockEnvironment(wrong, hasJumped) }, time, log, { keys, program })
      pids.push(app.pid)
      return app
    }
  }
  // All of them, or one that failed would leave the others behind.
  const started = await Promise.allSettled(clocks.map((wrong, place) => createPlace(starter(wrong, place))))
  const places = started.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  for (const { current } of places) cleanup.add(async () => current()?.stop())
  const failed = started.find((one) => one.status === 'rejected')
  if (failed) throw failed.reason
  return {
    victims: places.map(({ victim }) => victim),
    keys,
    send: sender(places, time),
    async hearAll() {
      for (const place of places)
        await sender([place], time)('http://any/api/health', { headers: { 'x-functions-key': keys.reading } })
    },
    pids: () => pids,
  }
}

type Place = { readonly current: () => AppProcess | undefined; readonly victim: Victim & { offsets: Set<number> } }

async function createPlace(start: (hasJumped: boolean) => Promise<AppProcess>): Promise<Place> {
  let app: AppProcess | undefined = await start(false)
  let hasJumped = false
  const running = () => {
    if (!app || app.ended() !== undefined) throw new Error(app?.ended() ?? 'the app is not running')
    return app
  }
  const victim = {
    async kill() {
      await running().stop()
      app = undefined
    },
    async restart() {
      app = await start(hasJumped)
    },
    freeze: () => freeze(running().pid),
    jump() {
      process.kill(running().pid, 'SIGUSR2')
      hasJumped = true
    },
    offsets: new Set<number>(),
  }
  return { current: () => app, victim }
}

const clockEnvironment = ({ skew, jumpBy = 0 }: WrongClock, hasJumped: boolean) => ({
  SIM_SKEW: String(hasJumped ? skew + jumpBy : skew),
  SIM_JUMP: String(hasJumped ? 0 : jumpBy),
})

function sender(places: readonly Place[], time: FastTime): typeof fetch {
  const { SIM_SPEED, SIM_EPOCH, SIM_EPOCH_REAL } = fastTimeEnvironment(time)
  const now = () => Number(SIM_EPOCH) + (Date.now() - Number(SIM_EPOCH_REAL)) * Number(SIM_SPEED)
  let turn = 0
  return async (input, init) => {
    const { pathname, search } = new URL(String(input))
    for (let left = tries; left > 0; left -= 1) {
      turn += 1
      const place = places[turn % places.length]
      const app = place?.current()
      const answer = app && (await tryOnce(`${new URL(app.url).origin}${pathname}${search}`, init))
      if (answer) {
        const date = Date.parse(answer.headers.get('date') ?? '')
        place?.victim.offsets.add(Math.round((date - now()) / minutes(1)))
        return answer
      }
      await new Promise((resolve) => setTimeout(resolve, pauseBetween))
    }
    throw new Error(`no process answers ${pathname}`)
  }
}

/** Nothing when it did not answer: then the caller asks again, wherever that gets him. */
async function tryOnce(url: string, init: RequestInit | undefined): Promise<Response | undefined> {
  try {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(tryDeadline) })
    const whole = new Response(await response.text(), response)
    return Object.defineProperty(whole, 'url', { value: url })
  } catch {
    return undefined
  }
}
