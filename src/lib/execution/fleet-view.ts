/** One listing answers everybody's looks, in all processes (design rule 9): a thousand tasks cost no more reads than one. */
import { idKey } from '../core/arm-id.ts'
import type { Answer } from '../core/fault.ts'
import type { Log } from '../core/log.ts'
import { type Clock, type Millis, minutes, seconds } from '../core/time.ts'
import type { ReplicatedItem, SessionHost, UserSession } from '../model/azure.ts'
import type { Gateways } from '../ports/gateways.ts'
import type { ListingName, ListingStore, Listings } from '../ports/listings.ts'
import type { FleetView } from '../ports/steps.ts'
import { createReadAlone } from './read-alone.ts'
import { createSharedListing, type SharedListing } from './shared-listing.ts'

export type FleetViewOptions = {
  readonly gateways: Gateways
  readonly clock: Clock
  readonly listings: ListingStore
  readonly log: Log
  /** This process, unlike any other. */
  readonly holder: string
  readonly freshFor?: Millis
  readonly minInterval?: Millis
}

const sweepEvery: Millis = minutes(1)

/** Maps are keyed by the host's name in lower case or by `idKey`. A failed listing is an answer too and is never taken for an empty one. */
export function createFleetView(options: FleetViewOptions): FleetView {
  const { gateways, clock, log, holder, listings: store } = options
  const limits = { freshFor: options.freshFor ?? seconds(10), minInterval: options.minInterval ?? seconds(2) }
  const sweeps: (() => void)[] = []
  let sweptAt = clock.monotonic()
  /** Whatever is asked for: lists that nobody needs any more are not asked for themselves. */
  const sweepAll = () => {
    if (clock.monotonic() - sweptAt < sweepEvery) return
    sweptAt = clock.monotonic()
    for (const sweep of sweeps) sweep()
  }
  const shared = <N extends ListingName, T>(name: N, map: (value: Listings[N]) => T): SharedListing<N, T> => {
    const listing = createSharedListing({ store, clock, log, holder, limits }, name, map)
    sweeps.push(listing.sweep)
    return {
      ...listing,
      ask(...question) {
        sweepAll()
        return listing.ask(...question)
      },
    }
  }
  const lists: Lists = {
    hosts: shared('sessionHosts', byHostName),
    sessions: shared('userSessions', byHost),
    power: shared('powerStates', asListed),
    items: shared('replicatedItems', byId),
    jobs: shared('jobs', asListed),
    assignments: shared('assignments', asListed),
  }
  return {
    ...viewOf(lists, gateways, clock, 'ask'),
    atOnce: viewOf(lists, gateways, clock, 'atOnce'),
  }
}

type Lists = {
  readonly hosts: SharedListing<'sessionHosts', ReturnType<typeof byHostName>>
  readonly sessions: SharedListing<'userSessions', ReturnType<typeof byHost>>
  readonly power: SharedListing<'powerStates', Listings['powerStates']>
  readonly items: SharedListing<'replicatedItems', ReturnType<typeof byId>>
  readonly jobs: SharedListing<'jobs', Listings['jobs']>
  readonly assignments: SharedListing<'assignments', Listings['assignments']>
}

function viewOf(lists: Lists, gateways: Gateways, clock: Clock, how: 'ask' | 'atOnce'): Omit<FleetView, 'atOnce'> {
  const { hosts, sessions, power, items, jobs, assignments } = lists
  const { avd, compute, siteRecovery, access } = gateways
  // A look takes what is left over, or waits for the listing; a begin has decided to write, and needs to know.
  const alone = (how === 'ask' && gateways.for?.('spare')) || gateways
  const readAlone = createReadAlone(clock, how)
  return {
    sessionHosts: (pool, notBefore) => hosts[how](idKey(pool), () => avd.sessionHosts(pool), notBefore),
    userSessions: (pool, notBefore) => sessions[how](idKey(pool), () => avd.userSessions(pool), notBefore),
    powerStates: (subscription, notBefore) =>
      power[how](subscription.toLowerCase(), () => compute.powerStates(subscription), notBefore),
    replicatedItems: (vault, notBefore) => items[how](idKey(vault), () => siteRecovery.items(vault), notBefore),
    jobs: (vault, notBefore) => jobs[how](idKey(vault), () => siteRecovery.jobs(vault), notBefore),
    assignments: (scope, notBefore) => assignments[how](idKey(scope), () => access.assignments(scope), notBefore),
    assignmentsWithin: (group, notBefore) =>
      assignments[how](`${idKey(group)}/*`, () => access.assignmentsWithin(group), notBefore),
    sessionHostOf: (pool, host, notBefore) =>
      readAlone(hosts, idKey(pool), {
        list: () => avd.sessionHosts(pool),
        pick: (all) => all.get(host.toLowerCase()),
        read: async () => mapped(await alone.avd.sessionHosts(pool, host), byHostName),
        notBefore,
      }),
    userSessionsOf: (pool, host, notBefore) =>
      readAlone(sessions, idKey(pool), {
        list: () => avd.userSessions(pool),
        pick: (all) => all.get(host.toLowerCase()) ?? [],
        read: async () => mapped(await alone.avd.userSessions(pool, host), byHost),
        notBefore,
      }),
    powerStateOf: (subscription, vmId, notBefore) =>
      readAlone(power, subscription.toLowerCase(), {
        list: () => compute.powerStates(subscription),
        pick: (all) => all.get(idKey(vmId)),
        read: async () => mapped(await alone.compute.vm(vmId), (vm) => new Map([[idKey(vm.id), vm.power]])),
        notBefore,
      }),
  }
}

const asListed = <T>(value: T): T => value

const mapped = <T, V>(answer: Answer<T>, map: (value: T) => V): Answer<V> =>
  answer.kind === 'ok' ? { kind: 'ok', value: map(answer.value) } : answer

const byHostName = (hosts: readonly SessionHost[]): ReadonlyMap<string, SessionHost> =>
  new Map(hosts.map((host) => [host.name.toLowerCase(), host]))

const byId = (items: readonly ReplicatedItem[]): ReadonlyMap<string, ReplicatedItem> =>
  new Map(items.map((item) => [idKey(item.id), item]))

/** A session listed on two pages counts once. */
function byHost(sessions: readonly UserSession[]): ReadonlyMap<string, readonly UserSession[]> {
  const unique = new Map(sessions.map((session) => [idKey(session.id), session]))
  return Map.groupBy(unique.values(), (session) => session.host.toLowerCase())
}
