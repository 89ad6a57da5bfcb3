import type { Millis } from '../../src/lib/core/time.ts'

/** WebJobs SDK, QueuePollingIntervals.Minimum. */
const shortest = 100

/** The wait after an empty poll: `shortest` after a message was found, then about doubling (±20 %) up to `longest`. */
export function createPollingDelay(longest: Millis, random: () => number): (hasFound: boolean) => Millis {
  let current = 0
  let doublings = 0
  return (hasFound) => {
    if (hasFound) doublings = 0
    else if (current === longest) return longest
    const growth = doublings === 0 ? 0 : 2 ** (doublings - 1) * (0.8 + random() * 0.4)
    current = Math.min(longest, shortest * (1 + growth))
    doublings += 1
    return current
  }
}
