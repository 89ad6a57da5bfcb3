import { type Millis, seconds } from '../../src/lib/core/time.ts'
import { type ExtensionAsked, installExtension, removeExtension } from '../estate/extensions.ts'
import { extensionsSeen, guestOf } from '../estate/guest.ts'
import { conflict, failure, gatewayFailure, resourceNotFound } from './answers.ts'
import { extensionBody } from './compute-extension-body.ts'
import { pollingOf } from './compute-power.ts'
import type { SimExtension, SimVm } from './estate-types.ts'
import type { Sim, SimRequest, SimResponse } from './types.ts'

type Params = Readonly<Record<string, string>>
const type = 'Microsoft.Compute/virtualMachines/extensions'
/** A write that asks for what is on its way already is soon answered by what is. */
const atOnce: Millis = seconds(1)

export function listExtensions(request: SimRequest, vm: SimVm, sim: Sim): SimResponse {
  const value = extensionsSeen(sim, vm).map((extension) => extensionBody(vm, extension, wantsInstanceView(request)))
  return { status: 200, body: { value } }
}

export function getExtension(request: SimRequest, vm: SimVm, sim: Sim, { extension = '' }: Params): SimResponse {
  const found = find(extensionsSeen(sim, vm), extension)
  if (!found) return resourceNotFound(type, `${vm.name}/${extension}`, vm.resourceGroup)
  return { status: 200, body: extensionBody(vm, found, wantsInstanceView(request)) }
}

/** 201 where there was none of the name, else 200; both with `Azure-AsyncOperation` (official file; header from the SDK's tests). */
export function putExtension(request: SimRequest, vm: SimVm, sim: Sim, { extension = '' }: Params): SimResponse {
  const asked = readExtension(request, vm, extension)
  if ('status' in asked) return asked
  const { extensions, busy } = guestOf(sim, vm)
  const known = find(extensions.now(), extension)
  const refusal = refusalOf(sim, vm, extension) ?? (busy?.isRemoval ? conflict() : twice(extensions.now(), asked))
  if (refusal) return refusal
  const { endsAt, error } = installExtension(sim, vm, asked)
  const { headers = {} } = pollingOf(request, vm, sim, { endsAt: Math.max(endsAt, sim.now() + atOnce), onEnd: error })
  // The resource itself is what is polled in the end, so there is no `Location`.
  const { location: _, ...polling } = headers
  const shown = find(extensions.now(), extension)
  return { status: known ? 200 : 201, headers: polling, body: shown && extensionBody(vm, shown) }
}

export function deleteExtension(request: SimRequest, vm: SimVm, sim: Sim, { extension = '' }: Params): SimResponse {
  const { extensions, busy } = guestOf(sim, vm)
  const known = find(extensions.now(), extension)
  if (!known) return { status: 204 }
  const refusal = refusalOf(sim, vm, extension) ?? (busy && !busy.isRemoval ? conflict() : undefined)
  if (refusal) return refusal
  const { endsAt, error } = removeExtension(sim, vm, known)
  return pollingOf(request, vm, sim, { endsAt, onEnd: error })
}

/** Words of the first are Compute's; that one works on one extension at a time is model. */
function refusalOf(sim: Sim, vm: SimVm, name: string): SimResponse | undefined {
  if (vm.power.now() !== 'running')
    return failure(409, 'OperationNotAllowed', 'Cannot modify extensions in the VM when the VM is not running.')
  const { busy } = guestOf(sim, vm)
  return busy && !same(busy.name, name) ? conflict() : undefined
}

/** Recorded in many reports: one handler, one extension. */
function twice(installed: readonly SimExtension[], { name, publisher, type: handler }: ExtensionAsked) {
  const other = installed.find(
    (one) => !same(one.name, name) && same(one.publisher, publisher) && same(one.type, handler),
  )
  if (!other) return undefined
  const message = `Multiple VMExtensions per handler not supported for OS type 'Windows'. VMExtension '${other.name}' with handler '${publisher}.${handler}' already added or specified in input.`
  return failure(400, 'BadRequest', message)
}

function readExtension(request: SimRequest, vm: SimVm, name: string): ExtensionAsked | SimResponse {
  const { location, properties = {} } = (request.body ?? {}) as { location?: string; properties?: Asked }
  const { publisher, type: handler, typeHandlerVersion: version } = properties
  if (!publisher || !handler || !version)
    return failure(400, 'InvalidParameter', 'publisher, type and typeHandlerVersion are required.')
  if (location !== undefined && !same(location, vm.location))
    return gatewayFailure(400, 'InvalidResourceLocation', `The location of '${name}' must be '${vm.location}'.`)
  const { settings, protectedSettings, protectedSettingsFromKeyVault: fromVault, provisionAfterExtensions } = properties
  if (protectedSettings && fromVault)
    return failure(400, 'InvalidParameter', 'protectedSettings and protectedSettingsFromKeyVault exclude each other.')
  if (fromVault && !(fromVault.secretUrl && fromVault.sourceVault?.id))
    return failure(400, 'InvalidParameter', 'protectedSettingsFromKeyVault needs secretUrl and sourceVault.id.')
  const { autoUpgradeMinorVersion, enableAutomaticUpgrade } = properties
  return {
    name,
    publisher,
    type: handler,
    version,
    ...(autoUpgradeMinorVersion !== undefined && { autoUpgradeMinorVersion }),
    ...(enableAutomaticUpgrade !== undefined && { enableAutomaticUpgrade }),
    ...(settings && { settings }),
    ...(provisionAfterExtensions && { provisionAfter: provisionAfterExtensions }),
    ...(fromVault && { secret: { url: fromVault.secretUrl ?? '', vaultId: fromVault.sourceVault?.id ?? '' } }),
  }
}

type Asked = {
  readonly publisher?: string
  readonly type?: string
  readonly typeHandlerVersion?: string
  readonly autoUpgradeMinorVersion?: boolean
  readonly enableAutomaticUpgrade?: boolean
  readonly settings?: object
  readonly protectedSettings?: object
  readonly protectedSettingsFromKeyVault?: {
    readonly secretUrl?: string
    readonly sourceVault?: { readonly id?: string }
  }
  readonly provisionAfterExtensions?: readonly string[]
}

const wantsInstanceView = (request: SimRequest): boolean => /instanceview/i.test(request.query.$expand ?? '')
const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
const find = (all: readonly SimExtension[], name: string) => all.find((one) => same(one.name, name))
