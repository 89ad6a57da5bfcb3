import type { Instant } from '../core/time.ts'
import type { Gateways } from '../ports/gateways.ts'
import { createAccess } from './access.ts'
import { createAvd } from './avd.ts'
import type { AzureClients } from './clients.ts'
import { createCompute } from './compute.ts'
import { createDeployments } from './deployments.ts'
import { createEstate } from './estate.ts'
import { createExtensions } from './extensions.ts'
import { createRoom } from './room.ts'
import { createSiteRecovery } from './site-recovery.ts'

/** All gateways over one set of clients; `now` is storage's time. */
export const createGateways = (clients: AzureClients, now: () => Instant): Gateways => ({
  avd: createAvd(clients),
  compute: createCompute(clients),
  room: createRoom(clients),
  extensions: createExtensions(clients),
  deployments: createDeployments(clients),
  siteRecovery: createSiteRecovery(clients, now),
  access: createAccess(clients),
  estate: createEstate(clients),
  for: (purpose) => createGateways(clients.for(purpose), now),
})
