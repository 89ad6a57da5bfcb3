/** What each group can reach in the simulated Azure now: read from the estate, not from what the product says. */
import { idKey, parseArmId } from '../../src/lib/core/arm-id.ts'
import type { SimGroup } from '../arm/estate-types.ts'
import type { Sim } from '../arm/types.ts'
import { plural } from './text.ts'

export type Reach = {
  readonly group: string
  readonly users: number
  /** Assigned application groups, by name. */
  readonly applicationGroups: readonly string[]
  /** Assigned, and not in force yet: up to 10 minutes. */
  readonly pending: number
  /** Hosts behind them that are ready and take new sessions, by region. */
  readonly hosts: string
}

export function reachOf({ estate }: Sim, groups: readonly SimGroup[]): readonly Reach[] {
  const inForce = new Set([...estate.accessInForce.values()].map(keyOf))
  const users = [...estate.users.values()]
  return groups.map(({ id, name }) => {
    const assigned = [...estate.roleAssignments.values()].filter(({ principalId }) => principalId === id)
    const pools = new Set(
      assigned.map(({ scope }) => idKey(estate.applicationGroups.get(idKey(scope))?.hostPoolId ?? '')),
    )
    return {
      group: name,
      users: users.filter((user) => user.groups.includes(id)).length,
      applicationGroups: assigned.map(({ scope }) => parseArmId(scope)?.name ?? scope).sort(),
      pending: assigned.filter((one) => !inForce.has(keyOf(one))).length,
      hosts: hostsText(estate, pools),
    }
  })
}

const keyOf = ({ principalId, scope }: { readonly principalId: string; readonly scope: string }) =>
  `${principalId} ${idKey(scope)}`

function hostsText({ sessionHosts, vms }: Sim['estate'], pools: ReadonlySet<string>): string {
  const counts = new Map<string, number>()
  for (const host of sessionHosts.values()) {
    if (!pools.has(idKey(host.pool)) || host.beatingSince === undefined || !host.allowNewSession.now()) continue
    const region = vms.get(idKey(host.vm))?.location ?? 'nowhere'
    counts.set(region, (counts.get(region) ?? 0) + 1)
  }
  return [...counts].map(([region, count]) => `${plural(count, 'host')} in ${region}`).join(', ') || 'no host'
}
