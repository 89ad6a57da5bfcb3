import { expect, test } from 'vitest'
import { killRegion } from '../../sim/estate/regions.ts'
import { setSwitches } from '../../sim/estate/world.ts'
import { minutes, seconds } from '../../src/lib/core/time.ts'
import { jsonOf } from './kernel-world.ts'
import { createFleetWorld, faultsBySpec, groupOf, nameOf } from './sim-world.ts'

const version = 'api-version=2026-04-01'
const inGroup = '/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.Compute'

function world(options: Parameters<typeof createFleetWorld>[1] = {}, vmSize = 'Standard_D4s_v5') {
  const made = createFleetWorld({ pooledHosts: 4, users: 8, vmSize }, options)
  const [off = '', on = ''] = [made.ids.pooled.secondary.vms[0], made.ids.pooled.primary.vms[0]]
  return { ...made, off, on, offGroup: groupOf(off), onGroup: groupOf(on) }
}

test('a VM tells its power only when asked for its instance view', async () => {
  const { compute, settled, onGroup, on } = world()
  expect((await settled(compute.virtualMachines.get(onGroup, nameOf(on)))).instanceView).toBeUndefined()
  const seen = await settled(compute.virtualMachines.get(onGroup, nameOf(on), { expand: 'instanceView' }))
  expect(seen.instanceView?.statuses?.map(({ code }) => code)).toEqual([
    'ProvisioningState/succeeded',
    'PowerState/running',
  ])
  const view = await settled(compute.virtualMachines.instanceView(onGroup, nameOf(on)))
  expect(view.vmAgent?.statuses?.[0]?.displayStatus).toBe('Ready')
})

test('VMs are listed by group, by location and, with their status alone, by subscription', async () => {
  const { compute, all, onGroup, ids } = world()
  expect(await all(compute.virtualMachines.list(onGroup))).toHaveLength(4)
  expect(await all(compute.virtualMachines.listByLocation(ids.secondaryLocation))).toHaveLength(4)
  const statuses = await all(compute.virtualMachines.listAll({ statusOnly: 'true' }))
  const powers = statuses.map(({ instanceView }) => instanceView?.statuses?.at(-1)?.code)
  expect(powers.toSorted()).toEqual([
    ...Array(4).fill('PowerState/deallocated'),
    ...Array(4).fill('PowerState/running'),
  ])
})

test('answers about VMs fit the official file', async () => {
  // The file's list of sizes ends before the fifth version.
  const { send, on, off, ids } = world({}, 'Standard_D4s_v3')
  for (const id of [on, off]) {
    const body = jsonOf(await send(`${id}?$expand=instanceView&${version}`))
    expect(body.name).toBe(nameOf(id))
    expect(faultsBySpec('compute', 'get', `${inGroup}/virtualMachines/{vmName}`, { status: 200, body })).toEqual([])
    const view = jsonOf(await send(`${id}/instanceView?${version}`))
    expect(
      faultsBySpec('compute', 'get', `${inGroup}/virtualMachines/{vmName}/instanceView`, { status: 200, body: view }),
    ).toEqual([])
  }
  const all = jsonOf(
    await send(
      `/subscriptions/${ids.subscription}/providers/Microsoft.Compute/virtualMachines?statusOnly=true&${version}`,
    ),
  )
  const template = '/subscriptions/{subscriptionId}/providers/Microsoft.Compute/virtualMachines'
  expect(faultsBySpec('compute', 'get', template, { status: 200, body: all })).toEqual([])
})

test('a start is accepted with two polling URLs and passes through starting to running', async () => {
  const { send, settled, compute, later, sim, off, offGroup } = world({ timings: { vmStart: [60_000, 60_000] } })
  const response = await send(`${off}/start?${version}`, { method: 'POST' })
  expect(response.status).toBe(202)
  expect(response.headers.get('retry-after')).toBe('10')
  const status = response.headers.get('azure-asyncoperation') ?? ''
  expect(status).toMatch(
    /\/providers\/Microsoft\.Compute\/locations\/ukwest\/operations\/[0-9a-f-]{36}\?api-version=2026-04-01$/,
  )
  expect(response.headers.get('location')).toContain('monitor=true')
  expect(jsonOf(await send(status)).status).toBe('InProgress')
  const view = () => settled(compute.virtualMachines.instanceView(offGroup, nameOf(off)))
  expect((await view()).statuses?.at(-1)?.code).toBe('PowerState/starting')
  await later(seconds(61))
  expect((await view()).statuses?.at(-1)?.code).toBe('PowerState/running')
  expect(jsonOf(await send(status))).toMatchObject({ status: 'Succeeded' })
  expect((await send(response.headers.get('location') ?? '')).status).toBe(200)
  const limiter = `${sim.estate.vms.get(off.toLowerCase())?.subscription}/ukwest`
  expect(sim.ledger.events()).toContainEqual(
    expect.objectContaining({ kind: 'startAccepted', vm: off.toLowerCase(), limiter }),
  )
})

