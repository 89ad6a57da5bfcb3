/** What an estate may have against it before anything is done to it, and how it may end. */
import { type Millis, minutes } from '../../src/lib/core/time.ts'
import type { Random, Sim } from '../arm/types.ts'
import { tokenLifetime } from '../estate/agent.ts'
import { killRegion } from '../estate/regions.ts'
import type { FleetIds } from '../fleets/fleet-ids.ts'
import { type FleetOptions, usualActivity, usualAutoscale } from '../fleets/fleet-options.ts'

/** Shares of the nights. */
export type EstateTroubles = {
  /** Lists come in pages of two or three. */
  readonly smallPages?: number
  /** One desktop is not replicated. */
  readonly unreplicated?: number
  /** Replication of one desktop is critical. */
  readonly critical?: number
  /** The registration of one standby host has lapsed: it never comes up. */
  readonly lapsed?: number
  /** People sign in again wherever they can. */
  readonly activity?: number
  readonly autoscale?: number
  /** The primary region dies during the night, for good. */
  readonly regionLost?: number
}

export type EstateIncidents = Partial<Record<keyof EstateTroubles, number>>

export type EstateFate = {
  readonly fleet: Partial<FleetOptions>
  /** After the fleet is there. */
  readonly arrange: (sim: Sim, ids: FleetIds) => void
  /** When the region dies, counted from the start. */
  readonly regionDiesAfter?: Millis
  readonly incidents: EstateIncidents
}

export function drawFate(random: Random, shares: EstateTroubles): EstateFate {
  const has = (trait: keyof EstateTroubles) => random.chance(shares[trait] ?? 0)
  const traits = {
    smallPages: has('smallPages'),
    unreplicated: has('unreplicated'),
    critical: has('critical'),
    lapsed: has('lapsed'),
    activity: has('activity'),
    autoscale: has('autoscale'),
    regionLost: has('regionLost'),
  }
  const pageSize = random.pick([2, 3])
  const diesAfter = random.between(minutes(1), minutes(90))
  const doubleAcceptWindow = random.pick([0, 1_000, 5_000, 30_000])
  const switches = { doubleAcceptWindow, ...(traits.smallPages && { pageSize, assignmentsPageSize: pageSize }) }
  return {
    fleet: {
      switches,
      ...(traits.unreplicated && { unreplicatedVms: 1 }),
      ...(traits.activity && { userActivity: usualActivity }),
      ...(traits.autoscale && { autoscale: usualAutoscale }),
    },
    arrange(sim, ids) {
      if (traits.critical) sicken(sim, random)
      if (traits.lapsed) lapse(sim, ids, random)
      if (traits.regionLost) sim.agenda.at(sim.now() + diesAfter, () => killRegion(sim, ids.primaryLocation))
    },
    ...(traits.regionLost && { regionDiesAfter: diesAfter }),
    incidents: Object.fromEntries(Object.entries(traits).map(([name, isThere]) => [name, Number(isThere)])),
  }
}

function sicken({ estate }: Sim, random: Random): void {
  const items = [...estate.replicatedItems]
  if (items.length === 0) return
  const [key, item] = random.pick(items)
  estate.replicatedItems.set(key, { ...item, replicationHealth: 'Critical' })
}

/** 90 days without a heartbeat (AVD FAQ). */
function lapse({ estate, now }: Sim, { pooled }: FleetIds, random: Random): void {
  const names = new Set(pooled.secondary.vms.map((id) => id.split('/').at(-1)))
  const hosts = [...estate.sessionHosts.values()].filter(({ name }) => names.has(name))
  if (hosts.length === 0) return
  const host = random.pick(hosts)
  host.tokenFrom = now() - tokenLifetime * 2
}
