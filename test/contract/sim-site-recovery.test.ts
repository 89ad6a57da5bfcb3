import { expect, test } from 'vitest'
import { killRegion } from '../../sim/estate/regions.ts'
import { minutes, seconds } from '../../src/lib/core/time.ts'
import { jsonOf } from './kernel-world.ts'
import { failoverBody, inVault, version, createReplicatedWorld as world } from './sim-replicated-world.ts'
import { faultsBySpec, groupOf, nameOf } from './sim-world.ts'

test('an accepted failover names its job three times, in very long URLs, and runs as recorded', async () => {
  const { failover, send, later, vault } = world()
  const response = await failover()
  expect(response.status).toBe(202)
  const jobId = nameOf(response.headers.get('x-ms-request-id') ?? '')
  const status = response.headers.get('azure-asyncoperation') ?? ''
  expect(status).toContain(`/Subscriptions/`)
  expect(status).toContain(`/replicationOperationStatus/${jobId}?`)
  expect(status.length).toBeGreaterThan(3_500)
  expect(response.headers.get('location')).toContain(`/operationresults/${jobId}?`)
  expect(response.headers.get('retry-after')).toBe('30')
  expect(jsonOf(await send(status))).toMatchObject({ name: jobId, status: 'InProgress', endTime: null })
  await later(seconds(60))
  const job = jsonOf(await send(`${vault}/replicationJobs/${jobId}?${version}`))
  expect(job.properties).toMatchObject({
    scenarioName: 'UnplannedFailover',
    state: 'InProgress',
    allowedActions: ['Cancel'],
  })
  expect(job.properties.tasks.map(({ state }: { state: string }) => state)).toEqual([
    'Succeeded',
    'Succeeded',
    'Other',
    'InProgress',
    'NotStarted',
  ])
  expect(
    faultsBySpec('siteRecovery', 'get', `${inVault}/replicationJobs/{jobName}`, { status: 200, body: job }),
  ).toEqual([])
  await later(seconds(61))
  expect(jsonOf(await send(status))).toMatchObject({
    status: 'Succeeded',
    endTime: expect.stringMatching(/\.0000000Z$/),
  })
  expect((await send(response.headers.get('location') ?? '')).status).toBe(200)
})

test('the SDK drives failover and commit, and the machine is another one in the other region', async () => {
  const { siteRecovery, compute, settled, later, vaultName, group, item, ids, sim } = world()
  const before = await settled(compute.virtualMachines.get(groupOf(item.vm), item.vmName))
  const where = [vaultName, group, item.fabric, item.container, item.name] as const
  const client = siteRecovery.replicationProtectedItems
  const poller = await settled(client.beginUnplannedFailover(...where, failoverBody))
  await later(minutes(2))
  await settled(poller.poll())
  expect(poller.isDone()).toBe(true)
  const pending = await settled(client.get(...where))
  expect(pending.properties).toMatchObject({
    protectionState: 'UnplannedFailoverCommitPendingStatesBegin',
    activeLocation: 'Recovery',
  })
  const target = await settled(
    compute.virtualMachines.get(nameOf(ids.personal.targetResourceGroup), item.vmName, { expand: 'instanceView' }),
  )
  expect(target).toMatchObject({ location: 'ukwest', tags: { environment: 'production' } })
  expect(target.vmId).not.toBe(before.vmId)
  expect(target.storageProfile?.osDisk?.createOption).toBe('Attach')
  expect(target.resources ?? target.osProfile).toBeUndefined()
  expect(sim.estate.vms.get(item.vm)?.power.now()).toBe('deallocated')
  const committing = await settled(client.beginFailoverCommit(...where))
  await later(seconds(11))
  await settled(committing.poll())
  expect((await settled(client.get(...where))).properties?.protectionState).toBe('UnplannedFailoverCommitted')
})

test('the desktop reports in from the new machine, and its record follows', async () => {
  const { avd, settled, failover, later, item, ids } = world()
  const host = () =>
    settled(avd.sessionHosts.get(nameOf(ids.personal.resourceGroup), nameOf(ids.personal.hostPool), item.vmName))
  const before = await host()
  await failover()
  await later(seconds(121))
  expect((await host()).resourceId).toBe(before.resourceId)
  await later(seconds(61))
  const after = await host()
  expect(after.resourceId).toContain('/resourceGroups/rg-avd-personal-ukwest/')
  expect(after.virtualMachineId).not.toBe(before.virtualMachineId)
  expect(after.assignedUser).toBe(before.assignedUser)
})

test('by its switch the record never follows', async () => {
  const { avd, settled, failover, later, item, ids } = world({}, { switches: { recordFollowsVm: false } })
  await failover()
  await later(minutes(10))
  const host = await settled(
    avd.sessionHosts.get(nameOf(ids.personal.resourceGroup), nameOf(ids.personal.hostPool), item.vmName),
  )
  expect(host).toMatchObject({ status: 'Available', resourceId: ids.personal.vms[0] })
})

