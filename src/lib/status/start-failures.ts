/** Starts that Azure refused, by what there was no room for: a sign of what capacity there would be in a disaster. */
import type { Instant } from '../core/time.ts'
import type { HostClock } from '../model/host-clock.ts'

export type StartFailureLine = {
  readonly size: string
  readonly zone?: string
  readonly code: string
  readonly count: number
  readonly hosts: number
  readonly lastAt: Instant
}

/** Most frequent first. */
export function startFailuresOf(clocks: readonly HostClock[]): readonly StartFailureLine[] {
  const all = clocks.flatMap(({ host, startFailures }) => startFailures.map((failure) => ({ host, ...failure })))
  const groups = Map.groupBy(all, ({ size, zone, code }) => JSON.stringify([size, zone, code]))
  const lines = [...groups.values()].flatMap((some) => {
    const [first] = some
    if (!first) return []
    const { size, zone, code } = first
    const hosts = new Set(some.map(({ host }) => host)).size
    const lastAt = Math.max(...some.map(({ at }) => at))
    return [{ size, ...(zone !== undefined && { zone }), code, count: some.length, hosts, lastAt }]
  })
  return lines.sort((a, b) => b.count - a.count || b.lastAt - a.lastAt)
}
