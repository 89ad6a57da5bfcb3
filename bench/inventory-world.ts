/** Inventories of pairs of pooled hosts, in virtual time: the real collector, gateways and request budget, and an Azure with its limits. */

import { fleetIds } from '../sim/fleets/fleet-ids.ts'
import { optionsOf } from '../sim/fleets/fleet-options.ts'
import { createFleets } from '../sim/fleets/fleets.ts'
import { planTextFor } from '../sim/fleets/plan-text.ts'
import { createMemoryStorage } from '../sim/storage/memory-storage.ts'
import { createVirtualRegion, type VirtualRegion } from '../sim/virtual/region.ts'
import { createBudget } from '../src/lib/azure/budget.ts'
import { createAzureClients } from '../src/lib/azure/clients.ts'
import { createGateways } from '../src/lib/azure/gateways.ts'
import type { Millis } from '../src/lib/core/time.ts'
import { collectInventory } from '../src/lib/inventory/collect.ts'
import { gapsIn } from '../src/lib/inventory/last-seen.ts'
import type { Inventory } from '../src/lib/model/inventory.ts'
import { readPlan } from '../src/lib/plan/read-plan.ts'
import type { DrPlan } from '../src/lib/plan/schema.ts'
import type { Gateways } from '../src/lib/ports/gateways.ts'

export const pairs = 20
/** What the simulated services put on a page, and what Resource Graph does. */
const pageSize = 100
const graphPageSize = 1_000

export type Taken = {
  readonly requests: number
  /** Pages that a reading of the same things cannot do without. */
  readonly fewest: number
  readonly throttled: number
  readonly length: Millis
}

export type Story = {
  /** Nothing was there to compare with. */
  readonly first: Taken
  /** Fifteen minutes later. */
  readonly next: Taken
  readonly inventory: Inventory
  readonly planText: string
}

export async function takeInventories(hosts: number): Promise<Story> {
  const marks = Array.from({ length: pairs }, (_, i) => `p${String(i + 1).padStart(2, '0')}-`)
  const fleets = marks.map((mark) =>
    optionsOf('small', { pooledHosts: hosts / pairs / 2, personalVms: 0, users: 8, mark, isComplete: true }),
  )
  const region = createVirtualRegion({ seed: 1, fill: createFleets(fleets) })
  const planText = planTextFor(
    fleets.map((fleet) => fleetIds(fleet)),
    { backup: true },
  )
  const read = readPlan(planText)
  if (!read.ok) throw new Error(JSON.stringify(read.problems))
  const { plan } = read
  const gateways = gatewaysOf(region)
  const { inventory: before, ...first } = await take(region, gateways, plan, undefined)
  await region.clock.run(region.clock.now() + 15 * 60_000)
  const next = await take(region, gateways, plan, before)
  const { inventory, ...taken } = next
  const seen = Object.values(inventory.pairs).flatMap(({ primary, secondary }) => [
    primary.vms ?? [],
    secondary.vms ?? [],
  ])
  const machines = seen.reduce((sum, { length }) => sum + length, 0)
  if (machines !== hosts || gapsIn(inventory) > 0)
    throw new Error(`${machines} of ${hosts} machines were seen, with ${gapsIn(inventory)} gaps: this measured nothing`)
  return { first, next: taken, inventory, planText }
}

async function take(
  region: VirtualRegion,
  gateways: Gateways,
  plan: DrPlan,
  before: Inventory | undefined,
): Promise<Taken & { readonly inventory: Inventory }> {
  const { clock, sim } = region
  const [startedAt, calledBefore] = [clock.now(), sim.ledger.calls().length]
  let isOver = false
  const work = collectInventory({ gateways, plan, now: startedAt, before }).finally(() => {
    isOver = true
  })
  work.catch(() => undefined)
  await clock.run(() => isOver)
  const inventory = await work
  const calls = sim.ledger.calls().slice(calledBefore)
  return {
    inventory,
    requests: calls.length,
    fewest: fewestPages(calls, inventory),
    throttled: calls.filter(({ status }) => status === 429).length,
    length: clock.now() - startedAt,
  }
}

/**
 * Every list of hosts, machines, power states and disks by its pages; each thing that was asked for besides once, since a
 * page holds all of it. Resource Graph is one address: what it was asked is counted.
 */
function fewestPages(calls: readonly { readonly path: string }[], { pairs: seen }: Inventory): number {
  const pagesOf = (entries: number, size: number) => Math.max(1, Math.ceil(entries / size))
  const sides = Object.values(seen).flatMap(({ primary, secondary }) => [primary, secondary])
  const machines = sides.reduce((sum, { vms = [] }) => sum + vms.length, 0)
  const long = sides.reduce(
    (sum, { vms = [], sessionHosts = [] }) =>
      sum + pagesOf(vms.length, pageSize) + pagesOf(sessionHosts.length, pageSize),
    pagesOf(machines, pageSize),
  )
  const isLong = /\/(sessionHosts|Microsoft\.Compute\/virtualMachines)$/i
  const isGraph = /\/Microsoft\.ResourceGraph\/resources$/i
  const others = new Set(
    calls.map(({ path }) => path.toLowerCase()).filter((path) => !isLong.test(path) && !isGraph.test(path)),
  )
  return long + others.size + graphLists + pagesOf(machines, graphPageSize) + pagesOf(backups, graphPageSize)
}

/** Besides disks and backups: seven things that pairs stand on. */
const graphLists = 7
/** Shares alone, in these fleets. */
const backups = pairs

function gatewaysOf(region: VirtualRegion): Gateways {
  const { clock, sim, httpClient, identity } = region
  const storage = createMemoryStorage(clock)
  const clients = createAzureClients({
    credential: { getToken: async () => ({ token: identity.token('the-app'), expiresOnTimestamp: Date.UTC(2100, 0) }) },
    endpoint: sim.origin,
    httpClient,
    monotonic: clock.monotonic,
    deadline: (length) => {
      const controller = new AbortController()
      clock.at(clock.now() + length, () => controller.abort())
      return controller.signal
    },
    budget: createBudget(storage.table('pacers'), { now: clock.now, latest: clock.latest, monotonic: clock.monotonic }),
  })
  return createGateways(clients.for('background'), clock.now)
}
