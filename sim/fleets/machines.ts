import { idKey, parseArmId } from '../../src/lib/core/arm-id.ts'
import { hours, seconds } from '../../src/lib/core/time.ts'
import type { SimPower, SimSessionHost, SimVm } from '../arm/estate-types.ts'
import { createLagged } from '../arm/lagged.ts'
import type { Sim } from '../arm/types.ts'
import { worldOf } from '../estate/world.ts'

export type MachineSpec = {
  readonly id: string
  readonly location: string
  readonly size: string
  readonly zone?: string
  readonly tags?: Readonly<Record<string, string>>
  readonly isOn: boolean
}

/** A VM of the fleet, on and running for a while or deallocated. */
export function addVm(sim: Sim, { id, location, size, zone, tags, isOn }: MachineSpec): SimVm {
  const { subscription = '', resourceGroup = '', name = '' } = parseArmId(id) ?? {}
  const vm: SimVm = {
    id,
    name,
    subscription,
    resourceGroup,
    location,
    size,
    ...(zone === undefined ? {} : { zone }),
    vmId: worldOf(sim).random.uuid(),
    power: createLagged<SimPower>(sim, isOn ? 'running' : 'deallocated'),
    tags: createLagged<Readonly<Record<string, string>>>(sim, { environment: 'production', ...tags }),
    failedOver: false,
  }
  sim.estate.vms.set(idKey(id), vm)
  return vm
}

export type HostSpec = {
  readonly pool: string
  readonly tokenAgeDays: number
  readonly assignedUser?: string
  /** Left out: a host that is off is drained, one that runs is not. */
  readonly letsIn?: boolean
}

/** The session host on a VM: available and beating when the VM is on; off, drained and last seen long ago when not. */
export function addSessionHost(
  sim: Sim,
  vm: SimVm,
  { pool, tokenAgeDays, assignedUser, letsIn }: HostSpec,
): SimSessionHost {
  const world = worldOf(sim)
  const now = sim.now()
  const isOn = vm.power.now() === 'running'
  const lastSeen = now - hours(24 * tokenAgeDays)
  const off = world.random.chance(0.5) ? 'Shutdown' : 'Unavailable'
  const host: SimSessionHost = {
    name: vm.name,
    pool: idKey(pool),
    allowNewSession: createLagged(sim, letsIn ?? isOn),
    vm: idKey(vm.id),
    ...(assignedUser === undefined ? {} : { assignedUser }),
    tokenFrom: isOn ? now : lastSeen,
    status: createLagged<ReturnType<SimSessionHost['status']['now']>>(sim, isOn ? 'Available' : off),
    ...(isOn
      ? { beatingSince: now - hours(20) - Math.round(world.random.between(0, seconds(30))) }
      : { lastHeartbeat: lastSeen }),
    sessions: new Map(),
  }
  const key = `${idKey(pool)}/${vm.name.toLowerCase()}`
  sim.estate.sessionHosts.set(key, host)
  world.hostOfVm.set(idKey(vm.id), key)
  const known = world.hostsOfPool.get(idKey(pool))
  if (known) known.push(key)
  else world.hostsOfPool.set(idKey(pool), [key])
  return host
}
