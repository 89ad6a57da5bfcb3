import { idKey } from '../../src/lib/core/arm-id.ts'
import { type Instant, type Millis, seconds } from '../../src/lib/core/time.ts'
import { shortageFor } from '../estate/capacity.ts'
import { chargeStart, quotaMessage } from '../estate/quota.ts'
import { deallocateVm, type Outcome, powerOffVm, startVm } from '../estate/vm-power.ts'
import { conflict, failure } from './answers.ts'
import type { Estate, SimVm } from './estate-types.ts'
import { type AsyncOperations, accepted, createAsyncOperations } from './lro.ts'
import type { Sim, SimRequest, SimResponse } from './types.ts'

const operations = new WeakMap<Estate, AsyncOperations>()
/** Retry-After of a power operation, in seconds (model value). */
const retryAfterSeconds = 10
/** Nothing to do is soon done (model value). */
const nothingToDo: Millis = seconds(2)
/** Errors Compute answers at once instead of inside the operation's status (errors, learn.microsoft.com). */
const answeredAtOnce = new Set(['OperationNotAllowed', 'SkuNotAvailable', 'Conflict'])

/** Of a VM that runs or is about to: accepted, and nothing happens. While it is being deallocated: 409. */
export function start(request: SimRequest, vm: SimVm, sim: Sim): SimResponse {
  const power = vm.power.now()
  if (power === 'deallocating') return conflict()
  if (power === 'running' || power === 'starting') return polling(request, vm, sim, sim.now() + nothingToDo, undefined)
  const outcome =
    shortageFor(sim, vm) ?? sim.faults.operationFailure('Microsoft.Compute/virtualMachines/start/action', idKey(vm.id))
  if (outcome && answeredAtOnce.has(outcome.code)) return failure(409, outcome.code, outcome.message)
  const shortage = chargeStart(sim, vm)
  if (shortage) return failure(409, 'OperationNotAllowed', quotaMessage(shortage))
  const delay = sim.faults.delay('Microsoft.Compute/virtualMachines/start/action', idKey(vm.id))
  return polling(request, vm, sim, startVm(sim, vm, outcome, undefined, delay).endsAt, outcome)
}

/** While the VM starts: 409. */
export function deallocate(request: SimRequest, vm: SimVm, sim: Sim): SimResponse {
  const power = vm.power.now()
  if (power === 'starting') return conflict()
  if (power === 'deallocated' || power === 'deallocating')
    return polling(request, vm, sim, sim.now() + nothingToDo, undefined)
  const delay = sim.faults.delay('Microsoft.Compute/virtualMachines/deallocate/action', idKey(vm.id))
  return polling(request, vm, sim, deallocateVm(sim, vm, undefined, delay).endsAt, undefined)
}

export function powerOff(request: SimRequest, vm: SimVm, sim: Sim): SimResponse {
  const power = vm.power.now()
  if (power === 'starting' || power === 'deallocating') return conflict()
  return polling(
    request,
    vm,
    sim,
    power === 'running' ? powerOffVm(sim, vm).endsAt : sim.now() + nothingToDo,
    undefined,
  )
}

/** `…/operations/{id}`: the status document, or with `monitor=true` what `Location` points to. */
export function operationAnswer(request: SimRequest, params: Readonly<Record<string, string>>, sim: Sim): SimResponse {
  const { operation = '' } = params
  const url = `${request.path}?api-version=${request.query['api-version']}`
  return request.query.monitor === 'true'
    ? operationsOf(sim).locationAnswer(operation, { status: url, location: `${url}&monitor=true`, retryAfterSeconds })
    : operationsOf(sim).statusAnswer(operation)
}

const polling = (request: SimRequest, vm: SimVm, sim: Sim, endsAt: Instant, outcome: Outcome): SimResponse =>
  pollingOf(request, vm, sim, { endsAt, onEnd: () => outcome })

/** 202 with both polling URLs; `result` is the body of the final GET. */
export function pollingOf(
  request: SimRequest,
  vm: SimVm,
  sim: Sim,
  { endsAt, onEnd, result }: { endsAt: Instant; onEnd: () => Outcome; result?: () => unknown },
): SimResponse {
  const { id } = operationsOf(sim).begin(endsAt - sim.now(), onEnd, result && { result })
  const path = `/subscriptions/${vm.subscription}/providers/Microsoft.Compute/locations/${vm.location}/operations/${id}`
  const version = `api-version=${request.query['api-version']}`
  return accepted(sim, { status: `${path}?${version}`, location: `${path}?monitor=true&${version}`, retryAfterSeconds })
}

function operationsOf(sim: Sim): AsyncOperations {
  const known = operations.get(sim.estate)
  if (known) return known
  const fresh = createAsyncOperations(sim)
  operations.set(sim.estate, fresh)
  return fresh
}
