import { idKey, parseArmId } from '../../src/lib/core/arm-id.ts'
import type { Sim } from '../arm/types.ts'
import { addSession } from '../estate/sessions.ts'
import { addResourceGroup } from '../estate/surroundings.ts'
import { worldOf } from '../estate/world.ts'
import type { FleetIds, SideIds } from './fleet-ids.ts'
import type { FleetOptions } from './fleet-options.ts'
import { addSessionHost, addVm } from './machines.ts'
import { groundIds, guestFacts } from './surrounding-ids.ts'

/** Two pooled pools, active-passive: the primary's hosts run, the secondary's are deallocated and drained. */
export function addPooledPair(sim: Sim, ids: FleetIds, options: FleetOptions): void {
  addSide(sim, ids, ids.pooled.primary, options, true)
  addSide(sim, ids, ids.pooled.secondary, options, false)
  if (options.scalingPlans) {
    addScalingPlan(sim, ids, ids.pooled.primary, true)
    addScalingPlan(sim, ids, ids.pooled.secondary, options.standby.scalesIn, options.standby.scalesIn)
  }
  if (options.openSessions) openSessions(sim, ids, options)
}

/** Share of the primary's hosts that have sessions, with several users each. */
const shareInUse = 0.6
const sessionsPerHost: readonly [number, number] = [2, 5]
const zones = ['1', '2', '3']
const applicationNames = ['Word', 'Excel', 'PowerPoint', 'Ledger', 'Statements', 'Reports']

function addSide(sim: Sim, ids: FleetIds, side: SideIds, options: FleetOptions, isPrimary: boolean): void {
  const { estate } = sim
  const { subscription = '', resourceGroup = '', name = '' } = parseArmId(side.hostPool) ?? {}
  addResourceGroup(sim, side.resourceGroup, side.location)
  estate.hostPools.set(idKey(side.hostPool), {
    id: side.hostPool,
    name,
    subscription,
    resourceGroup,
    location: side.location,
    hostPoolType: 'Pooled',
    maxSessionLimit: options.maxSessionLimit,
    startVMOnConnect: isPrimary ? options.startOnConnect.primary : options.startOnConnect.secondary,
  })
  side.applicationGroups.forEach((id, i) => {
    addApplicationGroup(
      sim,
      id,
      side.hostPool,
      side.location,
      i === 0 ? [] : applicationNames.slice(3 * ((i - 1) % 2)).slice(0, 3),
    )
  })
  const { workspace: id, location, applicationGroups } = side
  worldOf(sim).workspaces.set(idKey(id), { id, name: parseArmId(id)?.name ?? '', location, applicationGroups })
  const ground = groundIds(ids).pooled
  const [own, other] = isPrimary ? [ground.primary, ground.secondary] : [ground.secondary, ground.primary]
  const facts = options.isComplete ? guestFacts(own, other) : undefined
  side.vms.forEach((vm, i) => {
    const zone = zones[i % zones.length] ?? '1'
    const { tokenAgeDays, letsIn, tags } = isPrimary
      ? { tokenAgeDays: options.tokenAgeDays, letsIn: true, tags: {} }
      : standbyTraits(sim, ids, options)
    const told = facts === undefined ? tags : { ...tags, drTier: '1', 'avd-dr-fslogix': facts }
    const machine = { id: vm, location: side.location, size: options.vmSize, zone, isOn: isPrimary, tags: told }
    addSessionHost(sim, addVm(sim, machine), { pool: side.hostPool, tokenAgeDays, letsIn })
  })
}

/** Draws nothing from the generator unless asked to: fleets without such options stay as they are. */
function standbyTraits(sim: Sim, { exclusionTag }: FleetIds, options: FleetOptions) {
  const { random } = worldOf(sim)
  const { tokenAgeDays, tokenAgeSpreadDays, standby } = options
  const isChosen = (share: number) => share > 0 && random.chance(share)
  return {
    tokenAgeDays: tokenAgeDays + (tokenAgeSpreadDays > 0 ? random.between(0, tokenAgeSpreadDays) : 0),
    letsIn: isChosen(standby.undrained),
    tags: isChosen(standby.tagged) ? { [exclusionTag]: 'maintenance' } : {},
  }
}

/** Without applications it is a Desktop group. */
export function addApplicationGroup(
  sim: Sim,
  id: string,
  hostPoolId: string,
  location: string,
  applications: readonly string[],
): void {
  const type = applications.length > 0 ? 'RemoteApp' : 'Desktop'
  const name = parseArmId(id)?.name ?? ''
  // People know it by one name on both sides.
  const settings = { friendlyName: name.split('-').slice(0, 2).join('-') }
  sim.estate.applicationGroups.set(idKey(id), { id, name, location, hostPoolId, type, settings })
  if (applications.length > 0)
    worldOf(sim).applications.set(
      idKey(id),
      applications.map((one) => ({ name: one })),
    )
}

function addScalingPlan(sim: Sim, ids: FleetIds, side: SideIds, enabled: boolean, scalesIn = false): void {
  sim.estate.scalingPlans.set(idKey(side.scalingPlan), {
    id: side.scalingPlan,
    name: parseArmId(side.scalingPlan)?.name ?? '',
    location: side.location,
    exclusionTag: ids.exclusionTag,
    scalesIn,
    pools: [{ hostPoolId: side.hostPool, enabled }],
  })
}

/** Users with access, each with at most one session, until hosts or users run out. */
function openSessions(sim: Sim, ids: FleetIds, options: FleetOptions): void {
  const { random, hostsOfPool } = worldOf(sim)
  const withAccess = new Set(ids.groups.map(({ id }) => id))
  const users = ids.users.filter(({ id }) => sim.estate.users.get(id)?.groups.some((group) => withAccess.has(group)))
  let next = 0
  for (const key of hostsOfPool.get(idKey(ids.pooled.primary.hostPool)) ?? []) {
    const host = sim.estate.sessionHosts.get(key)
    if (!host || !random.chance(shareInUse)) continue
    const count = Math.min(options.maxSessionLimit, Math.round(random.between(...sessionsPerHost)))
    for (const user of users.slice(next, next + count)) addSession(sim, key, host, user.id)
    next += count
  }
}
