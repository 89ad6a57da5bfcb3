import { idKey } from '../../src/lib/core/arm-id.ts'
import type { Millis } from '../../src/lib/core/time.ts'
import { isAtOrAbove, letsPeopleIn, roleKey } from '../arm/access.ts'
import type { SimHostPool, SimSessionHost, SimUser } from '../arm/estate-types.ts'
import type { Sim } from '../arm/types.ts'
import { isAlive } from './regions.ts'
import { openSession } from './sessions.ts'
import { startVm } from './vm-power.ts'
import { worldOf } from './world.ts'

type Place = { readonly key: string; readonly host: SimSessionHost }
/** What is open to newcomers in a pool at one moment. */
type Openings = { readonly pool: SimHostPool; readonly places: Place[]; isStarting: boolean }

/**
 * People who lost their session try again, with `eagerness` at every tick, on any host they can really use then: access
 * in force, agent running, new sessions allowed. Where none is ready, Start VM on Connect may start one.
 */
export function startUserActivity(sim: Sim, options: { readonly every: Millis; readonly eagerness: number }): void {
  const tick = () => {
    const { wanting, random } = worldOf(sim)
    if (wanting.size > 0) {
      const pools = poolsByPrincipal(sim)
      const openings = new Map<string, Openings>()
      for (const id of [...wanting]) {
        const user = sim.estate.users.get(id)
        if (user && random.chance(options.eagerness)) tryToConnect(sim, user, pools, openings)
      }
    }
    sim.agenda.at(sim.now() + options.every, tick)
  }
  sim.agenda.at(sim.now() + options.every, tick)
}

function tryToConnect(sim: Sim, user: SimUser, pools: Map<string, Set<string>>, openings: Map<string, Openings>): void {
  const mine = new Set(
    [user.id, ...user.groups].flatMap((principal) => [...(pools.get(principal.toLowerCase()) ?? [])]),
  )
  for (const poolKey of mine) {
    // A user has one session in a pool at most.
    if (worldOf(sim).inUse.has(`${user.id} ${poolKey}`)) continue
    const open = openings.get(poolKey) ?? openingsOf(sim, poolKey)
    if (!open) continue
    openings.set(poolKey, open)
    const isPersonal = open.pool.hostPoolType === 'Personal'
    const fits = ({ host }: Place) =>
      host.sessions.size < open.pool.maxSessionLimit && (!isPersonal || host.assignedUser === user.name)
    const place = open.places.find(fits)
    if (place) {
      openSession(sim, place.key, place.host, user.id)
      // Breadth first: the next one comes to another host.
      open.places.push(...open.places.splice(open.places.indexOf(place), 1))
      return
    }
    startOnConnect(sim, user, open)
  }
}

/** Host pools that principals can really use now, through their application groups. */
function poolsByPrincipal(sim: Sim): Map<string, Set<string>> {
  const { accessInForce, applicationGroups, roleDefinitions } = sim.estate
  const pools = new Map<string, Set<string>>()
  for (const { scope, principalId, roleDefinitionId } of accessInForce.values()) {
    const role = roleDefinitions.get(roleKey(roleDefinitionId))
    if (!role || !letsPeopleIn(role)) continue
    for (const [key, group] of applicationGroups) {
      if (!isAtOrAbove(scope, key)) continue
      const known = pools.get(principalId.toLowerCase()) ?? new Set()
      pools.set(principalId.toLowerCase(), known.add(idKey(group.hostPoolId)))
    }
  }
  return pools
}

function openingsOf(sim: Sim, poolKey: string): Openings | undefined {
  const pool = sim.estate.hostPools.get(poolKey)
  if (!pool) return undefined
  const places: Place[] = []
  for (const key of worldOf(sim).hostsOfPool.get(poolKey) ?? []) {
    const host = sim.estate.sessionHosts.get(key)
    if (host?.beatingSince !== undefined && host.allowNewSession.now()) places.push({ key, host })
  }
  return { pool, places, isStarting: false }
}

/** Personal: the user's own host; pooled: one host, when none is on or all are full (documented). */
function startOnConnect(sim: Sim, user: SimUser, open: Openings): void {
  if (!open.pool.startVMOnConnect || open.isStarting) return
  const isPersonal = open.pool.hostPoolType === 'Personal'
  const { recordedVm, hostsOfPool } = worldOf(sim)
  for (const key of hostsOfPool.get(idKey(open.pool.id)) ?? []) {
    const host = sim.estate.sessionHosts.get(key)
    if (!host?.allowNewSession.now() || (isPersonal && host.assignedUser !== user.name)) continue
    // It goes by the host's record, which may still name the machine of before a failover.
    const vm = sim.estate.vms.get(recordedVm.get(key) ?? host.vm)
    if (!vm || !isAlive(sim, vm.location)) continue
    const power = vm.power.now()
    if (!isPersonal && power === 'starting') return
    if (power !== 'deallocated' && power !== 'stopped') continue
    open.isStarting = !isPersonal
    startVm(sim, vm, undefined, 'startOnConnect')
    return
  }
}
