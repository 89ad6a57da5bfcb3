import { expect, test } from 'vitest'
import type { SimReplicatedItem } from '../../sim/arm/estate-types.ts'
import { setAssociations } from '../../sim/estate/guest.ts'
import { killRegion, reviveRegion } from '../../sim/estate/regions.ts'
import { setSwitches, worldOf } from '../../sim/estate/world.ts'
import { idKey } from '../../src/lib/core/arm-id.ts'
import { hours, minutes, seconds } from '../../src/lib/core/time.ts'
import { jsonOf } from './kernel-world.ts'
import { createReplicatedWorld, failoverBody, inVault, version } from './sim-replicated-world.ts'
import { faultsBySpec, nameOf } from './sim-world.ts'

/** A desktop that was failed over and committed. */
async function committedWorld(...options: Parameters<typeof createReplicatedWorld>) {
  const made = createReplicatedWorld(...options)
  const { send, later, item } = made
  const away = async (of: SimReplicatedItem) => {
    const answer = await send(`${of.id}/unplannedFailover?${version}`, { method: 'POST', body: failoverBody })
    await later(minutes(4))
    await send(`${of.id}/failoverCommit?${version}`, { method: 'POST' })
    await later(minutes(1))
    return answer.status
  }
  await away(item)
  const there = (key: string | undefined) => made.sim.estate.vms.get(key ?? '')
  return { ...made, away, there, touch: () => send(`${made.vault}/replicationJobs?${version}`) }
}

test('a reprotect makes an item of the same name in the other direction, and the job says which', async () => {
  const { reprotect, siteRecovery, all, later, send, vaultName, group, item, sim } = await committedWorld()
  const answer = await reprotect()
  expect(answer.status).toBe(202)
  const find = async () =>
    (await all(siteRecovery.replicationProtectedItems.list(vaultName, group))).find(({ name }) => name === item.name)
  await later(seconds(30))
  expect((await find())?.properties).toMatchObject({
    protectionState: 'UnprotectedStatesBegin',
    primaryFabricFriendlyName: 'UK West',
  })
  const job = jsonOf(await send(`${answer.headers.get('x-ms-request-id')}?${version}`))
  expect(job.properties).toMatchObject({ friendlyName: 'Reprotect', state: 'InProgress' })
  expect(job.properties.tasks).toHaveLength(5)
  expect(idKey(job.properties.customDetails.newReplicationProtectedItemId)).toBe(idKey((await find())?.id ?? ''))
  const template = `${inVault}/replicationJobs/{jobName}`
  expect(faultsBySpec('siteRecovery', 'get', template, { status: 200, body: job })).toEqual([])
  await later(hours(3.1))
  expect((await find())?.properties).toMatchObject({ protectionState: 'Protected', activeLocation: 'Primary' })
  expect(sim.ledger.events()).toContainEqual(expect.objectContaining({ kind: 'reprotectAccepted', vm: item.vm }))
})

test('the machine that was left behind goes with the reprotect, and its cores are free', async () => {
  const { reprotect, later, sim, item, ids, compute, settled, touch } = await committedWorld()
  const quota = () => sim.estate.quotas.get(`${ids.subscription}/uksouth/cores`)?.used
  const before = quota() ?? 0
  await reprotect()
  await later(seconds(10))
  await touch()
  expect(sim.estate.vms.has(item.vm)).toBe(false)
  expect(quota()).toBe(before - 4)
  const read = settled(compute.virtualMachines.get(nameOf(ids.personal.resourceGroup), item.vmName))
  await expect(read).rejects.toThrow('was not found')
})

test('by its switch it stays, switched off, and its successor takes its place', async () => {
  const { reprotect, later, sim, item, current, away, there, touch } = await committedWorld(
    {},
    { switches: { reprotectDeletesOldVm: false } },
  )
  await reprotect()
  await later(hours(3.1))
  await touch()
  const before = there(item.vm)?.vmId
  expect(there(item.vm)?.power.now()).toBe('deallocated')
  expect(await away(current())).toBe(202)
  expect(there(item.vm)?.vmId).not.toBe(before)
  expect(sim.estate.vms.get(item.vm)?.failedOver).toBe(true)
})

