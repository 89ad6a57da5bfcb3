/** Data collection rule associations of VMs: Microsoft.Insights, api 2022-06-01 (REST reference; no specification file was at hand). */
import { idKey } from '../../src/lib/core/arm-id.ts'
import { guestOf, setAssociations } from '../estate/guest.ts'
import { syncRegions } from '../estate/regions.ts'
import { worldOf } from '../estate/world.ts'
import { failure, gatewayFailure, resourceNotFound } from './answers.ts'
import { guidOf } from './avd-resource.ts'
import { diagnosticRoutes } from './diagnostic-settings.ts'
import type { SimAssociation, SimVm } from './estate-types.ts'
import type { Provider, Route, Sim, SimRequest, SimResponse } from './types.ts'

const type = 'Microsoft.Insights/dataCollectionRuleAssociations'
const ofVm =
  '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Compute/virtualMachines/{vm}/providers/Microsoft.Insights/dataCollectionRuleAssociations'
/** An endpoint is associated under this name alone (documented). */
const endpointName = 'configurationAccessEndpoint'

export const insights: Provider = {
  namespace: 'Microsoft.Insights',
  apiVersions: ['2022-06-01', '2024-03-11'],
  routes: [
    { method: 'GET', path: ofVm, bucket: 'reads', action: `${type}/read`, handle: withVm(list) },
    { method: 'GET', path: `${ofVm}/{name}`, bucket: 'reads', action: `${type}/read`, handle: withVm(get) },
    { method: 'PUT', path: `${ofVm}/{name}`, bucket: 'writes', action: `${type}/write`, handle: withVm(put) },
    { method: 'DELETE', path: `${ofVm}/{name}`, bucket: 'deletes', action: `${type}/delete`, handle: withVm(remove) },
    ...diagnosticRoutes,
  ],
}

export function associationBody(vm: SimVm, { name, ruleId, endpointId }: SimAssociation) {
  const id = `${vm.id}/providers/${type}/${name}`
  return {
    properties: {
      ...(ruleId !== undefined && { dataCollectionRuleId: ruleId }),
      ...(endpointId !== undefined && { dataCollectionEndpointId: endpointId }),
      provisioningState: 'Succeeded',
    },
    id,
    name,
    type,
    etag: guidOf(`${id}/${vm.vmId}`),
  }
}

type Handler = (request: SimRequest, vm: SimVm, sim: Sim, name: string) => SimResponse

function list(_request: SimRequest, vm: SimVm, sim: Sim): SimResponse {
  return {
    status: 200,
    body: {
      value: guestOf(sim, vm)
        .associations.seen()
        .map((one) => associationBody(vm, one)),
    },
  }
}

function get(_request: SimRequest, vm: SimVm, sim: Sim, name: string): SimResponse {
  const found = guestOf(sim, vm)
    .associations.seen()
    .find((one) => same(one.name, name))
  return found ? { status: 200, body: associationBody(vm, found) } : resourceNotFound(type, name, vm.resourceGroup)
}

function put(request: SimRequest, vm: SimVm, sim: Sim, name: string): SimResponse {
  const { properties = {} } = (request.body ?? {}) as { properties?: Record<string, unknown> }
  const { dataCollectionRuleId: ruleId, dataCollectionEndpointId: endpointId } = properties
  if ((typeof ruleId === 'string') === (typeof endpointId === 'string'))
    return failure(400, 'InvalidPayload', 'Exactly one of dataCollectionRuleId and dataCollectionEndpointId is needed.')
  if (typeof endpointId === 'string' && !same(name, endpointName))
    return failure(400, 'InvalidAssociationName', `An endpoint is associated as '${endpointName}'.`)
  const asked = String(ruleId ?? endpointId)
  if (!worldOf(sim).dataCollection.has(idKey(asked)))
    return gatewayFailure(404, 'ResourceNotFound', `The Resource '${asked}' was not found.`)
  const all = guestOf(sim, vm).associations.now()
  const isKnown = all.some((one) => same(one.name, name))
  const association = { name, ...(typeof ruleId === 'string' ? { ruleId } : { endpointId: asked }) }
  setAssociations(sim, vm, [...all.filter((one) => !same(one.name, name)), association])
  const { failedOver: isFailedOver, vmId: machine } = vm
  sim.ledger.write({ kind: 'associationAccepted', vm: idKey(vm.id), machine, name, isFailedOver })
  return { status: isKnown ? 200 : 201, body: associationBody(vm, association) }
}

function remove(_request: SimRequest, vm: SimVm, sim: Sim, name: string): SimResponse {
  const all = guestOf(sim, vm).associations.now()
  const rest = all.filter((one) => !same(one.name, name))
  if (rest.length === all.length) return { status: 204 }
  setAssociations(sim, vm, rest)
  return { status: 200 }
}

function withVm(handle: Handler): Route['handle'] {
  return (request, { subscription = '', group = '', vm = '', name = '' }, sim) => {
    syncRegions(sim)
    const id = `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Compute/virtualMachines/${vm}`
    const found = sim.estate.vms.get(idKey(id))
    return found ? handle(request, found, sim, name) : resourceNotFound('Microsoft.Compute/virtualMachines', vm, group)
  }
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
