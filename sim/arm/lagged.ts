import type { Instant, Millis } from '../../src/lib/core/time.ts'
import type { Change, Lagged } from './estate-types.ts'
import type { Sim } from './types.ts'

/**
 * A value whose changes reach readers after a lag sampled from `timings.readLag`, anew for every change. A newer change
 * that shows first hides an older one for good: readers never see time run backwards.
 */
export function createLagged<T>(sim: Pick<Sim, 'now' | 'random' | 'timings'>, initial: T): Lagged<T> {
  const sampleLag = () => sim.random.between(sim.timings.readLag[0], sim.timings.readLag[1])
  return createLaggedBy(sim.now, sampleLag, initial)
}

/** As `createLagged`, with a lag of your own: `() => 0` for what readers see at once. */
export function createLaggedBy<T>(now: () => Instant, sampleLag: () => Millis, initial: T): Lagged<T> {
  let truth = initial
  let shown = initial
  let hidden: { readonly value: T; readonly from: Instant }[] = []
  const changes: Change<T>[] = []

  return {
    now: () => truth,
    seen() {
      if (hidden.length === 0) return shown
      const moment = now()
      const newest = hidden.findLastIndex((change) => change.from <= moment)
      const change = hidden[newest]
      if (!change) return shown
      shown = change.value
      hidden = hidden.slice(newest + 1)
      return shown
    },
    set(value) {
      truth = value
      const at = now()
      const from = at + sampleLag()
      hidden.push({ value, from })
      changes.push({ value, at, shownFrom: from })
    },
    changes: () => changes,
  }
}
