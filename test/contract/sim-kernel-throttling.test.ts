import { expect, test } from 'vitest'
import { createEstate } from '../../sim/arm/estate.ts'
import type { SimPower, SimVm } from '../../sim/arm/estate-types.ts'
import { createLaggedBy } from '../../sim/arm/lagged.ts'
import type { ComputePolicy, Provider } from '../../sim/arm/types.ts'
import { createEcho, createWorld, jsonOf, thing } from './kernel-world.ts'

const echoWorld = () => createWorld({ providers: [createEcho().provider] })
type World = Pick<ReturnType<typeof createWorld>, 'send'>

async function countUntilRefused({ send }: World, path: string, asked: Parameters<World['send']>[1] = {}) {
  for (let count = 0; ; count += 1) {
    const response = await send(path, asked)
    if (response.status === 429) return { count, response }
  }
}

test.each([
  ['GET', 'reads', 250, 25],
  ['POST', 'writes', 200, 10],
  ['PUT', 'writes', 200, 10],
  ['DELETE', 'deletes', 200, 10],
] as const)('%s draws on a bucket of %s: %i at once, %i a second after', async (method, bucket, size, perSecond) => {
  const world = echoWorld()
  const first = await world.send(thing, { method })
  expect(first.headers.get(`x-ms-ratelimit-remaining-subscription-${bucket}`)).toBe(String(size - 1))
  expect(first.headers.get(`x-ms-ratelimit-remaining-subscription-global-${bucket}`)).toBe(String(size * 15 - 1))
  const { count, response } = await countUntilRefused(world, thing, { method })
  expect(count).toBe(size - 1)
  expect([response.headers.get('retry-after'), jsonOf(response).error.code]).toEqual([
    '1',
    'SubscriptionRequestsThrottled',
  ])
  await world.clock.run(world.clock.now() + 2_000)
  expect((await countUntilRefused(world, thing, { method })).count).toBe(2 * perSecond)
})

test('principals and subscriptions have their own buckets; a subscription has one for all of them together', async () => {
  const world = echoWorld()
  await countUntilRefused(world, thing, { method: 'POST' })
  expect((await world.send(thing.replace('/s1/', '/s2/'), { method: 'POST' })).status).toBe(200)
  for (let i = 1; i < 15; i += 1) await countUntilRefused(world, thing, { method: 'POST', token: `sim:other-${i}` })
  expect((await countUntilRefused(world, thing, { method: 'POST', token: 'sim:late' })).count).toBe(0)
})

test('what was refused was not carried out, and is on record as throttled', async () => {
  const { provider, carriedOut } = createEcho()
  const world = createWorld({ providers: [provider] })
  await countUntilRefused(world, thing, { method: 'POST' })
  expect(carriedOut).toHaveLength(200)
  expect(world.sim.ledger.calls().at(-1)).toMatchObject({ status: 429, injected: 'throttle' })
})

const machine = (name: string, location = 'ukwest') =>
  `/subscriptions/s1/resourceGroups/rg-${location}/providers/Microsoft.Compute/virtualMachines/${name}`

function computeWorld() {
  const route = (method: 'GET' | 'POST', path: string, compute: ComputePolicy) =>
    ({
      method,
      path: `/subscriptions/{s}${path}`,
      compute,
      bucket: 'reads',
      action: 'x',
      handle: () => ({ status: 200 }),
    }) as const
  const vms = '/resourceGroups/{g}/providers/Microsoft.Compute/virtualMachines'
  const provider: Provider = {
    namespace: 'Microsoft.Compute',
    routes: [
      route('POST', `${vms}/{vm}/start`, 'updateVm'),
      route('POST', `${vms}/{vm}/deallocate`, 'deleteVm'),
      route('GET', `${vms}/{vm}`, 'lowCostGet'),
      route('GET', vms, 'highCostGet'),
    ],
  }
  const estate = createEstate()
  for (const location of ['ukwest', 'uksouth'])
    estate.locations.set(`/subscriptions/s1/resourcegroups/rg-${location}`, location)
  const world = createWorld({ providers: [provider], estate, throttling: {} })
  // Resource Manager's own buckets stay out of the way: many callers, one Compute.
  let caller = 0
  const send = (path: string, asked = {}) => {
    caller += 1
    return world.send(`${path}?api-version=2024-01-01`, { ...asked, token: `sim:caller-${caller % 40}` })
  }
  return { ...world, send }
}

test.each([
  ['POST', '/start', 'UpdateVM', 12, 4],
  ['POST', '/deallocate', 'DeleteVM', 12, 4],
  ['GET', '', 'LowCostGet', 36, 12],
] as const)(
  "%s %s of one VM: Compute's policy %s allows %i at once and %i a minute",
  async (method, verb, policy, size, perMinute) => {
    const world = computeWorld()
    const path = `${machine('vm-1')}${verb}`
    const first = await world.send(path, { method })
    expect(first.headers.get('x-ms-ratelimit-remaining-resource')).toMatch(
      new RegExp(
        `^Microsoft.Compute/${policy}SubscriptionMaximum;\\d+,Microsoft.Compute/${policy}Resource;${size - 1}$`,
      ),
    )
    const { count, response } = await countUntilRefused(world, path, { method })
    expect(count).toBe(size - 1)
    expect(jsonOf(response)).toMatchObject({
      code: 'OperationNotAllowed',
      details: [{ code: 'TooManyRequests', target: policy }],
    })
    expect(jsonOf(response).error).toBeUndefined()
    expect(response.headers.get('retry-after')).toBe(String(60 / perMinute))
    expect((await world.send(path.replace('vm-1', 'vm-2'), { method })).status).toBe(200)
    await world.clock.run(world.clock.now() + 60_000)
    expect((await countUntilRefused(world, path, { method })).count).toBe(perMinute)
  },
)

test('a region allows 1,500 starts at once, and each region has its own', async () => {
  const world = computeWorld()
  let started = 0
  for (; started < 2_000; started += 1) {
    const response = await world.send(`${machine(`vm-${started}`)}/start`, { method: 'POST' })
    if (response.status === 429) break
  }
  expect(started).toBe(1_500)
  expect((await world.send(`${machine('vm-x', 'uksouth')}/start`, { method: 'POST' })).status).toBe(200)
})

test('the region of a VM is its own, whatever its resource group says', async () => {
  const world = computeWorld()
  const lagged = <T>(value: T) => createLaggedBy(world.sim.now, () => 0, value)
  const id = machine('moved').toLowerCase()
  const vm: SimVm = {
    id,
    name: 'moved',
    subscription: 's1',
    resourceGroup: 'rg-ukwest',
    location: 'UKSouth',
    size: 'x',
    vmId: 'x',
    power: lagged<SimPower>('running'),
    tags: lagged({}),
    failedOver: false,
  }
  world.sim.estate.vms.set(id, vm)
  world.sim.estate.deadRegions.add('uksouth')
  await expect(world.send(machine('moved'))).rejects.toMatchObject({ code: 'ECONNRESET' })
  expect((await world.send(machine('other'))).status).toBe(200)
})

test('the scale makes buckets larger or smaller', async () => {
  const world = createWorld({ providers: [createEcho().provider], throttling: { scale: 0.5 } })
  expect((await countUntilRefused(world, thing, { method: 'POST' })).count).toBe(100)
})
