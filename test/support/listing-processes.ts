/** Several processes that look at one host pool through one storage, in virtual time. What they list tells when it was true. */
import { createVirtualClock } from '../../sim/clock.ts'
import { createMemoryStorage } from '../../sim/storage/memory-storage.ts'
import { silentLog } from '../../sim/virtual/app.ts'
import type { Answer, Fault } from '../../src/lib/core/fault.ts'
import type { Instant, Millis } from '../../src/lib/core/time.ts'
import { createFleetView } from '../../src/lib/execution/fleet-view.ts'
import type { SessionHost } from '../../src/lib/model/azure.ts'
import type { Gateways } from '../../src/lib/ports/gateways.ts'
import type { ListingStore } from '../../src/lib/ports/listings.ts'
import { StorageAway } from '../../src/lib/storage/errors.ts'
import { createListingStore } from '../../src/lib/storage/listing-store.ts'

export const poolId =
  '/subscriptions/s/resourceGroups/rg-avd/providers/Microsoft.DesktopVirtualization/hostPools/hp-primary'

export type Seen =
  | { readonly startedAt: Instant; readonly trueAt: Instant; readonly newerAfter?: Millis }
  | { readonly fault: Fault }

export type LookingProcess = {
  readonly ask: (notBefore?: Instant) => Promise<Seen>
  /** As a begin asks. */
  readonly askAtOnce: (notBefore?: Instant) => Promise<Seen>
  /** For another list of the pool, which is empty. */
  readonly askSessions: () => Promise<Seen>
  /** Its requests to Azure, by the moment they were made. */
  readonly asked: Instant[]
}

export type ProcessOptions = {
  /** Its clock knows storage's time no better: [earlier, later] than true. */
  readonly unsure?: readonly [Millis, Millis]
  /** Around a call to storage; `StorageAway` is what it throws there. */
  readonly around?: (name: string, call: () => Promise<unknown>) => Promise<unknown>
  /** What Azure answers; without it the list, after `takes`. */
  readonly azure?: () => Promise<Answer<readonly SessionHost[]>>
  readonly change?: (store: ListingStore) => ListingStore
}

export function openProcesses(start: Instant = 1_900_000_000_000) {
  const clock = createVirtualClock(start)
  const storage = createMemoryStorage(clock)
  const state = { takes: 100 }
  let processes = 0

  function open(options: ProcessOptions = {}): LookingProcess {
    const { unsure = [0, 0], around, change = (store) => store } = options
    const link = storage.connect(undefined, {
      ...(around && { around: (name, call) => around(name ?? '', call) as ReturnType<typeof call> }),
    })
    const asked: Instant[] = []
    const list = options.azure ?? (() => listed())
    const sessionHosts = () => {
      asked.push(clock.now())
      return list()
    }
    const view = createFleetView({
      gateways: {
        avd: { sessionHosts, userSessions: async () => ({ kind: 'ok', value: [] }) },
      } as unknown as Gateways,
      clock: {
        now: () => clock.now() - unsure[0],
        latest: () => clock.now() + unsure[1],
        monotonic: () => clock.monotonic(),
      },
      listings: change(createListingStore(link.table('pacers'), link.blobs('listings'))),
      log: silentLog,
      holder: `process ${processes++}`,
    })
    return {
      asked,
      ask: async (notBefore) => seenIn(await view.sessionHosts(poolId, notBefore)),
      askAtOnce: async (notBefore) => seenIn(await (view.atOnce ?? view).sessionHosts(poolId, notBefore)),
      askSessions: async () => {
        const seen = await view.userSessions(poolId)
        return seen.kind === 'ok' ? { startedAt: seen.value.startedAt, trueAt: Number.NaN } : { fault: seen.fault }
      },
    }
  }

  /** The pool as it is now: one host, whose heartbeat is the moment. It is told `takes` later. */
  async function listed(): Promise<Answer<readonly SessionHost[]>> {
    const value = [hostOf(clock.now())]
    await clock.sleep(state.takes)
    return { kind: 'ok', value }
  }

  return {
    clock,
    storage,
    state,
    open,
    listed,
    pass: (length: Millis) => clock.run(clock.now() + length),
    /** Lets time go by until it is answered. */
    async told(asking: Promise<Seen>): Promise<Seen> {
      let isOver = false
      const over = () => {
        isOver = true
      }
      void asking.then(over, over)
      await clock.run(() => isOver)
      return asking
    },
  }
}

export type Processes = ReturnType<typeof openProcesses>

export const hostOf = (trueAt: Instant): SessionHost => ({
  id: `${poolId}/sessionHosts/vm-1`,
  name: 'vm-1',
  status: 'Available',
  allowNewSession: true,
  sessions: 0,
  lastHeartbeat: trueAt,
})

/** Calls of that name do not reach storage while it is so. */
export const cutOff =
  (name: RegExp, isCut: () => boolean = () => true): NonNullable<ProcessOptions['around']> =>
  (called, call) => {
    if (name.test(called) && isCut()) throw new StorageAway(`${called} does not arrive`)
    return call()
  }

export const startOf = (seen: Seen): Instant | string => ('fault' in seen ? seen.fault.code : seen.startedAt)

function seenIn(answer: Awaited<ReturnType<ReturnType<typeof createFleetView>['sessionHosts']>>): Seen {
  if (answer.kind !== 'ok') return { fault: answer.fault }
  const { value, startedAt, newerAfter } = answer.value
  const trueAt = value.get('vm-1')?.lastHeartbeat ?? Number.NaN
  return { startedAt, trueAt, ...(newerAfter !== undefined && { newerAfter }) }
}
