/** Where Azure has no room, a few hosts find out whether that is still so; the others leave their places to those that can start. */
import type { Instant } from '../core/time.ts'
import type { HostClock } from '../model/host-clock.ts'
import type { Opening } from './openings.ts'

export type Startable = {
  readonly key: string
  /** Size and zone: what Azure has room for, or not. */
  readonly kind: string
  readonly dueAt: Instant
}

/** The newest starts of a kind of machine that have to have failed, all of them, and hosts of it that try in each opening. */
const inARow = 3

/** Keys of hosts that are not to be started in this opening. Those that were started in it already are not among them. */
export function withoutRoom(
  hosts: readonly Startable[],
  clocks: ReadonlyMap<string, HostClock>,
  opening: Opening | undefined,
): ReadonlySet<string> {
  if (!opening) return new Set()
  const wakeOf = ({ key }: Startable) => clocks.get(key)?.lastWake
  const held: string[] = []
  for (const same of Map.groupBy(hosts, ({ kind }) => kind).values()) {
    const woken = same.filter(wakeOf).sort((a, b) => (wakeOf(b)?.at ?? 0) - (wakeOf(a)?.at ?? 0))
    const newest = woken.slice(0, inARow)
    if (newest.length < inARow || newest.some((host) => wakeOf(host)?.outcome !== 'startFailed')) continue
    const isTried = (host: Startable) => (wakeOf(host)?.at ?? 0) >= opening.opens
    const tries = Math.max(0, inARow - same.filter(isTried).length)
    const others = same.filter((host) => !isTried(host)).sort((a, b) => a.dueAt - b.dueAt)
    held.push(...others.slice(tries).map(({ key }) => key))
  }
  return new Set(held)
}