test('the SDK waits for a start and a deallocation to their end', async () => {
  const { compute, settled, finish, off, offGroup, kinds } = world()
  await finish(compute.virtualMachines.start(offGroup, nameOf(off)))
  expect(kinds()).toContain('startEnded')
  await finish(compute.virtualMachines.deallocate(offGroup, nameOf(off)))
  expect(kinds()).toContain('deallocateEnded')
  const view = await settled(compute.virtualMachines.instanceView(offGroup, nameOf(off)))
  expect(view.statuses?.at(-1)?.code).toBe('PowerState/deallocated')
})

test('a power change is read only after the lag', async () => {
  const timings = { vmStart: [30_000, 30_000], readLag: [20_000, 20_000] } as const
  const { send, compute, settled, later, off, offGroup } = world({ timings })
  await send(`${off}/start?${version}`, { method: 'POST' })
  const power = async () => {
    const view = await settled(compute.virtualMachines.instanceView(offGroup, nameOf(off)))
    return view.statuses?.at(-1)?.code
  }
  expect(await power()).toBe('PowerState/deallocated')
  await later(seconds(35))
  expect(await power()).toBe('PowerState/starting')
  await later(seconds(16))
  expect(await power()).toBe('PowerState/running')
})

test('starting what runs changes nothing, deallocating what starts is a conflict', async () => {
  const { compute, send, finish, kinds, on, off, onGroup } = world()
  await finish(compute.virtualMachines.start(onGroup, nameOf(on)))
  expect(kinds()).not.toContain('startAccepted')
  await send(`${off}/start?${version}`, { method: 'POST' })
  const conflict = await send(`${off}/deallocate?${version}`, { method: 'POST' })
  expect(conflict.status).toBe(409)
  expect(jsonOf(conflict).error.code).toBe('Conflict')
})

test('a lack of capacity arrives inside the operation, and the VM is off again', async () => {
  const rules = [{ action: /start/, kind: 'AllocationFailed' }] as const
  const { compute, finish, off, offGroup, sim } = world({ faults: { rules } })
  await expect(finish(compute.virtualMachines.start(offGroup, nameOf(off)))).rejects.toThrow('AllocationFailed')
  expect(sim.estate.vms.get(off.toLowerCase())?.power.now()).toBe('deallocated')
  expect(sim.ledger.events()).toContainEqual(
    expect.objectContaining({ kind: 'startEnded', ok: false, errorCode: 'AllocationFailed' }),
  )
})

test('beyond the quota a start is refused with 409', async () => {
  const { compute, finish, sim, off, offGroup, kinds } = world()
  setSwitches(sim, { deallocatedCountsAgainstQuota: false })
  for (const quota of sim.estate.quotas.values()) quota.used = quota.limit
  const refused = finish(compute.virtualMachines.start(offGroup, nameOf(off)))
  await expect(refused).rejects.toMatchObject({ statusCode: 409, code: 'OperationNotAllowed' })
  expect(kinds()).not.toContain('startAccepted')
})

test('quota and sizes of a region are read', async () => {
  const { compute, all, send, ids } = world()
  const usages = await all(compute.usage.list(ids.secondaryLocation))
  expect(usages.map(({ name }) => name?.value)).toEqual(['cores', 'standardDSv5Family'])
  expect(usages[0]).toMatchObject({ currentValue: 16, limit: 116 })
  const skus = await all(compute.resourceSkus.list({ filter: "location eq 'ukwest'" }))
  expect(skus.map(({ name }) => name)).toEqual(['Premium_LRS', 'Standard_D4s_v5'])
  const template = '/subscriptions/{subscriptionId}/providers/Microsoft.Compute/locations/{location}/usages'
  const body = jsonOf(
    await send(`/subscriptions/${ids.subscription}/providers/Microsoft.Compute/locations/ukwest/usages?${version}`),
  )
  expect(faultsBySpec('computeCommon', 'get', template, { status: 200, body })).toEqual([])
})

test('tags sent replace tags there were', async () => {
  const { compute, settled, sim, on, onGroup } = world()
  await settled(compute.virtualMachines.update(onGroup, nameOf(on), { tags: { owner: 'dr' } }))
  expect((await settled(compute.virtualMachines.get(onGroup, nameOf(on)))).tags).toEqual({ owner: 'dr' })
  expect(sim.ledger.events()).toContainEqual(expect.objectContaining({ kind: 'tagsSet', tags: { owner: 'dr' } }))
})

test('powering off keeps the VM allocated', async () => {
  const { compute, settled, finish, on, onGroup, kinds } = world()
  await finish(compute.virtualMachines.powerOff(onGroup, nameOf(on)))
  const view = await settled(compute.virtualMachines.instanceView(onGroup, nameOf(on)))
  expect(view.statuses?.at(-1)?.code).toBe('PowerState/stopped')
  expect(kinds()).toContain('hostGone')
})

test('VMs of a lost region are missing from the list of the subscription', async () => {
  const { compute, all, sim, later } = world()
  killRegion(sim, 'uksouth')
  await later(minutes(1))
  const names = (await all(compute.virtualMachines.listAll({ statusOnly: 'true' }))).map(({ location }) => location)
  expect(new Set(names)).toEqual(new Set(['ukwest']))
})
