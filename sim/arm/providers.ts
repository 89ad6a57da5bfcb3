import { authorization } from './authorization.ts'
import { compute } from './compute.ts'
import { desktopVirtualization } from './desktop-virtualization.ts'
import { insights } from './insights.ts'
import { network } from './network.ts'
import { resourceGraph } from './resource-graph.ts'
import { resources } from './resources-deployments.ts'
import { siteRecovery } from './site-recovery.ts'
import { storage } from './storage.ts'
import type { Provider } from './types.ts'

/** All that the app speaks to. */
export const providers: readonly Provider[] = [
  desktopVirtualization,
  compute,
  insights,
  network,
  storage,
  siteRecovery,
  authorization,
  resources,
  resourceGraph,
]
