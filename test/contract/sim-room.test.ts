import { expect, test } from 'vitest'
import { addShortage } from '../../sim/estate/capacity.ts'
import { killRegion } from '../../sim/estate/regions.ts'
import { addReservationGroup, leaveAddresses, restrictSize, targetNetworkOf } from '../../sim/estate/room.ts'
import { hours, minutes } from '../../src/lib/core/time.ts'
import { jsonOf } from './kernel-world.ts'
import { createReplicatedWorld } from './sim-replicated-world.ts'
import { faultsBySpec } from './sim-world.ts'

const size = 'Standard_D4s_v5'
const compute = '/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute'
const groupTemplate = `${compute}/capacityReservationGroups/{capacityReservationGroupName}`

/** Quota is no matter here unless a test makes it one. */
function world(reservations?: readonly { readonly size: string; readonly capacity: number; readonly zone?: string }[]) {
  const made = createReplicatedWorld({}, { spareCores: 1_000 })
  const { sim, item, ids, send, failover, later, jobs } = made
  const groupId = `${ids.personal.targetResourceGroup}/providers/Microsoft.Compute/capacityReservationGroups/crg-w`
  if (reservations) {
    const named = reservations.map((one, i) => ({ name: `cr-${i + 1}`, ...one }))
    addReservationGroup(sim, { id: groupId, location: 'ukwest', reservations: named })
  }
  for (const [key, one] of sim.estate.replicatedItems)
    if (reservations) sim.estate.replicatedItems.set(key, { ...one, capacityReservationGroup: groupId })
  const network = targetNetworkOf(item)
  const homeNetwork = `${ids.personal.resourceGroup}/providers/Microsoft.Network/virtualNetworks/vnet-uksouth`
  const read = async (path: string, version: string) => jsonOf(await send(`${path}?api-version=${version}`))
  return {
    ...made,
    groupId,
    network,
    homeNetwork,
    read,
    /** Addresses taken in the only subnet of a network. */
    taken: async (id: string): Promise<number> => {
      const [subnet] = (await read(id, '2024-05-01')).properties.subnets
      return subnet.properties.ipConfigurations?.length ?? 0
    },
    /** Of a failover of the first item. */
    outcome: async () => {
      await failover()
      await later(minutes(10))
      const [job] = await jobs()
      return { state: job.properties.state, code: job.properties.errors?.[0]?.serviceErrorDetails?.code }
    },
    state: () => sim.estate.replicatedItems.get(item.id.toLowerCase())?.state.now(),
    cores: () => sim.estate.quotas.get(`${ids.subscription}/ukwest/cores`)?.used,
  }
}

test('a failover takes an address in the region that is entered, a new protection gives back the one that was left', async () => {
  const { taken, network, homeNetwork, outcome, commit, reprotect, later } = world()
  expect([await taken(homeNetwork), await taken(network)]).toEqual([3, 0])
  expect((await outcome()).state).toBe('Succeeded')
  expect([await taken(homeNetwork), await taken(network)]).toEqual([3, 1])
  await commit()
  await later(minutes(5))
  expect((await reprotect()).status).toBe(202)
  await later(hours(4))
  expect([await taken(homeNetwork), await taken(network)]).toEqual([2, 1])
})

test('a full subnet fails the job with 28092, the item stays where it was, and no cores are taken', async () => {
  const { sim, network, outcome, state, cores } = world()
  leaveAddresses(sim, network, 0)
  const before = cores()
  expect(await outcome()).toEqual({ state: 'Failed', code: '28092' })
  expect([state(), cores()]).toEqual(['Protected', before])
  leaveAddresses(sim, network, 1)
  expect((await outcome()).state).toBe('Succeeded')
})

