import { expect, test } from 'vitest'
import { createEstate } from '../../sim/arm/estate.ts'
import { createEcho, createWorld, jsonOf, start, thing } from './kernel-world.ts'

const world = (more: Partial<Parameters<typeof createWorld>[0]> = {}) =>
  createWorld({ providers: [createEcho().provider], ...more })

test('a request is carried out at one instant between sending and answer', async () => {
  const { clock, send } = world({ timings: { armLatency: [100, 100] } })
  const response = await send(thing)
  expect(jsonOf(response)).toMatchObject({ subscription: 's1', group: 'g1', name: 'x', at: start + 50 })
  expect(clock.now()).toBe(start + 100)
})

test('letter case and doubled slashes of a path do not matter, names keep theirs', async () => {
  const { send } = world()
  const response = await send(
    '//subscriptions/S1/RESOURCEGROUPS/G1/providers/microsoft.echo/THINGS/My%20Thing?api-version=2024-01-01',
  )
  expect(jsonOf(response)).toMatchObject({ subscription: 'S1', group: 'G1', name: 'My Thing' })
})

test.each([
  ['no token', thing, 401, 'AuthenticationFailed', { token: undefined }],
  ['no api-version', thing.split('?')[0], 400, 'MissingApiVersionParameter', {}],
  ['an api-version that is none', thing.replace('2024-01-01', 'latest'), 400, 'InvalidApiVersionParameter', {}],
  ['a provider nobody has', thing.replace('Microsoft.Echo', 'Microsoft.Nothing'), 404, 'InvalidResourceNamespace', {}],
  ['a type the provider does not have', thing.replace('things', 'stuff'), 404, 'InvalidResourceType', {}],
])('%s is refused in the envelope of Resource Manager', async (_what, path, status, code, asked) => {
  const { send, sim } = world()
  const response = await send(path ?? '', asked)
  expect([response.status, jsonOf(response).error.code]).toEqual([status, code])
  expect(response.headers.get('x-ms-failure-cause')).toBe('gateway')
  expect(sim.ledger.calls()).toEqual([expect.objectContaining({ status })])
})

test('a version the provider does not list is refused by name', async () => {
  const { send } = world({ providers: [{ ...createEcho().provider, apiVersions: ['2023-06-01'] }] })
  expect(jsonOf(await send(thing)).error.message).toContain("supported versions are '2023-06-01'")
  expect((await send(thing.replace('2024-01-01', '2023-06-01'))).status).toBe(200)
})

test('every answer has its ids; a correlation id that was sent comes back', async () => {
  const { send } = world()
  const { headers } = await send(thing)
  expect(headers.get('x-ms-request-id')).toMatch(/^[0-9a-f-]{36}$/)
  expect(headers.get('x-ms-correlation-request-id')).toBe(headers.get('x-ms-request-id'))
})

test('every request is on record: who, what, when, and how it ended', async () => {
  const { send, sim } = world()
  await send(thing, { method: 'POST' })
  expect(sim.ledger.calls()).toEqual([
    {
      at: start,
      principal: 'someone',
      method: 'POST',
      path: thing.split('?')[0],
      action: 'Microsoft.Echo/things/post',
      status: 200,
    },
  ])
})

test('an aborted request fails at once, and is carried out all the same', async () => {
  const { provider, carriedOut } = createEcho()
  const { clock, send, sim } = createWorld({ providers: [provider], timings: { armLatency: [1_000, 1_000] } })
  const controller = new AbortController()
  clock.at(start + 100, () => controller.abort())
  await expect(send(thing, { abortSignal: controller.signal })).rejects.toMatchObject({ name: 'AbortError' })
  expect([clock.now(), carriedOut]).toEqual([start + 100, []])
  await clock.run(start + 2_000)
  expect([carriedOut, sim.ledger.calls().length]).toEqual([['x'], 1])
})

