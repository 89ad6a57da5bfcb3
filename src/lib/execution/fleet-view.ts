/** One listing answers everybody's looks, in all processes (design rule 9): a thousand tasks cost no more reads than one. */
import { idKey } from '../core/arm-id.ts'
import type { Log } from '../core/log.ts'
import { type Clock, type Millis, seconds } from '../core/time.ts'
import type { ReplicatedItem, SessionHost, UserSession } from '../model/azure.ts'
import type { Gateways } from '../ports/gateways.ts'
import type { ListingName, ListingStore, Listings } from '../ports/listings.ts'
import type { FleetView } from '../ports/steps.ts'
import { createSharedListing } from './shared-listing.ts'

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

/** Maps are keyed by the host's name in lower case or by `idKey`. A failed listing is an answer too and is never taken for an empty one. */
export function createFleetView(options: FleetViewOptions): FleetView {
  const { gateways, clock, log, holder, listings: store } = options
  const limits = { freshFor: options.freshFor ?? seconds(10), minInterval: options.minInterval ?? seconds(2) }
  const shared = <N extends ListingName, T>(name: N, map: (value: Listings[N]) => T) =>
    createSharedListing({ store, clock, log, holder, limits }, name, map)
  const hosts = shared('sessionHosts', byHostName)
  const sessions = shared('userSessions', byHost)
  const power = shared('powerStates', asListed)
  const items = shared('replicatedItems', byId)
  const jobs = shared('jobs', asListed)
  const assignments = shared('assignments', asListed)
  const { avd, compute, siteRecovery, access } = gateways
  return {
    sessionHosts: (pool, notBefore) => hosts(idKey(pool), () => avd.sessionHosts(pool), notBefore),
    userSessions: (pool, notBefore) => sessions(idKey(pool), () => avd.userSessions(pool), notBefore),
    powerStates: (subscription, notBefore) =>
      power(subscription.toLowerCase(), () => compute.powerStates(subscription), notBefore),
    replicatedItems: (vault, notBefore) => items(idKey(vault), () => siteRecovery.items(vault), notBefore),
    jobs: (vault, notBefore) => jobs(idKey(vault), () => siteRecovery.jobs(vault), notBefore),
    assignments: (scope, notBefore) => assignments(idKey(scope), () => access.assignments(scope), notBefore),
    assignmentsWithin: (group, notBefore) =>
      assignments(`${idKey(group)}/*`, () => access.assignmentsWithin(group), notBefore),
  }
}

const asListed = <T>(value: T): T => value

const byHostName = (hosts: readonly SessionHost[]) => new Map(hosts.map((host) => [host.name.toLowerCase(), host]))

const byId = (items: readonly ReplicatedItem[]) => new Map(items.map((item) => [idKey(item.id), item]))

/** A session listed on two pages counts once. */
function byHost(sessions: readonly UserSession[]): ReadonlyMap<string, readonly UserSession[]> {
  const unique = new Map(sessions.map((session) => [idKey(session.id), session]))
  return Map.groupBy(unique.values(), (session) => session.host.toLowerCase())
}
