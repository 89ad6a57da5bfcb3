/** The simulated Azure of the demo: a fleet behind HTTPS, in scaled time. */

import { type HttpsServer, startHttpsServer } from '../arm/https-server.ts'
import { createSim } from '../arm/kernel.ts'
import { providers } from '../arm/providers.ts'
import type { Sim } from '../arm/types.ts'
import { createScaledClock, type WaitingClock } from '../clock.ts'
import type { FastTime } from '../fast-time/fast-time.ts'
import { type FleetIds, fleetIds } from '../fleets/fleet-ids.ts'
import type { FleetName } from '../fleets/fleet-options.ts'
import { createFleet } from '../fleets/fleets.ts'
import { noteEstate } from '../judge/note-estate.ts'
import type { JudgedEstate } from '../judge/types.ts'

export type DemoEstate = {
  readonly ids: FleetIds
  readonly sim: Sim
  readonly clock: WaitingClock
  readonly server: HttpsServer
  /** As it was before anything happened. */
  readonly before: JudgedEstate
}

/** Object id of the app's managed identity. */
const principal = '00000000-0000-4000-8000-0000000000a1'

export async function startEstate(fleet: FleetName, seed: string, time: FastTime): Promise<DemoEstate> {
  const clock = createScaledClock(time)
  let origin = ''
  const { sim, handle } = createSim({ clock, seed, providers, origin: () => origin })
  createFleet(fleet)(sim)
  const before = noteEstate(sim.estate)
  const server = await startHttpsServer({ handle, clock, sim, principal })
  origin = server.origin
  return { ids: fleetIds(fleet), sim, clock, server, before }
}
