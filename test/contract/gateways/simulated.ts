/** The gateways in front of the simulated Azure, in virtual time. */

import type { FaultRule } from '../../../sim/arm/faults.ts'
import { providers } from '../../../sim/arm/providers.ts'
import type { FleetOptions } from '../../../sim/fleets/fleet-options.ts'
import { limitless } from '../../../src/lib/azure/budget.ts'
import { createAzureClients } from '../../../src/lib/azure/clients.ts'
import { createGateways } from '../../../src/lib/azure/gateways.ts'
import { credentialOf } from '../kernel-world.ts'
import { createFleetWorld } from '../sim-world.ts'

export function simulated(fleet: Partial<FleetOptions>, rules: readonly FaultRule[] = []) {
  const world = createFleetWorld(fleet, { providers, faults: { rules }, timings: { armLatency: [100, 100] } })
  const { clock, clientOptions, sim } = world
  const azure = createAzureClients({
    credential: credentialOf('the-app'),
    endpoint: sim.origin,
    httpClient: clientOptions.httpClient,
    budget: limitless,
    monotonic: clock.monotonic,
    deadline: (length) => {
      const controller = new AbortController()
      clock.at(clock.now() + length, () => controller.abort())
      return controller.signal
    },
  })
  const gateways = createGateways(azure, clock.now)
  const kinds = (kind: string) => sim.ledger.events().filter((event) => event.kind === kind)
  return {
    ...world,
    gateways,
    /** Good for 10 s from now on. */
    fence: () => ({ notAfter: clock.monotonic() + 10_000 }),
    events: kinds,
    calls: (method: string) => sim.ledger.calls().filter((call) => call.method === method),
  }
}
