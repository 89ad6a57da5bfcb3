import { expect, test } from 'vitest'
import { spoilPoints } from '../../sim/arm/site-recovery-recovery-points.ts'
import { addShortage } from '../../sim/estate/capacity.ts'
import { killRegion, reviveRegion } from '../../sim/estate/regions.ts'
import { hours, minutes, seconds } from '../../src/lib/core/time.ts'
import { jsonOf } from './kernel-world.ts'
import { failoverBody, inContainer, version, createReplicatedWorld as world } from './sim-replicated-world.ts'
import { faultsBySpec } from './sim-world.ts'

type Point = { id: string; properties: { recoveryPointTime: string; recoveryPointType: string } }

const pointWorld = (...options: Parameters<typeof world>) => {
  const made = world(...options)
  const { send, item, sim } = made
  return {
    ...made,
    points: async (): Promise<Point[]> => jsonOf(await send(`${item.id}/recoveryPoints?${version}`)).value,
    failOverTo: (recoveryPointId: string | null) => {
      const providerSpecificDetails = { instanceType: 'A2A', recoveryPointId }
      const body = { properties: { ...failoverBody.properties, providerSpecificDetails } }
      return send(`${item.id}/unplannedFailover?${version}`, { method: 'POST', body })
    },
    changeTo: (recoveryPointId: string) =>
      send(`${item.id}/applyRecoveryPoint?${version}`, {
        method: 'POST',
        body: { properties: { recoveryPointId, providerSpecificDetails: { instanceType: 'A2A' } } },
      }),
    machine: () => sim.estate.vms.get(item.targetVm ?? ''),
    host: () => [...sim.estate.sessionHosts.values()].find(({ name }) => name === item.vmName),
  }
}

test('recovery points come newest first, of two sorts, and end with the source region', async () => {
  const { points, later, sim, send, item } = pointWorld()
  const list = await points()
  const times = list.map(({ properties }) => properties.recoveryPointTime)
  expect(times).toEqual(times.toSorted().toReversed())
  const types = new Set(list.map(({ properties }) => properties.recoveryPointType))
  expect(types).toEqual(new Set(['CrashConsistent', 'ApplicationConsistent']))
  const template = `${inContainer}/replicationProtectedItems/{replicatedProtectedItemName}/recoveryPoints`
  const body = jsonOf(await send(`${item.id}/recoveryPoints?${version}`))
  expect(faultsBySpec('siteRecovery', 'get', template, { status: 200, body })).toEqual([])
  await later(minutes(10))
  expect((await points())[0]?.id).not.toBe(list[0]?.id)
  killRegion(sim, 'uksouth')
  const last = await points()
  await later(hours(1))
  expect(await points()).toEqual(last)
})

test('a machine made from a broken point never reports in, and a change to an older point mends it', async () => {
  const { points, failOverTo, changeTo, machine, host, later, sim, item, read, kinds, send } = pointWorld()
  const good = await points()
  await later(minutes(6))
  spoilPoints(sim, item, sim.now() - seconds(1))
  expect((await failOverTo(null)).status).toBe(202)
  await later(minutes(30))
  const { lastSuccessfulFailoverTime } = await read()
  const first = machine()?.vmId
  expect(host()?.vm).toBe(item.vm)
  expect(host()?.beatingSince).toBeUndefined()
  const view = async () => jsonOf(await send(`${machine()?.id}/instanceView?api-version=2024-03-01`))
  expect((await view()).vmAgent.statuses[0].displayStatus).toBe('Not Ready')
  expect((await changeTo(good[0]?.id ?? '')).status).toBe(202)
  await later(minutes(10))
  expect(await read()).toMatchObject({ allowedOperations: ['Commit', 'ChangePit'], lastSuccessfulFailoverTime })
  expect(machine()?.vmId).not.toBe(first)
  expect([host()?.vm, host()?.beatingSince !== undefined]).toEqual([item.targetVm, true])
  expect((await view()).vmAgent.statuses[0].displayStatus).toBe('Ready')
  expect(kinds()).toContain('recoveryPointAccepted')
})