test('the way there and back can be gone again and again, each time with a new machine without extensions', async () => {
  const { reprotect, later, item, current, away, there, touch, send, sim, kinds } = await committedWorld(
    {},
    { extensions: 'four' },
  )
  const machines = [there(item.targetVm)?.vmId]
  for (const home of [item.vm, item.targetVm, item.vm]) {
    expect((await reprotect(current())).status).toBe(202)
    await later(hours(3.1))
    await touch()
    expect(current().state.now()).toBe('Protected')
    expect(await away(current())).toBe(202)
    await touch()
    machines.push(there(home)?.vmId)
    expect(jsonOf(await send(`${there(home)?.id}?api-version=2024-03-01`)).resources).toBeUndefined()
    const left = there(home === item.vm ? item.targetVm : item.vm)
    expect(left?.power.now()).toBe('deallocated')
    const host = [...sim.estate.sessionHosts.values()].find(({ name }) => name === item.vmName)
    expect([host?.vm, host?.beatingSince !== undefined]).toEqual([home, true])
  }
  expect(new Set(machines).size).toBe(4)
  expect(kinds().filter((kind) => kind === 'reprotectAccepted')).toHaveLength(3)
  expect(kinds().filter((kind) => kind === 'failoverAccepted')).toHaveLength(4)
})

test('a reprotect that lacks something is refused, and nothing is begun', async () => {
  const { reprotect, item, ids, kinds } = await committedWorld()
  const { cacheStorage, resourceGroup } = ids.personal
  const disk = {
    diskId: `${ids.personal.targetResourceGroup}/providers/Microsoft.Compute/disks/other`,
    primaryStagingAzureStorageAccountId: cacheStorage.secondary,
    recoveryResourceGroupId: resourceGroup,
  }
  const known = {
    ...disk,
    diskId: `${ids.personal.targetResourceGroup}/providers/Microsoft.Compute/disks/${item.vmName}_OsDisk_1_3df79f45354b43f4ba8a28480582e708`,
  }
  const wrong = [
    { instanceType: 'HyperVReplicaAzure' },
    { recoveryContainerId: `${item.id.replace(/\/replicationProtectedItems.*/, '').replaceAll('uksouth', 'ukwest')}` },
    { vmManagedDisks: [] },
    { vmManagedDisks: [disk] },
    { vmManagedDisks: [known, known] },
    { vmManagedDisks: [{ ...known, primaryStagingAzureStorageAccountId: cacheStorage.primary }] },
    { vmManagedDisks: [{ ...known, primaryStagingAzureStorageAccountId: `${cacheStorage.primary}x` }] },
    { recoveryResourceGroupId: ids.personal.targetResourceGroup },
    { policyId: `${ids.personal.vault}/replicationPolicies/none` },
  ]
  const statuses: number[] = []
  for (const changes of wrong) statuses.push((await reprotect(item, changes)).status)
  expect(statuses).toEqual(wrong.map(() => 400))
  expect(kinds()).not.toContain('reprotectAccepted')
  expect((await reprotect(item, { vmManagedDisks: [known] })).status).toBe(202)
})

test('what is not committed, has no mapping back, or is turned round already is refused', async () => {
  const fresh = createReplicatedWorld()
  expect((await fresh.reprotect()).status).toBe(409)
  const { reprotect, sim, ids, later } = await committedWorld()
  const { vaults } = worldOf(sim)
  const vault = vaults.get(idKey(ids.personal.vault))
  if (vault) vaults.set(idKey(vault.id), { ...vault, isOneWay: true })
  expect((await reprotect()).status).toBe(400)
  if (vault) vaults.set(idKey(vault.id), vault)
  expect((await reprotect()).status).toBe(202)
  await later(seconds(10))
  expect((await reprotect()).status).toBe(404)
})

