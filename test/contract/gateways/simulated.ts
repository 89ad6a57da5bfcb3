/** The gateways in front of the simulated Azure, in virtual time. */
import { authorization } from '../../../sim/arm/authorization.ts'
import { compute } from '../../../sim/arm/compute.ts'
import { desktopVirtualization } from '../../../sim/arm/desktop-virtualization.ts'
import type { FaultRule } from '../../../sim/arm/faults.ts'
import { siteRecovery } from '../../../sim/arm/site-recovery.ts'
import type { FleetOptions } from '../../../sim/fleets/fleet-options.ts'
import { createAccess } from '../../../src/lib/azure/access.ts'
import { createAvd } from '../../../src/lib/azure/avd.ts'
import { createAzureClients } from '../../../src/lib/azure/clients.ts'
import { createCompute } from '../../../src/lib/azure/compute.ts'
import { createSiteRecovery } from '../../../src/lib/azure/site-recovery.ts'
import type { Gateways } from '../../../src/lib/ports/gateways.ts'
import { credentialOf } from '../kernel-world.ts'
import { createFleetWorld } from '../sim-world.ts'

export function simulated(fleet: Partial<FleetOptions>, rules: readonly FaultRule[] = []) {
  const providers = [desktopVirtualization, compute, siteRecovery, authorization]
  const world = createFleetWorld(fleet, { providers, faults: { rules }, timings: { armLatency: [100, 100] } })
  const { clock, clientOptions, sim } = world
  const azure = createAzureClients({
    credential: credentialOf('the-app'),
    endpoint: sim.origin,
    httpClient: clientOptions.httpClient,
    monotonic: clock.monotonic,
    deadline: (length) => {
      const controller = new AbortController()
      clock.at(clock.now() + length, () => controller.abort())
      return controller.signal
    },
  })
  const gateways: Gateways = {
    avd: createAvd(azure),
    compute: createCompute(azure),
    siteRecovery: createSiteRecovery(azure, clock.now),
    access: createAccess(azure),
  }
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
