import { idKey, sameId } from '../../src/lib/core/arm-id.ts'
import { failure, resourceNotFound } from './answers.ts'
import { withPool } from './avd-host-pools.ts'
import { avdId, avdInGroup, avdInSubscription, avdList, guidOf, inGroup, systemData } from './avd-resource.ts'
import type { SimScalingPlan } from './estate-types.ts'
import type { Route, Sim, SimRequest, SimResponse } from './types.ts'

const type = 'Microsoft.DesktopVirtualization/scalingPlans'
const plans = (sim: Sim) => [...sim.estate.scalingPlans.values()]

export const scalingPlanRoutes: readonly Route[] = [
  {
    method: 'GET',
    path: `${avdInGroup}/hostPools/{pool}/scalingPlans`,
    bucket: 'reads',
    action: `${type}/read`,
    handle: withPool((request, pool, sim) => {
      const wanted = plans(sim).filter((plan) => plan.pools.some(({ hostPoolId }) => sameId(hostPoolId, pool.id)))
      return avdList(sim, request, wanted, planBody)
    }),
  },
  {
    method: 'GET',
    path: `${avdInSubscription}/scalingPlans`,
    bucket: 'reads',
    action: `${type}/read`,
    handle: (request, { subscription = '' }, sim) => {
      const prefix = `/subscriptions/${subscription}/`.toLowerCase()
      return avdList(
        sim,
        request,
        plans(sim).filter(({ id }) => id.toLowerCase().startsWith(prefix)),
        planBody,
      )
    },
  },
  {
    method: 'GET',
    path: `${avdInGroup}/scalingPlans`,
    bucket: 'reads',
    action: `${type}/read`,
    handle: (request, { subscription = '', group = '' }, sim) =>
      avdList(
        sim,
        request,
        plans(sim).filter(({ id }) => inGroup(id, subscription, group)),
        planBody,
      ),
  },
  {
    method: 'GET',
    path: `${avdInGroup}/scalingPlans/{plan}`,
    bucket: 'reads',
    action: `${type}/read`,
    handle: withPlan((_request, plan) => ({ status: 200, body: planBody(plan) })),
  },
  {
    method: 'PATCH',
    path: `${avdInGroup}/scalingPlans/{plan}`,
    bucket: 'writes',
    action: `${type}/write`,
    handle: withPlan(patch),
  },
]

type PlanHandler = (request: SimRequest, plan: SimScalingPlan, sim: Sim) => SimResponse

function withPlan(handle: PlanHandler): Route['handle'] {
  return (request, { subscription = '', group = '', plan = '' }, sim) => {
    const id = `/subscriptions/${subscription}/resourceGroups/${group}/providers/${type}/${plan}`
    const found = sim.estate.scalingPlans.get(idKey(id))
    return found ? handle(request, found, sim) : resourceNotFound(type, plan, group)
  }
}

/** The references sent replace those there were: a pool that is left out is no longer the plan's. */
function patch(request: SimRequest, plan: SimScalingPlan, sim: Sim): SimResponse {
  const sent = (request.body as { properties?: { hostPoolReferences?: unknown } } | undefined)?.properties
    ?.hostPoolReferences
  const references = Array.isArray(sent) ? sent.map(readReference) : undefined
  if (!references || references.includes(undefined))
    return failure(400, 'BadRequest', 'Only hostPoolReferences can be changed here.')
  const before = [...plan.pools]
  plan.pools.splice(0, plan.pools.length, ...references.filter((reference) => reference !== undefined))
  for (const { hostPoolId, enabled } of plan.pools) report(sim, plan, hostPoolId, enabled)
  for (const { hostPoolId } of before)
    if (!plan.pools.some((pool) => sameId(pool.hostPoolId, hostPoolId))) report(sim, plan, hostPoolId, false)
  return { status: 200, body: planBody(plan) }
}

const report = (sim: Sim, plan: SimScalingPlan, pool: string, enabled: boolean): void =>
  sim.ledger.write({ kind: 'scalingPlanSet', plan: idKey(plan.id), pool: idKey(pool), enabled })

function readReference(value: unknown): SimScalingPlan['pools'][number] | undefined {
  const { hostPoolArmPath, scalingPlanEnabled } = (value ?? {}) as Record<string, unknown>
  if (typeof hostPoolArmPath !== 'string' || typeof scalingPlanEnabled !== 'boolean') return undefined
  return { hostPoolId: hostPoolArmPath, enabled: scalingPlanEnabled }
}

function planBody(plan: SimScalingPlan) {
  return {
    name: plan.name,
    id: avdId(plan.id),
    type: 'Microsoft.DesktopVirtualization/scalingplans',
    location: plan.location,
    tags: {},
    systemData,
    properties: {
      objectId: guidOf(plan.id),
      description: null,
      friendlyName: plan.name,
      timeZone: 'GMT Standard Time',
      hostPoolType: 'Pooled',
      exclusionTag: plan.exclusionTag,
      schedules: [schedule],
      ...plan.settings,
      hostPoolReferences: plan.pools.map(({ hostPoolId, enabled }) => ({
        hostPoolArmPath: hostPoolId,
        scalingPlanEnabled: enabled,
      })),
    },
  }
}

const schedule = {
  name: 'weekdays',
  daysOfWeek: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'],
  rampUpStartTime: { hour: 6, minute: 0 },
  rampUpLoadBalancingAlgorithm: 'BreadthFirst',
  rampUpMinimumHostsPct: 20,
  rampUpCapacityThresholdPct: 60,
  peakStartTime: { hour: 8, minute: 0 },
  peakLoadBalancingAlgorithm: 'BreadthFirst',
  rampDownStartTime: { hour: 18, minute: 0 },
  rampDownLoadBalancingAlgorithm: 'DepthFirst',
  rampDownMinimumHostsPct: 10,
  rampDownCapacityThresholdPct: 90,
  rampDownForceLogoffUsers: false,
  rampDownWaitTimeMinutes: 30,
  rampDownNotificationMessage: 'Please save your work.',
  rampDownStopHostsWhen: 'ZeroActiveSessions',
  offPeakStartTime: { hour: 20, minute: 0 },
  offPeakLoadBalancingAlgorithm: 'DepthFirst',
}