test('within the window it is accepted twice, and one of the two jobs fails', async () => {
  const { reprotect, later, jobs } = await committedWorld()
  expect([(await reprotect()).status, (await reprotect()).status]).toEqual([202, 202])
  await later(hours(3.1))
  const states = (await jobs())
    .filter(({ properties }: { properties: { friendlyName: string } }) => properties.friendlyName === 'Reprotect')
    .map(({ properties }: { properties: { state: string } }) => properties.state)
  expect(states.toSorted()).toEqual(['Failed', 'Succeeded'])
})

test('while the region it is to go to is away the job fails and the desktop stays as it was', async () => {
  const { reprotect, later, sim, item, jobs, current } = await committedWorld()
  killRegion(sim, 'uksouth')
  expect((await reprotect()).status).toBe(202)
  await later(minutes(4))
  expect((await jobs())[0].properties.state).toBe('Failed')
  expect([current(), current().state.now()]).toEqual([item, 'Committed'])
  reviveRegion(sim, 'uksouth')
  expect((await reprotect()).status).toBe(202)
  await later(minutes(10))
  killRegion(sim, 'uksouth')
  await later(hours(5))
  await jobs()
  expect(current().state.now()).toBe('Unprotected')
  reviveRegion(sim, 'uksouth')
  await later(hours(1))
  await jobs()
  expect(current().state.now()).toBe('Protected')
})

test('an old machine that came back with its region loses the desktop again when it is deleted', async () => {
  const { reprotect, later, sim, item, touch, failover, commit } = createReplicatedGraph()
  killRegion(sim, 'uksouth')
  await failover()
  await later(minutes(5))
  await commit()
  await later(minutes(1))
  await touch()
  const host = [...sim.estate.sessionHosts.values()].find(({ name }) => name === item.vmName)
  expect(host?.vm).toBe(item.targetVm)
  reviveRegion(sim, 'uksouth')
  await later(minutes(5))
  await touch()
  expect(host?.vm).toBe(item.vm)
  await reprotect()
  await later(minutes(5))
  await touch()
  expect([host?.vm, host?.beatingSince !== undefined]).toEqual([item.targetVm, true])
})

test('Resource Graph shows the new machine late, and the one that is gone a while longer', async () => {
  const { failover, later, send, ids, item, sim, touch } = createReplicatedGraph()
  const rows = async () => {
    const query = `resources | where type =~ 'microsoft.compute/virtualmachines' and name =~ '${item.vmName}' | project id, location, vmId = properties.vmId`
    const body = { subscriptions: [ids.subscription], query }
    return jsonOf(
      await send('/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01', { method: 'POST', body }),
    ).data
  }
  await failover()
  await later(seconds(125))
  await touch()
  expect(
    sim.estate.vms.has(
      idKey(`${ids.personal.targetResourceGroup}/providers/Microsoft.Compute/virtualMachines/${item.vmName}`),
    ),
  ).toBe(true)
  expect(await rows()).toMatchObject([{ location: 'uksouth' }])
  await later(minutes(3))
  expect((await rows()).map(({ location }: { location: string }) => location).toSorted()).toEqual(['uksouth', 'ukwest'])
})

function createReplicatedGraph() {
  const made = createReplicatedWorld()
  return { ...made, touch: () => made.send(`${made.vault}/replicationJobs?${version}`) }
}

test('what was associated with the old machine is not with the new one of the same id', async () => {
  const { reprotect, later, item, current, away, there, touch, sim, send } = await committedWorld()
  const old = there(item.targetVm)
  if (old) setAssociations(sim, old, [{ name: 'dcr-avd', ruleId: 'x' }])
  setSwitches(sim, { reprotect: [1_000, 1_000] })
  for (let i = 0; i < 2; i += 1) {
    await reprotect(current())
    await later(minutes(1))
    await touch()
    await away(current())
  }
  await touch()
  const path = `${there(item.targetVm)?.id}/providers/Microsoft.Insights/dataCollectionRuleAssociations`
  expect(jsonOf(await send(`${path}?api-version=2022-06-01`)).value).toEqual([])
})
