import { idKey } from '../../src/lib/core/arm-id.ts'
import { currentToken, makeToken } from '../estate/registration.ts'
import { failure, resourceNotFound } from './answers.ts'
import { avdId, avdInGroup, avdInSubscription, avdList, guidOf, inGroup, systemData } from './avd-resource.ts'
import { changePool } from './avd-writes.ts'
import type { SimHostPool } from './estate-types.ts'
import type { Route, Sim, SimResponse } from './types.ts'

const type = 'Microsoft.DesktopVirtualization/hostPools'

export const hostPoolRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: `${avdInSubscription}/hostPools`,
    bucket: 'reads',
    action: `${type}/read`,
    handle: (request, { subscription = '' }, sim) => {
      const pools = [...sim.estate.hostPools.values()].filter((pool) => same(pool.subscription, subscription))
      return avdList(sim, request, pools, (pool) => hostPoolBody(sim, pool))
    },
  },
  {
    method: 'GET',
    path: `${avdInGroup}/hostPools`,
    bucket: 'reads',
    action: `${type}/read`,
    handle: (request, { subscription = '', group = '' }, sim) => {
      const pools = [...sim.estate.hostPools.values()].filter((pool) => inGroup(pool.id, subscription, group))
      return avdList(sim, request, pools, (pool) => hostPoolBody(sim, pool))
    },
  },
  {
    method: 'GET',
    path: `${avdInGroup}/hostPools/{pool}`,
    bucket: 'reads',
    action: `${type}/read`,
    handle: withPool((_request, pool, sim) => ({ status: 200, body: hostPoolBody(sim, pool) })),
  },
  {
    method: 'PATCH',
    path: `${avdInGroup}/hostPools/{pool}`,
    bucket: 'writes',
    action: `${type}/write`,
    handle: withPool((request, pool, sim) => {
      const { properties } = (request.body ?? {}) as { properties?: Record<string, unknown> }
      if (properties?.registrationInfo !== undefined) return setRegistration(properties.registrationInfo, pool, sim)
      const { startVMOnConnect: enabled, ...changes } = properties ?? {}
      if (enabled !== undefined && typeof enabled !== 'boolean')
        return failure(400, 'BadRequest', 'startVMOnConnect must be true or false.')
      const refusal = changePool(changes, pool, sim)
      if (refusal) return refusal
      if (enabled !== undefined) {
        pool.startVMOnConnect = enabled
        sim.ledger.write({ kind: 'startOnConnectSet', pool: idKey(pool.id), enabled })
      }
      return { status: 200, body: hostPoolBody(sim, pool) }
    }),
  },
  {
    method: 'POST',
    path: `${avdInGroup}/hostPools/{pool}/retrieveRegistrationToken`,
    bucket: 'writes',
    action: `${type}/retrieveRegistrationToken/action`,
    handle: withPool((_request, pool, sim) => ({ status: 200, body: registrationBody(sim, pool, true) })),
  },
]

/** `Update` makes a new token, in place of the one before. The answer does not have it. */
function setRegistration(info: unknown, pool: SimHostPool, sim: Sim): SimResponse {
  const { expirationTime, registrationTokenOperation } = info as Record<string, unknown>
  if (registrationTokenOperation !== 'Update')
    return failure(400, 'BadRequest', 'Only registrationTokenOperation Update is simulated.')
  if (!makeToken(sim, pool, Date.parse(String(expirationTime))))
    return failure(400, 'BadRequest', 'expirationTime must be between 1 hour and 27 days from now.')
  return { status: 200, body: hostPoolBody(sim, pool) }
}

/** Without a token, or once it has expired, there is nothing to be had. */
function registrationBody(sim: Sim, pool: SimHostPool, withToken: boolean) {
  const current = currentToken(sim, pool)
  if (!current || current.expiresAt <= sim.now())
    return { expirationTime: null, token: null, registrationTokenOperation: 'None' }
  const expirationTime = new Date(current.expiresAt).toISOString()
  return { expirationTime, token: withToken ? current.token : null, registrationTokenOperation: 'None' }
}

type PoolHandler = (request: Parameters<Route['handle']>[0], pool: SimHostPool, sim: Sim) => SimResponse

/** Finds the host pool the path names, or answers 404. */
export function withPool(handle: PoolHandler): Route['handle'] {
  return (request, { subscription = '', group = '', pool = '' }, sim) => {
    const key = `/subscriptions/${subscription}/resourcegroups/${group}/providers/microsoft.desktopvirtualization/hostpools/${pool}`
    const found = sim.estate.hostPools.get(key.toLowerCase())
    return found ? handle(request, found, sim) : resourceNotFound(type, pool, group)
  }
}

/** Fields of the example HostPool_Get.json that a real pool fills. */
export function hostPoolBody(sim: Sim, pool: SimHostPool) {
  const isPersonal = pool.hostPoolType === 'Personal'
  const key = idKey(pool.id)
  const applicationGroups = [...sim.estate.applicationGroups.values()].filter(
    (group) => idKey(group.hostPoolId) === key,
  )
  return {
    name: pool.name,
    id: avdId(pool.id),
    type: 'Microsoft.DesktopVirtualization/hostpools',
    location: pool.location,
    tags: {},
    systemData,
    properties: {
      objectId: guidOf(pool.id),
      friendlyName: null,
      description: null,
      hostPoolType: pool.hostPoolType,
      ...(isPersonal ? { personalDesktopAssignmentType: 'Automatic' } : {}),
      customRdpProperty: null,
      maxSessionLimit: pool.maxSessionLimit,
      loadBalancerType: isPersonal ? 'Persistent' : 'BreadthFirst',
      validationEnvironment: false,
      registrationInfo: registrationBody(sim, pool, false),
      vmTemplate: null,
      applicationGroupReferences: applicationGroups.map((group) => avdId(group.id)),
      preferredAppGroupType: 'Desktop',
      startVMOnConnect: pool.startVMOnConnect,
      cloudPcResource: false,
      agentUpdate: { type: 'Default', useSessionHostLocalTime: false, maintenanceWindowTimeZone: null },
      ...pool.settings,
    },
  }
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
