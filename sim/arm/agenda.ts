import type { Instant } from '../../src/lib/core/time.ts'
import { createHeap, type Timed } from '../heap.ts'
import type { Sim } from './types.ts'

type Entry = Timed & { readonly effect: () => void }

/**
 * What will happen in the world. Effects run when somebody looks (`settle`), in order of time, each at its own moment:
 * `now` tells that moment meanwhile. What is set for the past happens at the earliest moment still open.
 */
export function createAgenda(clockNow: () => Instant): { readonly now: () => Instant; readonly agenda: Sim['agenda'] } {
  const entries = createHeap<Entry>()
  let order = 0
  let moment: Instant | undefined
  let settledTo = Number.NEGATIVE_INFINITY
  const now = () => moment ?? clockNow()

  return {
    now,
    agenda: {
      at(when, effect) {
        entries.push({ when: Math.max(when, moment ?? settledTo), order, effect })
        order += 1
      },
      settle() {
        if (moment !== undefined) return
        const end = clockNow()
        try {
          for (let entry = entries.peek(); entry && entry.when <= end; entry = entries.peek()) {
            entries.pop()
            moment = entry.when
            entry.effect()
          }
        } finally {
          moment = undefined
        }
        settledTo = Math.max(settledTo, end)
      },
    },
  }
}
