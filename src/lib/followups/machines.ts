/** The machines of a replicated pair as Site Recovery shows them, ready to be found by what an event names. */
import type { Instant } from '../core/time.ts'
import type { ReplicatedItem, ReplicationJob } from '../model/azure.ts'
import type { PlannedPair } from '../plan/schema.ts'
import { hostKey, shortName } from '../planning/situation.ts'
import type { SiteRecoveryEvent } from '../ports/follow-ups.ts'
import { itemsByVm } from './items.ts'

/** `open`: it may still restore the extensions. `over`: it has, or has told who lacks them. */
export type OwnWork = 'open' | 'over' | 'none'

/** What operations of ours did about a failover of this host at that moment. */
export type OwnWorkOf = (host: string, failedOverAt: Instant) => OwnWork

export type Machine = {
  /** Unique among all pairs. */
  readonly key: string
  readonly host: string
  readonly item: ReplicatedItem
  readonly jobs: readonly ReplicationJob[]
}

export type PairNow = {
  readonly pair: PlannedPair
  /** Missing: they could not be listed, or the hosts of the pair are unknown. */
  readonly machines?: {
    readonly all: readonly Machine[]
    readonly byName: ReadonlyMap<string, Machine>
    /** By the last name in the item's id. */
    readonly byItem: ReadonlyMap<string, Machine>
  }
  /** When the listings were started. */
  readonly listedAt: Instant
  readonly ownWork: OwnWorkOf
}

export type Listings = {
  /** Session host names. */
  readonly hosts: readonly string[]
  readonly items: readonly ReplicatedItem[]
  readonly jobs: readonly ReplicationJob[]
}

export function machinesOf(pair: PlannedPair, { hosts, items, jobs }: Listings): NonNullable<PairNow['machines']> {
  const byVm = itemsByVm(items, pair)
  const jobsByItem = new Map<string, ReplicationJob[]>()
  for (const job of jobs)
    for (const name of new Set([...job.items, shortName(job.target)]))
      jobsByItem.set(name, [...(jobsByItem.get(name) ?? []), job])
  const all = hosts.flatMap((host): readonly Machine[] => {
    const [item] = byVm.get(shortName(host)) ?? []
    if (!item) return []
    const own = new Set([...(jobsByItem.get(item.name) ?? []), ...(jobsByItem.get(shortName(item.vmName)) ?? [])])
    return [{ key: `${pair.id}/${hostKey(host)}`, host, item, jobs: [...own] }]
  })
  return {
    all,
    byName: new Map(all.map((machine) => [shortName(machine.host), machine])),
    byItem: new Map(all.map((machine) => [lastOf(machine.item.id), machine])),
  }
}

/** Those that the event names; all of the pair where it names none. Protecting again moves an item, under the name it had. */
export function namedBy({ itemIds, vms }: SiteRecoveryEvent, { machines }: PairNow): readonly Machine[] {
  if (!machines) return []
  if (itemIds.length + vms.length === 0) return machines.all
  const named = [
    ...vms.map((vm) => machines.byName.get(shortName(lastOf(vm)))),
    ...itemIds.map((id) => machines.byItem.get(lastOf(id))),
  ]
  return [...new Set(named.flatMap((machine) => machine ?? []))]
}

export const lastOf = (id: string): string => id.split('/').at(-1)?.toLowerCase() ?? ''
