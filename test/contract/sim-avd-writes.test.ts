import { expect, test } from 'vitest'
import { jsonOf } from './kernel-world.ts'
import { createFleetWorld, faultsBySpec, groupOf, nameOf } from './sim-world.ts'

const inGroup =
  '/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.DesktopVirtualization'
const groupPath = `${inGroup}/applicationGroups/{applicationGroupName}`

test('what is written is answered as the specification says, new and known', async () => {
  const { avd, settled, send, ids } = createFleetWorld({ pooledHosts: 2, users: 4, applicationGroups: 2 })
  const { hostPool, applicationGroups, resourceGroup } = ids.pooled.secondary
  const group = nameOf(resourceGroup)
  const { location = '' } = await settled(avd.hostPools.get(groupOf(hostPool), nameOf(hostPool)))
  const wanted = { location, hostPoolArmPath: hostPool, applicationGroupType: 'RemoteApp', friendlyName: 'New' }
  const program = { commandLineSetting: 'DoNotAllow', filePath: 'C:\\notes.exe' }
  for (const _ of ['new', 'known']) {
    const made = await settled(avd.applicationGroups.createOrUpdate(group, 'rag-new', wanted))
    expect(made).toMatchObject({ friendlyName: 'New', applicationGroupType: 'RemoteApp' })
    const put = await settled(avd.applications.createOrUpdate(group, 'rag-new', 'notes', program))
    expect(put).toMatchObject({ name: 'rag-new/notes', filePath: 'C:\\notes.exe' })
  }
  const newGroup = `${(applicationGroups[0] ?? '').replace(/[^/]+$/, '')}rag-new`
  const body = jsonOf(await send(`${newGroup}?api-version=2024-04-03`))
  expect(faultsBySpec('avd', 'get', groupPath, { status: 200, body })).toEqual([])
  const one = jsonOf(await send(`${newGroup}/applications/notes?api-version=2024-04-03`))
  expect(faultsBySpec('avd', 'get', `${groupPath}/applications/{applicationName}`, { status: 200, body: one })).toEqual(
    [],
  )
  const absent = await send(`${newGroup}/applications/other?api-version=2024-04-03`)
  expect(absent.status).toBe(404)
})

test('a patch of a pool with one wrong property changes none of them', async () => {
  const { avd, settled, ids, sim } = createFleetWorld({ pooledHosts: 2, users: 4 })
  const { hostPool } = ids.pooled.secondary
  const [group, name] = [groupOf(hostPool), nameOf(hostPool)]
  const change = { loadBalancerType: 'DepthFirst', maxSessionLimit: -1, startVMOnConnect: true }
  await expect(settled(avd.hostPools.update(group, name, { hostPool: change }))).rejects.toThrow('maxSessionLimit')
  expect(await settled(avd.hostPools.get(group, name))).toMatchObject({ loadBalancerType: 'BreadthFirst' })
  expect(sim.ledger.events().filter(({ kind }) => /Set$/.test(kind))).toEqual([])
})
