import { expect, test } from 'vitest'
import type { FaultRule } from '../../sim/arm/faults.ts'
import type { FleetOptions } from '../../sim/fleets/fleet-options.ts'
import { minutes, seconds } from '../../src/lib/core/time.ts'
import { jsonOf } from './kernel-world.ts'
import { createFleetWorld, faultsBySpec, groupOf, nameOf } from './sim-world.ts'

const version = 'api-version=2024-03-01'
const inVm =
  '/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute/virtualMachines/{vmName}'
const attestation = {
  publisher: 'Microsoft.Azure.Security.WindowsAttestation',
  type: 'GuestAttestation',
  typeHandlerVersion: '1.0',
}
const watcher = {
  publisher: 'Microsoft.Azure.NetworkWatcher',
  type: 'NetworkWatcherAgentWindows',
  typeHandlerVersion: '1.4',
}
const monitor = { publisher: 'Microsoft.Azure.Monitor', type: 'AzureMonitorWindowsAgent', typeHandlerVersion: '1.10' }
const dependency = {
  publisher: 'Microsoft.Azure.Monitoring.DependencyAgent',
  type: 'DependencyAgentWindows',
  typeHandlerVersion: '9.10',
}

function world(fleet: Partial<FleetOptions> = {}, rules: readonly FaultRule[] = []) {
  const made = createFleetWorld(
    { personalVms: 3, users: 3, extensions: 'none', vmSize: 'Standard_D4s_v3', ...fleet },
    { faults: { rules } },
  )
  const [vm = ''] = made.ids.personal.vms
  const { send } = made
  const at = (name: string) => `${vm}/extensions/${name}?${version}`
  return {
    ...made,
    vm,
    put: (name: string, properties: object, location = 'uksouth') =>
      send(at(name), { method: 'PUT', body: { location, properties } }),
    remove: (name: string) => send(at(name), { method: 'DELETE' }),
    read: async (name: string) => jsonOf(await send(at(name))).properties,
    wait: (length: number) => made.later(length),
    statusOf: async (response: { headers: { get: (name: string) => string | undefined } }) =>
      jsonOf(await send(response.headers.get('azure-asyncoperation') ?? '')),
  }
}

test('the SDK lists and reads what a desktop carries, and the bodies fit the official file', async () => {
  const { compute, settled, send, vm } = world({ extensions: 'mixed' })
  const { value = [] } = await settled(compute.virtualMachineExtensions.list(groupOf(vm), nameOf(vm)))
  expect(value.map(({ typePropertiesType }) => typePropertiesType)).toEqual([
    'JsonADDomainExtension',
    'DSC',
    'AzureMonitorWindowsAgent',
    'DependencyAgentWindows',
    'GuestAttestation',
    'NetworkWatcherAgentWindows',
  ])
  expect(value[0]).toMatchObject({ provisioningState: 'Succeeded', typeHandlerVersion: '1.3' })
  expect(value[0]?.protectedSettings).toBeUndefined()
  const list = jsonOf(await send(`${vm}/extensions?${version}`))
  expect(faultsBySpec('compute', 'get', `${inVm}/extensions`, { status: 200, body: list })).toEqual([])
  const one = jsonOf(await send(`${vm}/extensions/joindomain?$expand=instanceView&${version}`))
  expect(one.properties.instanceView.statuses[0].code).toBe('ProvisioningState/succeeded')
  expect(faultsBySpec('compute', 'get', `${inVm}/extensions/{vmExtensionName}`, { status: 200, body: one })).toEqual([])
})

test('a machine comes with its extensions whole, a list with their ids alone', async () => {
  const { send, vm } = world({ extensions: 'four' })
  const whole = jsonOf(await send(`${vm}?$expand=instanceView&${version}`))
  expect(whole.resources[0].properties).toMatchObject({
    type: 'AzureMonitorWindowsAgent',
    provisioningState: 'Succeeded',
  })
  expect(whole.properties.instanceView.vmAgent.statuses[0].code).toBe('ProvisioningState/succeeded')
  expect(whole.properties.instanceView.extensions).toHaveLength(4)
  expect(faultsBySpec('compute', 'get', inVm, { status: 200, body: whole })).toEqual([])
  const list = jsonOf(await send(`${vm.replace(/\/[^/]+$/, '')}?${version}`))
  expect(Object.keys(list.value[0].resources[0])).toEqual(['id'])
})