test('a network that is not there is 404, and one in a dead region is silent', async () => {
  const { send, network, homeNetwork, outcome, sim, handle } = world()
  const gone = network.replace('vnet-ukwest', 'vnet-gone')
  expect((await send(`${gone}?api-version=2024-05-01`)).status).toBe(404)
  expect((await send(`${network}?api-version=1999-01-01`)).status).toBe(400)
  killRegion(sim, 'uksouth')
  const query = { 'api-version': '2024-05-01' }
  expect(handle({ method: 'GET', path: homeNetwork, query, headers: {}, principal: 'someone' })).toBe('hang')
  expect((await outcome()).state).toBe('Succeeded')
})

test('a restricted size is in the list, and no machine of it is made', async () => {
  const { sim, send, ids, outcome } = world()
  restrictSize(sim, { location: 'ukwest', size })
  const path = `/subscriptions/${ids.subscription}/providers/Microsoft.Compute/skus`
  const body = jsonOf(await send(`${path}?api-version=2021-07-01&$filter=location eq 'ukwest'`))
  const template = '/subscriptions/{subscriptionId}/providers/Microsoft.Compute/skus'
  expect(faultsBySpec('skus', 'get', template, { status: 200, body })).toEqual([])
  const sku = body.value.find(({ name }: { name: string }) => name === size)
  expect(sku.restrictions).toEqual([
    {
      type: 'Location',
      values: ['ukwest'],
      restrictionInfo: { locations: ['ukwest'] },
      reasonCode: 'NotAvailableForSubscription',
    },
  ])
  expect(await outcome()).toEqual({ state: 'Failed', code: 'SkuNotAvailable' })
})

test('what is reserved is there in a shortage, and shows as taken', async () => {
  const { sim, outcome, read, groupId, send } = world([{ size, capacity: 1 }])
  addShortage(sim, { location: 'ukwest', size, code: 'AllocationFailed', from: 0, until: sim.now() + hours(9) })
  const taken = async () => {
    const body = jsonOf(await send(`${groupId}?$expand=instanceView&api-version=2024-03-01`))
    expect(faultsBySpec('reservations', 'get', groupTemplate, { status: 200, body })).toEqual([])
    const [one] = body.properties.instanceView.capacityReservations
    return one.utilizationInfo.virtualMachinesAllocated.length
  }
  expect(await taken()).toBe(0)
  expect((await outcome()).state).toBe('Succeeded')
  expect(await taken()).toBe(1)
  expect((await read(groupId, '2024-03-01')).properties).not.toHaveProperty('instanceView')
  const list = await read(`${groupId}/capacityReservations`, '2024-03-01')
  const template = `${groupTemplate}/capacityReservations`
  expect(faultsBySpec('reservations', 'get', template, { status: 200, body: list })).toEqual([])
  expect(list.value).toMatchObject([{ name: 'cr-1', sku: { name: size, capacity: 1 } }])
})

test('beyond what is reserved Azure gives what it has, and nothing in a shortage', async () => {
  const full = world([{ size, capacity: 0 }])
  expect((await full.outcome()).state).toBe('Succeeded')
  const short = world([{ size, capacity: 0 }])
  const { sim } = short
  addShortage(sim, { location: 'ukwest', size, code: 'AllocationFailed', from: 0, until: sim.now() + hours(9) })
  expect(await short.outcome()).toEqual({ state: 'Failed', code: 'AllocationFailed' })
})

test.each([
  ['of another size', [{ size: 'Standard_D8s_v5', capacity: 9 }]],
  ['in a zone', [{ size, capacity: 9, zone: '1' }]],
])('a group with reservations %s alone takes no machine', async (_, reservations) => {
  expect(await world(reservations).outcome()).toEqual({ state: 'Failed', code: '28031' })
})

test('a group that is gone is 404, and takes no machine', async () => {
  const { sim, item, send, groupId, outcome } = world()
  const lost = { ...item, capacityReservationGroup: groupId }
  sim.estate.replicatedItems.set(item.id.toLowerCase(), lost)
  expect((await send(`${groupId}?api-version=2024-03-01`)).status).toBe(404)
  expect((await send(`${groupId}/capacityReservations?api-version=2024-03-01`)).status).toBe(404)
  expect(await outcome()).toEqual({ state: 'Failed', code: '28031' })
})
