/** Processes that share nothing but storage, in virtual time, and a strict meter of what they send. */
import { createVirtualClock } from '../../../sim/clock.ts'
import { createRandom } from '../../../sim/random.ts'
import type { StorageFaults } from '../../../sim/storage/link.ts'
import { createMemoryStorage } from '../../../sim/storage/memory-storage.ts'
import { type Budget, createBudget, type Request, type Taken } from '../../../src/lib/azure/budget.ts'
import { type Bucket, type Charge, documented } from '../../../src/lib/azure/budget-row.ts'
import type { Instant, Millis } from '../../../src/lib/core/time.ts'
import type { Table } from '../../../src/lib/ports/storage.ts'

export const scope = '3b6f9d52-7c1e-4a85-9f20-5d8e6a4c1b70'
export const requestOf = (bucket: Bucket, purpose: Charge = 'forward'): Request => ({ scope, bucket, purpose })

export type Process = {
  readonly budget: Budget
  readonly take: (bucket: Bucket, purpose?: Charge, queue?: 'line' | 'soon') => Promise<Taken>
}

/** `latency` of storage; `isShared: false` plants the opposite: every process has a budget to itself. */
export function openWorld({ seed = 1, isShared = true, faults = {} as StorageFaults } = {}) {
  const random = createRandom(seed)
  const clock = createVirtualClock(1_800_000_000_137)
  const storage = createMemoryStorage(clock, random)
  const sent: { readonly at: Instant; readonly bucket: Bucket; readonly purpose: Charge }[] = []
  const calls: string[] = []
  let processes = 0

  async function start(): Promise<Process> {
    const own = isShared ? storage : createMemoryStorage(clock, random.fork(`storage ${processes}`))
    const way = own.connect(random.fork(`process ${processes++}`), faults, clock.monotonic)
    for (let isKnown = false; !isKnown; )
      isKnown = await way.refreshClock().then(
        () => true,
        () => false,
      )
    const budget = createBudget(counted(way.table('pacers'), calls), way.clock)
    return {
      budget,
      async take(bucket, purpose = 'forward', queue = 'line') {
        const taken = await budget.take(requestOf(bucket, purpose), queue)
        if (taken.kind === 'taken') sent.push({ at: clock.now(), bucket, purpose })
        return taken
      },
    }
  }

  /** Lets time run until the work is over. */
  async function settled<T>(work: Promise<T>): Promise<T> {
    let isOver = false
    const over = work.finally(() => {
      isOver = true
    })
    over.catch(() => undefined)
    await clock.run(() => isOver)
    return over
  }
  return { clock, random, storage, sent, calls, start, settled }
}

function counted(table: Table, calls: string[]): Table {
  const noted =
    <A extends readonly unknown[], R>(name: string, call: (...args: A) => R) =>
    (...args: A): R => {
      calls.push(name)
      return call(...args)
    }
  return {
    ...table,
    get: noted('get', table.get),
    insert: noted('insert', table.insert),
    replace: noted('replace', table.replace),
  }
}

/** By how many requests the fullest window of any length was above half of Azure's bucket; zero or less keeps the promise. */
export function mostAboveHalf(moments: readonly Instant[], bucket: Bucket): number {
  const { size, perSecond } = documented[bucket]
  let tokens = size / 2
  let last = moments[0] ?? 0
  let worst = Number.NEGATIVE_INFINITY
  for (const at of moments.toSorted((a, b) => a - b)) {
    tokens = Math.min(size / 2, tokens + ((at - last) / 1_000) * (perSecond / 2)) - 1
    last = at
    worst = Math.max(worst, -tokens)
  }
  return worst
}

export const lasting = (from: Instant, length: Millis) => (at: Instant) => at >= from && at < from + length
