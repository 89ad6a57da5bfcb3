import { syncRegions } from '../estate/regions.ts'
import { applicationGroupRoutes } from './avd-application-groups.ts'
import { hostPoolRoutes } from './avd-host-pools.ts'
import { packageRoutes } from './avd-packages.ts'
import { scalingPlanRoutes } from './avd-scaling-plans.ts'
import { sessionHostRoutes } from './avd-session-hosts.ts'
import { userSessionRoutes } from './avd-user-sessions.ts'
import { writeRoutes } from './avd-writes.ts'
import type { Provider, Route } from './types.ts'

/** Microsoft.DesktopVirtualization, api 2024-04-03. No long operations; metadata is global and outlives a region. */
export const desktopVirtualization: Provider = {
  namespace: 'Microsoft.DesktopVirtualization',
  apiVersions: ['2024-04-03'],
  routes: [
    ...hostPoolRoutes,
    ...sessionHostRoutes,
    ...userSessionRoutes,
    ...applicationGroupRoutes,
    ...scalingPlanRoutes,
    ...packageRoutes,
    ...writeRoutes,
  ].map(withRateHeaders),
}

/** Recorded: AVD's own throttle says that it has none. */
const rateHeaders = {
  'x-rate-limit-limit': '0',
  'x-rate-limit-remaining': '9223372036854775807',
  'x-rate-limit-reset': '0',
}

function withRateHeaders(route: Route): Route {
  return {
    ...route,
    handle(request, params, sim) {
      syncRegions(sim)
      const answer = route.handle(request, params, sim)
      return { ...answer, headers: { ...rateHeaders, ...answer.headers } }
    },
  }
}
