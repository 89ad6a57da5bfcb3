import { isAlive } from '../estate/regions.ts'
import { worldOf } from '../estate/world.ts'
import { instanceViewBody, vmBody, vmStatusBody, vmWithInstanceView } from './compute-vm-body.ts'
import type { SimVm } from './estate-types.ts'
import { listAnswer } from './paging.ts'
import type { Route, Sim, SimRequest, SimResponse } from './types.ts'

/** `$expand=instanceView` adds the power status; without it a VM says nothing about its power. */
export function getVm(request: SimRequest, vm: SimVm, sim: Sim): SimResponse {
  return { status: 200, body: wantsInstanceView(request) ? vmWithInstanceView(sim, vm, true) : vmBody(sim, vm, true) }
}

export function getInstanceView(_request: SimRequest, vm: SimVm, sim: Sim): SimResponse {
  return { status: 200, body: instanceViewBody(sim, vm) }
}

export const listByGroup: Route['handle'] = (request, { subscription = '', group = '' }, sim) =>
  list(request, sim, (vm) => same(vm.subscription, subscription) && same(vm.resourceGroup, group))

/** With `statusOnly=true` the run-time status of all VMs of the subscription, and little else of them. */
export const listAll: Route['handle'] = (request, { subscription = '' }, sim) =>
  list(request, sim, (vm) => same(vm.subscription, subscription))

export const listByLocation: Route['handle'] = (request, { subscription = '', location = '' }, sim) =>
  list(request, sim, (vm) => same(vm.subscription, subscription) && same(vm.location, location))

/** VMs of a dead region are missing from lists: their own region would have to speak for them. */
function list(request: SimRequest, sim: Sim, isWanted: (vm: SimVm) => boolean): SimResponse {
  const vms = [...sim.estate.vms.values()].filter((vm) => isWanted(vm) && isAlive(sim, vm.location))
  const toBody =
    request.query.statusonly === 'true' ? vmStatusBody : wantsInstanceView(request) ? vmWithInstanceView : vmBody
  return listAnswer(sim, request, vms, (vm) => toBody(sim, vm), { pageSize: worldOf(sim).switches.pageSize })
}

const wantsInstanceView = (request: SimRequest): boolean => /instanceview/i.test(request.query.$expand ?? '')
const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
