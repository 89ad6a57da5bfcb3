import type { Estate } from './estate-types.ts'
import { builtInRoles } from './roles.ts'

/** A tenant with its built-in roles and nothing else. */
export function createEstate(tenant = '72f00000-0000-4000-8000-000000000001'): Estate {
  return {
    tenant,
    groups: new Map(),
    users: new Map(),
    roleAssignments: new Map(),
    hostPools: new Map(),
    applicationGroups: new Map(),
    scalingPlans: new Map(),
    vms: new Map(),
    sessionHosts: new Map(),
    replicatedItems: new Map(),
    quotas: new Map(),
    deadRegions: new Set(),
    locations: new Map(),
    roleDefinitions: new Map(builtInRoles.map((role) => [role.name, role])),
    accessInForce: new Map(),
  }
}
