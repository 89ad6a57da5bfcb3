/** The estate at one moment, as it truly is and not as anybody reads it. */

import { idKey } from '../../../src/lib/core/arm-id.ts'
import { roleKey } from '../../arm/access.ts'
import type { SimReplicatedItem, SimVm } from '../../arm/estate-types.ts'
import { replicationHealthOf } from '../../arm/site-recovery-health.ts'
import type { Sim } from '../../arm/types.ts'

export type AssignmentSeen = {
  readonly name: string
  readonly scope: string
  readonly principal: string
  readonly role: string
  readonly condition?: string
}

export type HostSeen = {
  readonly pool: string
  readonly name: string
  readonly letsIn: boolean
  readonly isBeating: boolean
  readonly sessions: number
  readonly vm: string
}

export type VmSeen = { readonly isOn: boolean; readonly tags: Readonly<Record<string, string>> }

export type ItemSeen = {
  readonly vm: string
  readonly vmName: string
  readonly state: ReturnType<SimReplicatedItem['state']['now']>
  readonly isCritical: boolean
  readonly targetVm?: string
}

/** Ids and names in lower case. */
export type Picture = {
  /** How many events the ledger had. */
  readonly events: number
  readonly at: number
  readonly assignments: readonly AssignmentSeen[]
  /** By `<pool>/<name>`. */
  readonly hosts: ReadonlyMap<string, HostSeen>
  readonly vms: ReadonlyMap<string, VmSeen>
  /** By the name of the VM. */
  readonly items: ReadonlyMap<string, ItemSeen>
  /** Pool → whether a scaling plan is enabled for it; pools without one are missing. */
  readonly scaling: ReadonlyMap<string, boolean>
  readonly startOnConnect: ReadonlyMap<string, boolean>
}

export function pictureOf(sim: Sim): Picture {
  sim.agenda.settle()
  const { estate } = sim
  const hosts = [...estate.sessionHosts.values()].map(
    (host): HostSeen => ({
      pool: host.pool,
      name: host.name.toLowerCase(),
      letsIn: host.allowNewSession.now(),
      isBeating: host.beatingSince !== undefined,
      sessions: host.sessions.size,
      vm: host.vm,
    }),
  )
  return {
    events: sim.ledger.events().length,
    at: sim.now(),
    assignments: [...estate.roleAssignments.values()].map((each) => ({
      name: each.name,
      scope: idKey(each.scope),
      principal: each.principalId.toLowerCase(),
      role: roleKey(each.roleDefinitionId),
      ...(each.condition !== undefined && { condition: each.condition }),
    })),
    hosts: new Map(hosts.map((host) => [`${host.pool}/${host.name}`, host])),
    vms: new Map([...estate.vms].map(([key, vm]) => [key, { isOn: isOn(vm), tags: vm.tags.now() }])),
    items: new Map([...estate.replicatedItems.values()].map((item) => [item.vmName.toLowerCase(), itemOf(sim, item)])),
    scaling: new Map(
      [...estate.scalingPlans.values()].flatMap(({ pools }) =>
        pools.map(({ hostPoolId, enabled }) => [idKey(hostPoolId), enabled] as const),
      ),
    ),
    startOnConnect: new Map([...estate.hostPools].map(([key, pool]) => [key, pool.startVMOnConnect])),
  }
}

/** On its way up counts as on, on its way down as off. */
const isOn = ({ power }: SimVm): boolean => power.now() === 'running' || power.now() === 'starting'

const itemOf = (sim: Sim, item: SimReplicatedItem): ItemSeen => ({
  vm: item.vm,
  vmName: item.vmName.toLowerCase(),
  state: item.state.now(),
  isCritical: replicationHealthOf(sim, item) === 'Critical',
  ...(item.targetVm !== undefined && { targetVm: item.targetVm }),
})
