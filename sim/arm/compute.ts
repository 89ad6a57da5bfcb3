import { idKey } from '../../src/lib/core/arm-id.ts'
import { syncRegions } from '../estate/regions.ts'
import { failure, resourceNotFound } from './answers.ts'
import { deleteExtension, getExtension, listExtensions, putExtension } from './compute-extensions.ts'
import { galleryRoutes } from './compute-galleries.ts'
import { assessPatches, installPatches } from './compute-patches.ts'
import { deallocate, operationAnswer, powerOff, start } from './compute-power.ts'
import { getInstanceView, getVm, listAll, listByGroup, listByLocation } from './compute-reads.ts'
import { reservationRoutes } from './compute-reservations.ts'
import { listSkus, listUsages } from './compute-usages.ts'
import { vmBody } from './compute-vm-body.ts'
import type { SimVm } from './estate-types.ts'
import type { Provider, Route, Sim, SimRequest, SimResponse } from './types.ts'

const inGroup = '/subscriptions/{subscription}/resourceGroups/{group}/providers/Microsoft.Compute/virtualMachines'
const inSubscription = '/subscriptions/{subscription}/providers/Microsoft.Compute'
const actions = 'Microsoft.Compute/virtualMachines'

/** Microsoft.Compute, api 2026-04-01: virtual machines' power, tags and status, quota, and its async operations. */
export const compute: Provider = {
  namespace: 'Microsoft.Compute',
  apiVersions: ['2026-04-01', '2024-03-01', '2021-07-01'],
  routes: routes().map(afterSync),
}

function routes(): Route[] {
  return [
    ...readRoutes(),
    ...extensionRoutes(),
    ...powerRoutes(),
    ...patchRoutes(),
    ...reservationRoutes(),
    ...galleryRoutes(),
    ...otherRoutes(),
  ]
}

function readRoutes(): Route[] {
  const high = { method: 'GET', bucket: 'reads', compute: 'highCostGet' } as const
  const low = { method: 'GET', bucket: 'reads', compute: 'lowCostGet' } as const
  const byLocation = `${inSubscription}/locations/{location}/virtualMachines`
  return [
    { ...high, path: inGroup, action: `${actions}/read`, handle: listByGroup },
    { ...high, path: `${inSubscription}/virtualMachines`, action: `${actions}/read`, handle: listAll },
    { ...high, path: byLocation, action: `${actions}/read`, handle: listByLocation },
    { ...low, path: `${inGroup}/{vm}`, action: `${actions}/read`, handle: withVm(getVm) },
    {
      ...low,
      path: `${inGroup}/{vm}/instanceView`,
      action: `${actions}/instanceView/read`,
      handle: withVm(getInstanceView),
    },
  ]
}

function extensionRoutes(): Route[] {
  const all = `${inGroup}/{vm}/extensions`
  const one = `${all}/{extension}`
  const get = { method: 'GET', bucket: 'reads', compute: 'lowCostGet', action: `${actions}/extensions/read` } as const
  const put = { method: 'PUT', bucket: 'writes', action: `${actions}/extensions/write` } as const
  const remove = { method: 'DELETE', bucket: 'deletes', action: `${actions}/extensions/delete` } as const
  return [
    { ...get, path: all, handle: withVm(listExtensions) },
    { ...get, path: one, handle: withVm(getExtension) },
    { ...put, path: one, compute: 'updateVm', handle: withVm(putExtension) },
    { ...remove, path: one, compute: 'updateVm', handle: withVm(deleteExtension) },
  ]
}

function powerRoutes(): Route[] {
  const post = { method: 'POST', bucket: 'writes' } as const
  return [
    {
      ...post,
      compute: 'updateVm',
      path: `${inGroup}/{vm}/start`,
      action: `${actions}/start/action`,
      handle: withVm(start),
    },
    {
      ...post,
      compute: 'deleteVm',
      path: `${inGroup}/{vm}/deallocate`,
      action: `${actions}/deallocate/action`,
      handle: withVm(deallocate),
    },
    {
      ...post,
      compute: 'updateVm',
      path: `${inGroup}/{vm}/powerOff`,
      action: `${actions}/powerOff/action`,
      handle: withVm(powerOff),
    },
    {
      method: 'PATCH',
      bucket: 'writes',
      compute: 'updateVm',
      path: `${inGroup}/{vm}`,
      action: `${actions}/write`,
      handle: withVm(patchTags),
    },
  ]
}

function patchRoutes(): Route[] {
  const post = { method: 'POST', bucket: 'writes', compute: 'guestPatch' } as const
  const route = (name: string, handle: VmHandler): Route => ({
    ...post,
    path: `${inGroup}/{vm}/${name}`,
    action: `${actions}/${name}/action`,
    handle: withVm(handle),
  })
  return [route('assessPatches', assessPatches), route('installPatches', installPatches)]
}

function otherRoutes(): Route[] {
  const get = { method: 'GET', bucket: 'reads' } as const
  const location = `${inSubscription}/locations/{location}`
  return [
    {
      ...get,
      compute: 'getOperation',
      path: `${location}/operations/{operation}`,
      action: 'Microsoft.Compute/locations/operations/read',
      handle: operationAnswer,
    },
    { ...get, path: `${location}/usages`, action: 'Microsoft.Compute/locations/usages/read', handle: listUsages },
    { ...get, path: `${inSubscription}/skus`, action: 'Microsoft.Compute/skus/read', handle: listSkus },
  ]
}

type VmHandler = (request: SimRequest, vm: SimVm, sim: Sim, params: Readonly<Record<string, string>>) => SimResponse

function withVm(handle: VmHandler): Route['handle'] {
  return (request, params, sim) => {
    const { subscription = '', group = '', vm = '' } = params
    const id = `/subscriptions/${subscription}/resourceGroups/${group}/providers/Microsoft.Compute/virtualMachines/${vm}`
    const found = sim.estate.vms.get(idKey(id))
    return found ? handle(request, found, sim, params) : resourceNotFound(actions, vm, group)
  }
}

/** The tags of a PATCH replace those the VM had. */
function patchTags(request: SimRequest, vm: SimVm, sim: Sim): SimResponse {
  const { tags } = (request.body ?? {}) as { tags?: unknown }
  if (typeof tags !== 'object' || tags === null)
    return failure(400, 'InvalidRequestContent', 'Only tags can be changed.')
  const texts = Object.fromEntries(Object.entries(tags).map(([name, value]) => [name, String(value)]))
  vm.tags.set(texts)
  sim.ledger.write({ kind: 'tagsSet', vm: idKey(vm.id), tags: texts })
  return { status: 200, body: { ...vmBody(sim, vm), tags: texts } }
}

function afterSync(route: Route): Route {
  return {
    ...route,
    handle(request, params, sim) {
      syncRegions(sim)
      return route.handle(request, params, sim)
    },
  }
}