test('the SDK installs one to its end, and reads what it becomes', async () => {
  const { compute, finish, vm, kinds, send } = world()
  const asked = {
    location: 'uksouth',
    publisher: attestation.publisher,
    typePropertiesType: attestation.type,
    typeHandlerVersion: '1.0',
  }
  const made = await finish(
    compute.virtualMachineExtensions.createOrUpdate(groupOf(vm), nameOf(vm), 'GuestAttestation', {
      ...asked,
      settings: { a: 1 },
      protectedSettings: { password: 'secret' },
    }),
  )
  expect(made).toMatchObject({ provisioningState: 'Succeeded', settings: { a: 1 } })
  expect(made?.protectedSettings).toBeUndefined()
  expect(kinds()).toEqual(['extensionAccepted', 'extensionEnded'])
  await finish(compute.virtualMachineExtensions.delete(groupOf(vm), nameOf(vm), 'GuestAttestation'))
  expect((await send(`${vm}/extensions/GuestAttestation?${version}`)).status).toBe(404)
  expect(jsonOf(await send(`${vm}?${version}`)).resources).toBeUndefined()
})

test('a first PUT answers 201 and Creating, a later one 200 and Updating; a DELETE of nothing 204', async () => {
  const { put, remove, wait, read } = world()
  const first = await put('GuestAttestation', attestation)
  expect(first.status).toBe(201)
  expect(first.headers.get('azure-asyncoperation')).toContain('/locations/uksouth/operations/')
  const template = `${inVm}/extensions/{vmExtensionName}`
  expect(faultsBySpec('compute', 'put', template, { status: 201, body: jsonOf(first) })).toEqual([])
  expect(jsonOf(first).properties.provisioningState).toBe('Creating')
  await wait(minutes(4.1))
  expect((await read('GuestAttestation')).provisioningState).toBe('Succeeded')
  const second = await put('guestattestation', attestation)
  expect([second.status, jsonOf(second).properties.provisioningState]).toEqual([200, 'Updating'])
  expect((await remove('Nothing')).status).toBe(204)
})

test('asked for twice while it is under way it is one installation', async () => {
  const { put, wait, kinds, read } = world()
  await put('GuestAttestation', attestation)
  await wait(seconds(2))
  expect((await put('GuestAttestation', attestation)).status).toBe(200)
  expect((await put('Watcher', watcher)).status).toBe(409)
  await wait(minutes(5))
  await read('GuestAttestation')
  expect(kinds()).toEqual(['extensionAccepted', 'extensionAccepted', 'extensionEnded'])
})

test.each([
  ['without a version', { publisher: 'p', type: 't' }, 'uksouth', 'InvalidParameter'],
  ['for another region', attestation, 'ukwest', 'InvalidResourceLocation'],
  [
    'with two sorts of secrets',
    { ...attestation, protectedSettings: {}, protectedSettingsFromKeyVault: {} },
    'uksouth',
    'InvalidParameter',
  ],
])('one that is asked for %s is refused', async (_what, properties, location, code) => {
  const { put } = world()
  const answer = await put('GuestAttestation', properties, location)
  expect([answer.status, jsonOf(answer).error.code]).toEqual([400, code])
})

test('one handler has one extension on a machine', async () => {
  const { put } = world({ extensions: 'four' })
  const answer = await put('AnotherName', watcher)
  expect(answer.status).toBe(400)
  expect(jsonOf(answer).error.message).toContain('Multiple VMExtensions per handler not supported')
})

test('a machine that is off takes none, and one whose agent is not there yet lets it time out', async () => {
  const { compute, finish, put, vm, send, statusOf, wait, read } = world()
  await finish(compute.virtualMachines.deallocate(groupOf(vm), nameOf(vm)))
  expect(jsonOf(await put('GuestAttestation', attestation)).error.code).toBe('OperationNotAllowed')
  await finish(compute.virtualMachines.start(groupOf(vm), nameOf(vm)))
  const view = async () => jsonOf(await send(`${vm}/instanceView?${version}`)).vmAgent.statuses[0]
  expect(await view()).toMatchObject({ code: 'ProvisioningState/Unavailable', displayStatus: 'Not Ready' })
  const early = await put('GuestAttestation', attestation)
  await wait(seconds(90))
  expect((await view()).code).toBe('ProvisioningState/succeeded')
  expect((await statusOf(early)).status).toBe('InProgress')
  await wait(minutes(5))
  expect(await statusOf(early)).toMatchObject({ status: 'Failed', error: { code: 'VMAgentStatusCommunicationError' } })
  expect((await read('GuestAttestation')).provisioningState).toBe('Failed')
})

test('one that failed blocks every other until it is deleted or mended', async () => {
  const rule = { action: /extensions\/write/, kind: 'VMExtensionProvisioningError', times: 1 } as const
  const { put, wait, read, remove, statusOf, send, vm } = world({}, [rule])
  await put('GuestAttestation', attestation)
  await wait(minutes(4.1))
  const one = jsonOf(await send(`${vm}/extensions/GuestAttestation?$expand=instanceView&${version}`))
  expect(one.properties.instanceView.statuses[0]).toMatchObject({
    level: 'Error',
    code: expect.stringContaining('ProvisioningError'),
  })
  const blocked = await put('Watcher', watcher)
  await wait(minutes(4.1))
  expect((await statusOf(blocked)).error.message).toContain("'GuestAttestation'")
  expect((await remove('Watcher')).status).toBe(202)
  await wait(minutes(2))
  await put('GuestAttestation', attestation)
  await wait(minutes(4.1))
  expect((await read('GuestAttestation')).provisioningState).toBe('Succeeded')
  await put('Watcher', watcher)
  await wait(minutes(4.1))
  expect((await read('Watcher')).provisioningState).toBe('Succeeded')
})

