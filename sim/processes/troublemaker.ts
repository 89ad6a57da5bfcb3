/** Carries the schedule out, and keeps count of what really struck. */
import { isoOf } from '../../src/lib/core/time.ts'
import type { WaitingClock } from '../clock.ts'
import type { Victim } from './apps.ts'
import type { Schedule, Trouble, TroubleKind } from './schedule.ts'

export type StorageVictim = {
  readonly cut: () => void
  readonly mend: () => void
  /** The answer lets it go on. */
  readonly freeze: () => () => void
}

export type Troublemaker = {
  readonly counts: Readonly<Record<TroubleKind, number>>
  /** Throws when a process did not come up again. */
  readonly check: () => void
  /** Begins nothing more, and undoes at once what lasts. */
  readonly stop: () => Promise<void>
}

type Say = (line: string) => void

export function makeTrouble(
  schedule: Schedule,
  victims: readonly Victim[],
  storage: StorageVictim,
  clock: WaitingClock,
  say: Say,
): Troublemaker {
  const counts = { kill: 0, pause: 0, jump: 0, cut: 0, silence: 0 }
  const begun = clock.now()
  const leave = Promise.withResolvers<void>()
  let isLeaving = false
  let failure: unknown
  const wait = (until: number) => {
    const waited = Promise.withResolvers<void>()
    const callOff = clock.at(until, waited.resolve)
    return Promise.race([waited.promise, leave.promise.then(callOff)])
  }
  const follow = async (name: string, troubles: readonly Trouble[], strike: Strike) => {
    for (const { kind, at, lasts } of troubles) {
      await wait(begun + at)
      if (isLeaving) return
      say(`${isoOf(clock.now()).slice(11, 19)} ${kind} of ${name} for ${Math.round(lasts / 1_000)} s`)
      const undo = await strike(kind)
      counts[kind] += 1
      if (lasts === 0) continue
      await wait(clock.now() + lasts)
      await undo()
      say(`${isoOf(clock.now()).slice(11, 19)} ${name} is back`)
    }
  }
  const all = [
    ...victims.map((victim, i) => follow(`process ${i}`, schedule.apps[i] ?? [], strikeApp(victim))),
    follow('storage', schedule.storage, strikeStorage(storage)),
  ].map((work) =>
    work.catch((error) => {
      failure ??= error
    }),
  )
  const check = () => {
    if (failure !== undefined) throw failure
  }
  return {
    counts,
    check,
    async stop() {
      isLeaving = true
      leave.resolve()
      await Promise.all(all)
      check()
    },
  }
}

type Strike = (kind: TroubleKind) => Promise<() => Promise<void>>

const strikeApp =
  (victim: Victim): Strike =>
  async (kind) => {
    if (kind === 'kill') {
      await victim.kill()
      return victim.restart
    }
    if (kind === 'jump') {
      victim.jump()
      return async () => undefined
    }
    const thaw = victim.freeze()
    return async () => thaw()
  }

const strikeStorage =
  (storage: StorageVictim): Strike =>
  async (kind) => {
    if (kind === 'silence') {
      const thaw = storage.freeze()
      return async () => thaw()
    }
    storage.cut()
    return async () => storage.mend()
  }
