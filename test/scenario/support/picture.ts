import type { Sim } from '../../../sim/arm/types.ts'
import { idKey, parseArmId } from '../../../src/lib/core/arm-id.ts'

/** The estate in truth, not as reads show it: one line a fact, in order, for comparing before with after. */
export type Picture = readonly string[]

export function pictureOf({ estate, agenda }: Sim): Picture {
  agenda.settle()
  const group = (id: string) => estate.groups.get(id)?.name ?? id
  const assignments = [...estate.roleAssignments.values()].map((one) =>
    [
      `access ${nameOf(one.scope)}`,
      group(one.principalId),
      one.name,
      nameOf(one.roleDefinitionId),
      one.condition ?? '-',
      one.description ?? '-',
    ].join(' '),
  )
  const hosts = [...estate.sessionHosts.values()].map(
    ({ pool, name, allowNewSession, vm }) =>
      `host ${nameOf(pool)}/${name} ${allowNewSession.now() ? 'accepts' : 'drained'} on ${groupOf(vm)}`,
  )
  const machines = [...estate.vms.values()].map(
    ({ id, power, tags }) => `vm ${groupOf(id)}/${nameOf(id)} ${power.now()} ${tagsOf(tags.now())}`,
  )
  const pools = [...estate.hostPools.values()].map(
    ({ name, startVMOnConnect }) => `pool ${name} start on connect ${startVMOnConnect ? 'on' : 'off'}`,
  )
  const plans = [...estate.scalingPlans.values()].flatMap(({ name, pools: referenced }) =>
    referenced.map(({ hostPoolId, enabled }) => `plan ${name} ${nameOf(hostPoolId)} ${enabled ? 'on' : 'off'}`),
  )
  const items = [...estate.replicatedItems.values()].map(({ vmName, state }) => `item ${vmName} ${state.now()}`)
  return [...assignments, ...hosts, ...machines, ...pools, ...plans, ...items].sort()
}

const nameOf = (id: string): string => parseArmId(id)?.name.toLowerCase() ?? id.split('/').at(-1)?.toLowerCase() ?? ''
const groupOf = (id: string): string => idKey(parseArmId(id)?.resourceGroup ?? '')

const tagsOf = (tags: Readonly<Record<string, string>>): string =>
  Object.entries(tags)
    .map(([name, value]) => `${name}=${value}`)
    .sort()
    .join(',')
