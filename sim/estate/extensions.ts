/** Installing and removing extensions, one at a time on a machine. */
import { idKey } from '../../src/lib/core/arm-id.ts'
import { type Instant, type Millis, minutes } from '../../src/lib/core/time.ts'
import type { SimExtension, SimVm } from '../arm/estate-types.ts'
import type { Actor } from '../arm/ledger-types.ts'
import type { Sim } from '../arm/types.ts'
import { stopAgent } from './agent.ts'
import { draw, guestOf, isGuestReady, setExtensions } from './guest.ts'
import { isAlive } from './regions.ts'
import type { Outcome } from './vm-power.ts'
import { worldOf } from './world.ts'

export type ExtensionAsked = Omit<SimExtension, 'state' | 'problem'>
export type UnderWay = { readonly endsAt: Instant; readonly error: () => Outcome }

const writeAction = 'Microsoft.Compute/virtualMachines/extensions/write'
const deleteAction = 'Microsoft.Compute/virtualMachines/extensions/delete'
/** How long Azure waits for an extension (VM extensions overview). */
const limit: Millis = minutes(20)
const limitOfScripts: Millis = minutes(90)
const scripts = new Set(['customscriptextension', 'dsc', 'chefclient'])
/** Until Azure gives up on an agent that does not report (model). */
const agentIsAwaited: Millis = minutes(6)

/** `Updating` where one of the name is there. The same one asked for again while it is under way is one installation. */
export function installExtension(sim: Sim, vm: SimVm, asked: ExtensionAsked, by?: Actor): UnderWay {
  const guest = guestOf(sim, vm)
  const before = find(guest.extensions.now(), asked.name)
  const { publisher, type } = asked
  const isFailedOver = vm.failedOver
  sim.ledger.write({
    kind: 'extensionAccepted',
    ...namesOf(vm, asked.name),
    publisher,
    type,
    isFailedOver,
    ...(by && { by }),
  })
  if (guest.busy) return { endsAt: guest.busy.endsAt, error: () => find(guest.extensions.now(), asked.name)?.problem }
  const problem = problemOf(sim, vm, asked)
  const endsAt = sim.now() + lengthOf(sim, vm, asked, problem)
  setExtensions(sim, vm, [
    ...without(guest.extensions.now(), asked.name),
    { ...asked, state: before ? 'Updating' : 'Creating' },
  ])
  guest.busy = { name: asked.name, isRemoval: false, endsAt }
  sim.agenda.at(endsAt, () => {
    delete guest.busy
    const error = interruption(sim, vm) ?? problem
    const ended: SimExtension = error ? { ...asked, state: 'Failed', problem: error } : { ...asked, state: 'Succeeded' }
    setExtensions(sim, vm, [...without(guest.extensions.now(), asked.name), ended])
    sim.ledger.write({
      kind: 'extensionEnded',
      ...namesOf(vm, asked.name),
      ok: !error,
      ...(error && { errorCode: error.code }),
    })
    if (!error && joins(asked)) rerunRegistration(sim, vm, asked)
  })
  return { endsAt, error: () => find(guest.extensions.now(), asked.name)?.problem }
}

export function removeExtension(sim: Sim, vm: SimVm, extension: SimExtension, by?: Actor): UnderWay {
  const guest = guestOf(sim, vm)
  const { name } = extension
  if (guest.busy) return { endsAt: guest.busy.endsAt, error: () => undefined }
  const failure = sim.faults.operationFailure(deleteAction, subjectOf(vm, name))
  const { remove } = worldOf(sim).switches.extensions
  const endsAt = sim.now() + draw(sim, remove) + sim.faults.delay(deleteAction, subjectOf(vm, name))
  setExtensions(sim, vm, [...without(guest.extensions.now(), name), { ...extension, state: 'Deleting' }])
  guest.busy = { name, isRemoval: true, endsAt }
  sim.ledger.write({ kind: 'extensionRemoved', ...namesOf(vm, name), isFailedOver: vm.failedOver, ...(by && { by }) })
  let error: Outcome
  sim.agenda.at(endsAt, () => {
    delete guest.busy
    error = interruption(sim, vm) ?? failure
    const rest = without(guest.extensions.now(), name)
    setExtensions(sim, vm, error ? [...rest, { ...extension, state: 'Failed', problem: error }] : rest)
  })
  return { endsAt, error: () => error }
}