test('a request aborted before it is sent never leaves', async () => {
  const { send, sim } = world()
  await expect(send(thing, { abortSignal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' })
  expect(sim.ledger.calls()).toEqual([])
})

test("the request's own time limit ends it like an abort, in virtual time", async () => {
  const { clock, send } = world({ timings: { armLatency: [60_000, 60_000] } })
  await expect(send(thing, { timeout: 10_000 })).rejects.toMatchObject({ name: 'AbortError' })
  expect(clock.now()).toBe(start + 10_000)
})

test('a token for another host is noted and goes nowhere', async () => {
  const { send, sim } = world()
  await expect(send('https://elsewhere.example/poll/1?api-version=1')).rejects.toMatchObject({
    name: 'RestError',
    code: 'ENOTFOUND',
  })
  await expect(send('https://elsewhere.example/public', { token: undefined })).rejects.toMatchObject({
    code: 'ENOTFOUND',
  })
  expect(sim.ledger.events()).toEqual([
    { at: start, kind: 'tokenToForeignHost', host: 'elsewhere.example', url: '/poll/1' },
  ])
  expect(sim.ledger.calls()).toEqual([])
})

test('the same origin under http: is another host', async () => {
  const { send, sim } = world()
  await expect(send(`${sim.origin.replace('https:', 'http:')}${thing}`)).rejects.toMatchObject({ code: 'ENOTFOUND' })
  expect(sim.ledger.events()).toHaveLength(1)
})

const subscription = '/subscriptions/s1'
const inRegion = (location: string) => `${subscription}/resourceGroups/rg-${location}`
const lost = [
  ['a VM', `${inRegion('uksouth')}/providers/Microsoft.Compute/virtualMachines/vm-1/instanceView`],
  ['the VMs of a resource group', `${inRegion('uksouth')}/providers/Microsoft.Compute/virtualMachines`],
  ['what is asked by location', `${subscription}/providers/Microsoft.Compute/locations/UKSouth/usages`],
  ['storage', `${inRegion('uksouth')}/providers/Microsoft.Storage/storageAccounts/a`],
  ['a vault there', `${inRegion('uksouth')}/providers/Microsoft.RecoveryServices/vaults/v1/replicationJobs`],
] as const
const alive = [
  ['a VM elsewhere', `${inRegion('ukwest')}/providers/Microsoft.Compute/virtualMachines/vm-2`],
  ['AVD metadata', `${inRegion('uksouth')}/providers/Microsoft.DesktopVirtualization/hostPools/hp`],
  [
    'role assignments on a VM',
    `${inRegion('uksouth')}/providers/Microsoft.Compute/virtualMachines/vm-1/providers/Microsoft.Authorization/roleAssignments`,
  ],
  [
    'a vault elsewhere, in a group of the lost region',
    `${inRegion('uksouth')}/providers/Microsoft.RecoveryServices/vaults/v2/replicationJobs`,
  ],
] as const

function worldWithLostRegion() {
  const estate = createEstate()
  for (const location of ['uksouth', 'ukwest']) estate.locations.set(inRegion(location).toLowerCase(), location)
  const vault = (name: string) =>
    `${inRegion('uksouth')}/providers/microsoft.recoveryservices/vaults/${name}`.toLowerCase()
  estate.locations.set(vault('v1'), 'uksouth').set(vault('v2'), 'ukwest')
  estate.deadRegions.add('uksouth')
  return world({ estate })
}

test.each(lost)('in a lost region %s does not answer until the connection dies', async (_what, path) => {
  const { send, clock, sim } = worldWithLostRegion()
  await expect(send(`${path}?api-version=2024-01-01`)).rejects.toMatchObject({ code: 'ECONNRESET' })
  expect(clock.now()).toBe(start + 300_000)
  expect(sim.ledger.calls()).toEqual([expect.objectContaining({ status: 0, injected: 'deadRegion' })])
})

test.each(alive)('beside a lost region %s goes on answering', async (_what, path) => {
  const { send, clock } = worldWithLostRegion()
  // No such provider is loaded here: that it says so is an answer.
  expect((await send(`${path}?api-version=2024-01-01`)).status).toBe(404)
  expect(clock.now()).toBe(start)
})

test('a caller who waits less than the connection lives leaves no timer behind', async () => {
  const { send, clock } = worldWithLostRegion()
  await expect(send(`${lost[0][1]}?api-version=1`, { timeout: 10_000 })).rejects.toMatchObject({ name: 'AbortError' })
  await expect(clock.run(() => false)).rejects.toThrow('nothing is left to wait for')
  expect(clock.now()).toBe(start + 10_000)
})

test('the same seed gives the same world, another seed another one', async () => {
  const record = async (seed: number) => {
    const { clock, sim, send } = world({
      seed,
      timings: { armLatency: [10, 500] },
      faults: { http: { errorBefore: 0.3, resetAfter: 0.2 } },
    })
    for (let i = 0; i < 40; i += 1) await send(thing).catch(() => undefined)
    return JSON.stringify([clock.now(), sim.ledger.calls(), sim.faults.counts()])
  }
  expect(await record(1)).toBe(await record(1))
  expect(await record(1)).not.toBe(await record(2))
})