test('a timeout takes twenty minutes, of a script ninety', async () => {
  const rules = [{ action: /extensions\/write/, kind: 'VMExtensionProvisioningTimeout' }] as const
  const { put, wait, read } = world({}, rules)
  await put('GuestAttestation', attestation)
  await wait(minutes(19))
  expect((await read('GuestAttestation')).provisioningState).toBe('Creating')
  await wait(minutes(2))
  expect((await read('GuestAttestation')).provisioningState).toBe('Failed')
  const script = { publisher: 'Microsoft.Compute', type: 'CustomScriptExtension', typeHandlerVersion: '1.10' }
  const other = world({}, rules)
  await other.put('Script', script)
  await other.wait(minutes(89))
  expect((await other.read('Script')).provisioningState).toBe('Creating')
  await other.wait(minutes(2))
  expect((await other.read('Script')).provisioningState).toBe('Failed')
})

test('secrets are fetched from a vault that has them', async () => {
  const { put, wait, read, remove, statusOf, ids } = world()
  const { secretUrl, keyVault } = ids.personal
  const asking = (url: string, id: string) => ({
    ...attestation,
    protectedSettingsFromKeyVault: { secretUrl: url, sourceVault: { id } },
  })
  for (const [url, vault] of [
    [`${secretUrl}0`, keyVault],
    [secretUrl, `${keyVault}-other`],
  ] as const) {
    const answer = await put('GuestAttestation', asking(url, vault))
    await wait(minutes(4.1))
    expect((await statusOf(answer)).error.code).toBe('KeyVaultSecretDoesNotExist')
  }
  await remove('GuestAttestation')
  await wait(minutes(2))
  await put('GuestAttestation', asking(secretUrl, keyVault.toUpperCase()))
  await wait(minutes(4.1))
  const { provisioningState, protectedSettingsFromKeyVault } = await read('GuestAttestation')
  expect([provisioningState, protectedSettingsFromKeyVault.secretUrl]).toEqual(['Succeeded', secretUrl])
})

test('the dependency agent fails without the monitor agent', async () => {
  const { put, wait, read } = world()
  await put('DependencyAgentWindows', dependency)
  await wait(minutes(4.1))
  expect((await read('DependencyAgentWindows')).provisioningState).toBe('Failed')
  const other = world()
  await other.put('AzureMonitorWindowsAgent', monitor)
  await other.wait(minutes(4.1))
  await other.put('DependencyAgentWindows', dependency)
  await other.wait(minutes(4.1))
  expect((await other.read('DependencyAgentWindows')).provisioningState).toBe('Succeeded')
})

test('a machine takes twelve writes at once and four a minute', async () => {
  const { put, wait } = world()
  const codes: number[] = []
  for (let i = 0; i < 13; i += 1) codes.push((await put('GuestAttestation', attestation)).status)
  expect(codes).toEqual([201, ...Array.from({ length: 11 }, () => 200), 429])
  await wait(seconds(16))
  expect((await put('GuestAttestation', attestation)).status).toBe(200)
})

test('what once joined the machine to its pool costs it its registration when it runs again', async () => {
  const { put, wait, kinds, sim, read } = world()
  await put('dsc', { publisher: 'Microsoft.Powershell', type: 'DSC', typeHandlerVersion: '2.77' })
  await wait(minutes(10))
  expect((await read('dsc')).provisioningState).toBe('Succeeded')
  expect(kinds()).toContain('registrationRerun')
  const [host] = sim.estate.sessionHosts.values()
  expect(host?.beatingSince).toBeUndefined()
})

test('a machine that goes down in the middle leaves the extension failed', async () => {
  const { put, compute, finish, wait, read, vm } = world()
  await put('GuestAttestation', attestation)
  await finish(compute.virtualMachines.deallocate(groupOf(vm), nameOf(vm)))
  await wait(minutes(5))
  expect((await read('GuestAttestation')).provisioningState).toBe('Failed')
})

test('an odd answer leaves settings and tags as somebody wrote them', async () => {
  const { send, vm } = world({ extensions: 'four' }, [{ action: /virtualMachines\/read/, kind: 'oddBody' }])
  const odd = jsonOf(await send(`${vm}?${version}`))
  expect(odd).toMatchObject({ 'x-sim-unknown-field': {}, tags: { environment: 'production' } })
  expect(odd.tags['x-sim-unknown-field']).toBeUndefined()
  expect(odd.resources[1].properties).toMatchObject({ 'x-sim-unknown-field': {}, settings: { enableAMA: 'true' } })
  expect(odd.resources[1].properties.settings).toEqual({ enableAMA: 'true' })
})
