/** CPU of this thread, and how much of it was spent outside of the program that is measured. */

export type Meter = {
  /** What is done here is not the program's: it runs in one go, so nothing of the program is in between. */
  readonly outside: <T>(work: () => T) => T
  /** Seconds of the program itself. */
  readonly spent: () => number
  readonly reset: () => void
}

export function createMeter(): Meter {
  let from = cpu()
  let foreign = 0
  return {
    outside(work) {
      const began = cpu()
      try {
        return work()
      } finally {
        foreign += cpu() - began
      }
    },
    spent: () => (cpu() - from - foreign) / 1e6,
    reset() {
      from = cpu()
      foreign = 0
    },
  }
}

/** Microseconds. */
function cpu(): number {
  const { user, system } = process.threadCpuUsage()
  return user + system
}