test('a change of the point takes the machine away at once, and what was installed on it', async () => {
  const { points, failover, changeTo, machine, host, later, send, kinds, read } = pointWorld()
  await failover()
  await later(minutes(5))
  await read()
  const on = `${machine()?.id}/extensions/GuestAttestation?api-version=2024-03-01`
  const properties = {
    publisher: 'Microsoft.Azure.Security.WindowsAttestation',
    type: 'GuestAttestation',
    typeHandlerVersion: '1.0',
  }
  expect((await send(on, { method: 'PUT', body: { location: 'ukwest', properties } })).status).toBe(201)
  await later(minutes(5))
  expect(jsonOf(await send(on)).properties.provisioningState).toBe('Succeeded')
  await changeTo((await points())[3]?.id ?? '')
  expect(host()?.beatingSince).toBeUndefined()
  expect(machine()?.power.now()).toBe('deallocated')
  await later(minutes(5))
  expect((await send(on)).status).toBe(404)
  expect(kinds().filter((kind) => kind === 'hostReady')).toHaveLength(2)
})

test('points that do not exist are refused, by a failover and by a change', async () => {
  const { failOverTo, changeTo, points, later, item } = pointWorld()
  expect((await failOverTo(`${item.id}/recoveryPoints/none`)).status).toBe(400)
  const [, second] = await points()
  expect((await failOverTo(second?.id ?? '')).status).toBe(202)
  await later(minutes(5))
  expect((await changeTo(`${item.id}/recoveryPoints/none`)).status).toBe(400)
})

test('a test failover is accepted, and its machine takes the desktop away from its user', async () => {
  const { send, item, later, kinds, host, read } = pointWorld()
  const body = {
    properties: { failoverDirection: 'PrimaryToRecovery', providerSpecificDetails: { instanceType: 'A2A' } },
  }
  expect((await send(`${item.id}/testFailover?${version}`, { method: 'POST', body })).status).toBe(202)
  await later(minutes(10))
  expect(await read()).toMatchObject({ protectionState: 'Protected' })
  expect(kinds()).toContain('testFailoverAccepted')
  expect(host()?.vm).toContain(`${item.vmName}-test`)
})

test('a member of a consistency group does not fail over alone', async () => {
  const { failover, read, kinds } = pointWorld({}, { consistencyGroup: 2 })
  const answer = await failover()
  expect([answer.status, jsonOf(answer).error.code]).toEqual([400, 'MultiVmGroupMember'])
  expect((await read()).providerSpecificDetails.multiVmGroupName).toBe('mvg-1')
  expect(kinds()).toEqual([])
})

test('where Azure has no room for the size the job fails with the reason, and later it succeeds', async () => {
  const { failover, jobs, later, sim, read } = pointWorld()
  const shortage = { location: 'ukwest', size: 'Standard_D4s_v5', from: 0, until: sim.now() + minutes(10) }
  addShortage(sim, { ...shortage, code: 'AllocationFailed' })
  await failover()
  await later(minutes(4))
  expect((await jobs())[0].properties.errors[0].serviceErrorDetails.code).toBe('AllocationFailed')
  expect((await read()).protectionState).toBe('Protected')
  await later(minutes(10))
  await failover()
  await later(minutes(4))
  expect((await read()).activeLocation).toBe('Recovery')
})

test('a shortage of one zone leaves machines without one alone', async () => {
  const { failover, later, sim, read } = pointWorld()
  const shortage = { location: 'ukwest', size: 'Standard_D4s_v5', zone: '1', from: 0, until: Infinity }
  addShortage(sim, { ...shortage, code: '28031' })
  await failover()
  await later(minutes(4))
  expect((await read()).activeLocation).toBe('Recovery')
})

test('replication turns critical when nothing has come from the source region for a while', async () => {
  const { read, later, sim } = pointWorld()
  killRegion(sim, 'uksouth')
  await later(minutes(10))
  expect(await read()).toMatchObject({ replicationHealth: 'Normal', protectionState: 'Protected' })
  await later(minutes(15))
  const silent = await read()
  expect(silent.replicationHealth).toBe('Critical')
  expect(silent.providerSpecificDetails.rpoInSeconds).toBeGreaterThan(15 * 60)
  reviveRegion(sim, 'uksouth')
  await later(minutes(5))
  expect((await read()).replicationHealth).toBe('Normal')
})