test('without source operations the old machine runs on', async () => {
  const { send, later, item, sim, kinds } = world()
  const body = { properties: { ...failoverBody.properties, sourceSiteOperations: 'NotRequired' } }
  await send(`${item.id}/unplannedFailover?${version}`, { method: 'POST', body })
  await later(minutes(5))
  await send(`${item.id}?${version}`)
  expect(sim.estate.vms.get(item.vm)?.power.now()).toBe('running')
  expect(kinds()).not.toContain('deallocateAccepted')
})

test('a second failover is accepted within the window and refused after it', async () => {
  const { failover, later, sim, jobs } = world()
  expect((await failover()).status).toBe(202)
  await later(seconds(4))
  expect((await failover()).status).toBe(202)
  await later(seconds(10))
  const refused = await failover()
  expect(refused.status).toBe(409)
  expect(jsonOf(refused).error.code).toBe('OperationInProgress')
  expect(sim.ledger.events().filter(({ kind }) => kind === 'failoverAccepted')).toHaveLength(2)
  await later(minutes(5))
  const states = (await jobs()).map(({ properties }: { properties: { state: string } }) => properties.state)
  expect(states.toSorted()).toEqual(['Failed', 'Succeeded'])
})

test('without the window a second failover is refused at once', async () => {
  const { failover } = world({}, { switches: { doubleAcceptWindow: 0 } })
  await failover()
  expect((await failover()).status).toBe(409)
})

test('a running job shows on the item and in the list only after the lag', async () => {
  const { failover, read, jobs, later } = world({ timings: { readLag: [15_000, 15_000] } })
  await failover()
  expect(await read()).toMatchObject({ protectionState: 'Protected', currentScenario: { scenarioName: 'None' } })
  expect(await jobs()).toEqual([])
  await later(seconds(16))
  const item = await read()
  expect(item.allowedOperations).toEqual([])
  expect(item.currentScenario.scenarioName).toBe('UnplannedFailover')
  expect(await jobs()).toHaveLength(1)
})

test('a failed job leaves the item protected and says why', async () => {
  const rules = [{ action: /unplannedFailover/, kind: '70038', times: 1 }] as const
  const { failover, read, jobs, later, sim, item } = world({ faults: { rules } })
  await failover()
  await later(minutes(3))
  expect(await read()).toMatchObject({ protectionState: 'Protected', activeLocation: 'Primary' })
  const [job] = await jobs()
  expect(job.properties).toMatchObject({ state: 'Failed', errors: [{ serviceErrorDetails: { code: '70038' } }] })
  expect(sim.ledger.events()).toContainEqual(
    expect.objectContaining({ kind: 'jobEnded', state: 'Failed', errorCode: '70038', vm: item.vm }),
  )
  expect((await failover()).status).toBe(202)
})

test('a target region without quota fails the job with 28031', async () => {
  const { failover, jobs, later } = world({}, { spareCores: -10 })
  await failover()
  await later(minutes(5))
  expect((await jobs())[0].properties.errors[0].serviceErrorDetails.code).toBe('28031')
})

test('a commit needs a pending failover, and so does a change of the recovery point', async () => {
  const { commit, failover, later, send, item, sim } = world()
  expect((await commit()).status).toBe(409)
  await failover()
  await later(minutes(3))
  const change = await send(`${item.id}/applyRecoveryPoint?${version}`, {
    method: 'POST',
    body: { properties: { recoveryPointId: null } },
  })
  expect(change.status).toBe(202)
  expect((await commit()).status).toBe(409)
  await later(minutes(3))
  expect((await commit()).status).toBe(202)
  expect(sim.ledger.events().filter(({ kind }) => kind === 'commitAccepted')).toHaveLength(1)
})

test('a planned failover is refused between Azure regions', async () => {
  const { send, item } = world()
  const response = await send(`${item.id}/plannedFailover?${version}`, { method: 'POST', body: failoverBody })
  expect(response.status).toBe(400)
  expect(jsonOf(response).error.code).toBe('PlannedFailoverNotSupported')
})

test('jobs come newest first and can be narrowed by state and time', async () => {
  const { siteRecovery, all, failover, commit, later, vaultName, group, sim } = world()
  await failover()
  await later(minutes(3))
  await commit()
  const list = (filter?: string) =>
    all(siteRecovery.replicationJobs.list(vaultName, group, filter === undefined ? {} : { filter }))
  expect((await list()).map(({ properties }) => properties?.scenarioName)).toEqual([
    'CommitFailover',
    'UnplannedFailover',
  ])
  expect(await list("JobStatus eq 'InProgress'")).toHaveLength(1)
  const from = new Date(sim.now() - minutes(1)).toISOString()
  const to = new Date(sim.now()).toISOString()
  expect(await list(`StartTime eq '${from}' and EndTime eq '${to}'`)).toHaveLength(1)
})

test('with its source region lost a failover works and nobody shuts the source down', async () => {
  const { failover, later, read, sim, kinds } = world()
  killRegion(sim, 'uksouth')
  expect((await failover()).status).toBe(202)
  await later(minutes(4))
  expect((await read()).activeLocation).toBe('Recovery')
  expect(kinds()).not.toContain('deallocateAccepted')
  expect(kinds()).toContain('hostReady')
})
