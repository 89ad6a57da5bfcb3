import { expect, test } from 'vitest'
import { addShortage } from '../../sim/estate/capacity.ts'
import { setSwitches } from '../../sim/estate/world.ts'
import { minutes, seconds } from '../../src/lib/core/time.ts'
import { jsonOf } from './kernel-world.ts'
import { createFleetWorld, faultsBySpec, groupOf, nameOf } from './sim-world.ts'

const version = 'api-version=2026-04-01'
const template = '/subscriptions/{s}/resourceGroups/{g}/providers/Microsoft.Compute/virtualMachines/{v}'
const post = { method: 'POST' } as const
const wanted = { maximumDuration: 'PT1H', rebootSetting: 'IfRequired' } as const

function world(fails = 0) {
  const made = createFleetWorld({ pooledHosts: 2, users: 0, openSessions: false, vmSize: 'Standard_D4s_v3' })
  const patching = { assess: [minutes(2), minutes(2)], install: [minutes(20), minutes(20)], fails } as const
  setSwitches(made.sim, { patching })
  const [on = '', off = ''] = [made.ids.pooled.primary.vms[0], made.ids.pooled.secondary.vms[0]]
  const view = async () => jsonOf(await made.send(`${on}/instanceView?${version}`)).patchStatus
  const happened = (kind: string) => {
    made.sim.agenda.settle()
    return made.sim.ledger.events().filter((event) => event.kind === kind)
  }
  return { ...made, on, off, view, happened }
}

test('an assessment runs in the guest, shows in the instance view and ends with its result', async () => {
  const { compute, send, later, finish, on, view } = world()
  expect(await view()).toBeUndefined()
  const accepted = await send(`${on}/assessPatches?${version}`, post)
  expect(accepted.status).toBe(202)
  expect((await view()).availablePatchSummary).toMatchObject({ status: 'InProgress' })
  await later(minutes(3))
  expect((await view()).availablePatchSummary).toMatchObject({ status: 'Succeeded', criticalAndSecurityPatchCount: 4 })
  const body = jsonOf(await send(accepted.headers.get('location') ?? ''))
  expect(faultsBySpec('compute', 'post', `${template}/assessPatches`, { status: 200, body })).toEqual([])
  const whole = jsonOf(await send(`${on}?$expand=instanceView&${version}`))
  expect(faultsBySpec('compute', 'get', template, { status: 200, body: whole })).toEqual([])
  const result = await finish(compute.virtualMachines.assessPatches(groupOf(on), nameOf(on)))
  expect(result).toMatchObject({ status: 'Succeeded', otherPatchCount: 2 })
})

test('an installation restarts the guest in the middle, and nothing is missing afterwards', async () => {
  const { compute, send, later, finish, sim, on, view, happened } = world()
  const accepted = await send(`${on}/installPatches?${version}`, { ...post, body: wanted })
  await later(minutes(16) + seconds(5))
  expect(happened('rebooted')).toHaveLength(1)
  expect(sim.estate.vms.get(on.toLowerCase())?.power.now()).toBe('running')
  expect(happened('hostGone')).toHaveLength(1)
  await later(minutes(5))
  expect(happened('hostReady')).toHaveLength(1)
  expect((await view()).lastPatchInstallationSummary).toMatchObject({ status: 'Succeeded', installedPatchCount: 6 })
  const body = jsonOf(await send(accepted.headers.get('location') ?? ''))
  expect(body).toMatchObject({ rebootStatus: 'Completed' })
  expect(faultsBySpec('compute', 'post', `${template}/installPatches`, { status: 200, body })).toEqual([])
  const again = await finish(compute.virtualMachines.installPatches(groupOf(on), nameOf(on), wanted))
  expect(again).toMatchObject({ installedPatchCount: 0, rebootStatus: 'NotNeeded' })
})

test('what takes longer than it may stops half-way', async () => {
  const { send, later, on, view } = world()
  await send(`${on}/installPatches?${version}`, { ...post, body: { ...wanted, maximumDuration: 'PT5M' } })
  await later(minutes(6))
  const expected = { status: 'CompletedWithWarnings', maintenanceWindowExceeded: true, installedPatchCount: 0 }
  expect((await view()).lastPatchInstallationSummary).toMatchObject(expected)
})

test('a machine that is off, or busy with a run already, is refused', async () => {
  const { send, on, off } = world()
  expect((await send(`${off}/assessPatches?${version}`, post)).status).toBe(409)
  expect((await send(`${on}/assessPatches?${version}`, post)).status).toBe(202)
  const second = await send(`${on}/installPatches?${version}`, { ...post, body: wanted })
  expect(second.status).toBe(409)
  expect(jsonOf(second).error.code).toBe('OperationNotAllowed')
  expect((await send(`${on}/installPatches?${version}`, { ...post, body: {} })).status).toBe(400)
})

test('a run ends as failed when the machine goes down, and may fail in the guest', async () => {
  const down = world()
  await down.send(`${down.on}/assessPatches?${version}`, post)
  await down.send(`${down.on}/deallocate?${version}`, post)
  await down.later(minutes(3))
  expect((await down.view()).availablePatchSummary).toMatchObject({ status: 'Failed' })
  const failing = world(1)
  await failing.send(`${failing.on}/assessPatches?${version}`, post)
  await failing.later(minutes(3))
  expect((await failing.view()).availablePatchSummary.error.code).toBe('PackageListFailure')
})

test('a machine takes two patch calls a minute, after a burst of six', async () => {
  const { send, on } = world()
  const statuses: number[] = []
  for (let i = 0; i < 7; i++) statuses.push((await send(`${on}/assessPatches?${version}`, post)).status)
  expect(statuses).toEqual([202, 409, 409, 409, 409, 409, 429])
})

test('a shortage strikes one size in one zone for a while', async () => {
  const { send, compute, finish, later, sim, ids, off } = world()
  const shortage = { location: 'ukwest', size: 'standard_d4s_v3', zone: '1', from: 0, until: sim.now() + minutes(10) }
  addShortage(sim, { ...shortage, code: 'ZonalAllocationFailed' })
  const other = ids.pooled.secondary.vms[1] ?? ''
  await finish(compute.virtualMachines.start(groupOf(other), nameOf(other)))
  const failing = finish(compute.virtualMachines.start(groupOf(off), nameOf(off)))
  await expect(failing).rejects.toThrow('ZonalAllocationFailed')
  await later(minutes(10))
  await finish(compute.virtualMachines.start(groupOf(off), nameOf(off)))
  addShortage(sim, { location: 'uksouth', size: 'Standard_D4s_v3', from: 0, until: Infinity, code: 'SkuNotAvailable' })
  const on = ids.pooled.primary.vms[0] ?? ''
  await finish(compute.virtualMachines.deallocate(groupOf(on), nameOf(on)))
  expect((await send(`${on}/start?${version}`, post)).status).toBe(409)
})
