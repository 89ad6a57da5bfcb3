/** What must be true in the simulated Azure when every pair has failed over, whatever befell the processes. */
import { parseArmId } from '../../src/lib/core/arm-id.ts'
import type { LedgerEvent } from '../arm/ledger-types.ts'
import type { DemoEstate } from '../demo/estate.ts'
import { reachOf } from '../demo/reach.ts'

export function brokenInEstate({ sim, ids }: DemoEstate): readonly string[] {
  const events = sim.ledger.events()
  const names = ids.personal.vms.map(nameOf)
  const hosts = new Map([...sim.estate.sessionHosts.values()].map((host) => [host.name.toLowerCase(), host]))
  return [
    ...notOnce(events, 'failoverAccepted', names),
    ...notOnce(events, 'commitAccepted', names),
    ...names.flatMap((name) => (hosts.get(name)?.allowNewSession.now() ? [] : [`${name} lets nobody in`])),
    ...elsewhere(sim, ids),
  ]
}

function notOnce(events: readonly LedgerEvent[], kind: 'failoverAccepted' | 'commitAccepted', names: string[]) {
  const counts = new Map(names.map((name) => [name, 0]))
  for (const event of events)
    if (event.kind === kind) counts.set(nameOf(event.vm), (counts.get(nameOf(event.vm)) ?? 0) + 1)
  return [...counts].flatMap(([name, count]) => (count === 1 ? [] : [`${name}: ${kind} ${count} times`]))
}

/** A group of the pooled pair has its access on the secondary side, and ready hosts behind it there. */
const elsewhere = (sim: DemoEstate['sim'], ids: DemoEstate['ids']) =>
  reachOf(sim, ids.groups).flatMap(({ group, users, hosts }) =>
    users === 0 || hosts.endsWith(` in ${ids.secondaryLocation}`) ? [] : [`${group} reaches ${hosts}`],
  )

const nameOf = (id: string): string => (parseArmId(id)?.name ?? id).toLowerCase()