/** What stands against it from the start. Codes are Compute's (troubleshooting of VM extensions); words are model. */
function problemOf(sim: Sim, vm: SimVm, asked: ExtensionAsked): Outcome {
  const installed = guestOf(sim, vm).extensions.now()
  if (!isGuestReady(sim, vm)) return silentAgent(vm)
  const blocker = installed.find(({ name, state }) => state === 'Failed' && !same(name, asked.name))
  if (blocker) return failing(`VM has reported a failure when processing extension '${blocker.name}'.`)
  const { secret } = asked
  if (secret && worldOf(sim).secrets.get(secret.url.toLowerCase()) !== idKey(secret.vaultId))
    return { code: 'KeyVaultSecretDoesNotExist', message: `The secret '${secret.url}' could not be fetched.` }
  const needs = same(asked.type, 'DependencyAgentWindows') ? 'AzureMonitorWindowsAgent' : undefined
  if (needs && !installed.some(({ type, state }) => same(type, needs) && state === 'Succeeded'))
    return failing(`The extension '${asked.name}' needs '${needs}', which is not installed.`)
  const { random, fails } = { random: worldOf(sim).guestRandom, ...worldOf(sim).switches.extensions }
  return (
    sim.faults.operationFailure(writeAction, subjectOf(vm, asked.name)) ??
    (random.chance(fails) ? failing(`The handler of '${asked.name}' ended with exit code 1603.`) : undefined)
  )
}

function lengthOf(sim: Sim, vm: SimVm, asked: ExtensionAsked, problem: Outcome): Millis {
  const delay = sim.faults.delay(writeAction, subjectOf(vm, asked.name))
  if (problem?.code === 'VMAgentStatusCommunicationError') return delay + agentIsAwaited
  if (problem?.code === 'VMExtensionProvisioningTimeout')
    return delay + (scripts.has(asked.type.toLowerCase()) ? limitOfScripts : limit)
  return delay + draw(sim, worldOf(sim).switches.extensions.install)
}

/** The machine went down, away or silent in the middle of it. */
function interruption(sim: Sim, vm: SimVm): Outcome {
  if (sim.estate.vms.get(idKey(vm.id)) !== vm || vm.power.now() !== 'running')
    return { code: 'VMStoppedWhileOperationInProgress', message: 'The VM stopped while the operation was in progress.' }
  return isAlive(sim, vm.location) ? undefined : silentAgent(vm)
}

/** Run again it joins a domain or a pool anew, and the machine's place in its pool is lost. */
const joins = ({ type }: ExtensionAsked): boolean => same(type, 'JsonADDomainExtension') || same(type, 'DSC')

function rerunRegistration(sim: Sim, vm: SimVm, { name, type }: ExtensionAsked): void {
  const { hostOfVm } = worldOf(sim)
  const host = sim.estate.sessionHosts.get(hostOfVm.get(idKey(vm.id)) ?? '')
  if (!host) return
  stopAgent(sim, vm, 'lost')
  hostOfVm.delete(idKey(vm.id))
  sim.ledger.write({ kind: 'registrationRerun', vm: idKey(vm.id), name, type })
}

const failing = (message: string) => ({ code: 'VMExtensionProvisioningError', message })
const silentAgent = ({ name }: SimVm) => ({
  code: 'VMAgentStatusCommunicationError',
  message: `VM '${name}' has not reported status for VM agent or extensions.`,
})
const namesOf = (vm: SimVm, name: string) => ({ vm: idKey(vm.id), machine: vm.vmId, name })
const subjectOf = (vm: SimVm, name: string): string => idKey(`${vm.id}/extensions/${name}`)
const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
const find = (all: readonly SimExtension[], name: string) => all.find((one) => same(one.name, name))
const without = (all: readonly SimExtension[], name: string) => all.filter((one) => !same(one.name, name))
