/** One listing answers everybody's looks (design rule 9): a thousand tasks cost no more reads than one. */
import { idKey } from '../core/arm-id.ts'
import type { Answer } from '../core/fault.ts'
import { type Clock, type Millis, seconds } from '../core/time.ts'
import type { ReplicatedItem, SessionHost, UserSession } from '../model/azure.ts'
import type { Gateways } from '../ports/gateways.ts'
import type { FleetView } from '../ports/steps.ts'
import { createSharedListing } from './shared-listing.ts'

export type FleetViewOptions = {
  readonly gateways: Gateways
  readonly clock: Clock
  readonly freshFor?: Millis
  readonly minInterval?: Millis
}

/** Maps are keyed by the host's name in lower case or by `idKey`. A failed listing is an answer too and is never taken for an empty one. */
export function createFleetView(options: FleetViewOptions): FleetView {
  const { gateways, clock } = options
  const limits = { freshFor: options.freshFor ?? seconds(10), minInterval: options.minInterval ?? seconds(2) }
  const shared = <T>() => createSharedListing<T>(clock, limits)
  const hosts = shared<ReadonlyMap<string, SessionHost>>()
  const sessions = shared<ReadonlyMap<string, readonly UserSession[]>>()
  const items = shared<ReadonlyMap<string, ReplicatedItem>>()
  const power: ReturnType<typeof shared<Value<Gateways['compute']['powerStates']>>> = shared()
  const jobs: ReturnType<typeof shared<Value<Gateways['siteRecovery']['jobs']>>> = shared()
  const assignments: ReturnType<typeof shared<Value<Gateways['access']['assignments']>>> = shared()
  const { avd, compute, siteRecovery, access } = gateways
  return {
    sessionHosts: (pool, notBefore) =>
      hosts(idKey(pool), async () => mapped(await avd.sessionHosts(pool), byHostName), notBefore),
    userSessions: (pool, notBefore) =>
      sessions(idKey(pool), async () => mapped(await avd.userSessions(pool), byHost), notBefore),
    powerStates: (subscription, notBefore) =>
      power(subscription.toLowerCase(), () => compute.powerStates(subscription), notBefore),
    replicatedItems: (vault, notBefore) =>
      items(idKey(vault), async () => mapped(await siteRecovery.items(vault), byId), notBefore),
    jobs: (vault, notBefore) => jobs(idKey(vault), () => siteRecovery.jobs(vault), notBefore),
    assignments: (scope, notBefore) => assignments(idKey(scope), () => access.assignments(scope), notBefore),
  }
}

type Value<F> = F extends (...args: never[]) => Promise<Answer<infer T>> ? T : never

const mapped = <A, B>(answer: Answer<A>, map: (value: A) => B): Answer<B> =>
  answer.kind === 'ok' ? { kind: 'ok', value: map(answer.value) } : answer

const byHostName = (hosts: readonly SessionHost[]) => new Map(hosts.map((host) => [host.name.toLowerCase(), host]))

const byId = (items: readonly ReplicatedItem[]) => new Map(items.map((item) => [idKey(item.id), item]))

/** A session listed on two pages counts once. */
function byHost(sessions: readonly UserSession[]): ReadonlyMap<string, readonly UserSession[]> {
  const unique = new Map(sessions.map((session) => [idKey(session.id), session]))
  return Map.groupBy(unique.values(), (session) => session.host.toLowerCase())
}
