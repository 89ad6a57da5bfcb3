/** Extensions and what comes after a failover, through the gateways against the simulated Azure. */
import { describe, expect, test } from 'vitest'
import { minutes, seconds } from '../../../src/lib/core/time.ts'
import { simulated } from './simulated.ts'

const personal = { personalVms: 3, users: 3, extensions: 'four' } as const
const okOf = <T>(answer: { readonly kind: string; readonly value?: T }): T => {
  if (answer.kind !== 'ok') throw new Error(JSON.stringify(answer))
  return answer.value as T
}
const four = [
  'AzureMonitorWindowsAgent',
  'AzureNetworkWatcherExtension',
  'DependencyAgentWindows',
  'GuestAttestation',
] as const

function world() {
  const made = simulated(personal)
  const { ids, gateways, settled, later, fence } = made
  const { siteRecovery, extensions } = gateways
  const itemOf = async (vmName: string) => {
    const items = okOf(await settled(siteRecovery.items(ids.personal.vault)))
    return items.find((one) => one.vmName === vmName)
  }
  const group = (side: 'home' | 'away') =>
    (side === 'home' ? ids.personal.resourceGroup : ids.personal.targetResourceGroup).split('/').at(-1) ?? ''
  return {
    ...made,
    extensions,
    siteRecovery,
    all: async (side: 'home' | 'away') => okOf(await settled(extensions.all(ids.subscription, group(side)))),
    rules: async (side: 'home' | 'away') =>
      okOf(await settled(extensions.allAssociations(ids.subscription, group(side)))),
    /** Fails the machine over and says under which id it runs then. */
    async failOver(vmName: string) {
      const before = await itemOf(vmName)
      okOf(await settled(siteRecovery.failover(before?.id ?? '', { sourceSiteOperations: 'Required' }, fence())))
      await later(minutes(15))
      const item = await itemOf(vmName)
      return { item, vmId: item?.targetVmId ?? '' }
    },
  }
}
const nameOf = (id: string) => id.split('/').at(-1) ?? ''

describe('extensions of a machine', () => {
  test('are seen by one read and by the list alike, with its GUID and its association', async () => {
    const { ids, extensions, settled, all, rules } = world()
    const [vmId = ''] = ids.personal.vms
    const one = okOf(await settled(extensions.ofVm(vmId)))
    expect(one.isAgentReady).toBe(true)
    expect(one.extensions.map(({ name }) => name).sort()).toEqual(four)
    const listed = (await all('home')).find((entry) => nameOf(entry.vmId) === nameOf(vmId))
    expect(listed?.uniqueId).toBe(one.uniqueId)
    const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1)
    expect(listed?.extensions.toSorted(byName)).toEqual(one.extensions.toSorted(byName))
    const own = okOf(await settled(extensions.associations(vmId)))
    expect(own).toMatchObject([{ ruleId: ids.personal.dataCollectionRule }])
    expect((await rules('home')).get(vmId.toLowerCase())).toEqual(own)
  })

  test('are gone after a failover, put back one by one, and removed', async () => {
    const { ids, extensions, settled, later, fence, failOver, all, rules, events } = world()
    const home = ids.personal.vms[0] ?? ''
    const wanted = okOf(await settled(extensions.ofVm(home))).extensions
    const { vmId } = await failOver(nameOf(home))
    const fresh = okOf(await settled(extensions.ofVm(vmId)))
    expect([fresh.extensions, fresh.isAgentReady]).toEqual([[], true])
    expect(okOf(await settled(extensions.associations(vmId)))).toEqual([])
    const machine = (await all('away')).find((entry) => nameOf(entry.vmId) === nameOf(home))
    expect(machine).toMatchObject({ uniqueId: fresh.uniqueId, extensions: [] })

    const [agent] = wanted.filter(({ name }) => name === 'AzureMonitorWindowsAgent')
    if (!agent) throw new Error('the fleet has no agent')
    const { state: _state, ...asked } = agent
    okOf(await settled(extensions.put(vmId, { ...asked, location: fresh.location }, fence())))
    okOf(await settled(extensions.associate(vmId, { name: 'dcr', ruleId: ids.personal.dataCollectionRule }, fence())))
    await later(minutes(10))
    expect(okOf(await settled(extensions.ofVm(vmId))).extensions).toEqual([agent])
    expect((await rules('away')).get(vmId.toLowerCase())).toEqual([
      { name: 'dcr', ruleId: ids.personal.dataCollectionRule },
    ])
    expect([events('extensionAccepted').length, events('associationAccepted').length]).toEqual([1, 1])

    okOf(await settled(extensions.remove(vmId, agent.name, fence())))
    await later(minutes(10))
    okOf(await settled(extensions.remove(vmId, agent.name, fence())))
    expect(okOf(await settled(extensions.ofVm(vmId))).extensions).toEqual([])
    expect(events('extensionRemoved')).toHaveLength(1)
  })

  test('are refused while another one is being put there', async () => {
    const { ids, extensions, settled, fence, failOver } = world()
    const { vmId } = await failOver(nameOf(ids.personal.vms[0] ?? ''))
    const { location } = okOf(await settled(extensions.ofVm(vmId)))
    const put = (type: string) =>
      settled(extensions.put(vmId, { name: type, location, publisher: 'p', type, version: '1.0' }, fence()))
    okOf(await put('a'))
    expect(await put('b')).toMatchObject({ kind: 'refused', fault: { code: 'conflict', retryable: true } })
  })
})

describe('a machine that was failed over', () => {
  test('can be brought up from another point in time before the commit', async () => {
    const { ids, siteRecovery, extensions, settled, later, fence, failOver } = world()
    const { item, vmId } = await failOver(nameOf(ids.personal.vms[0] ?? ''))
    expect(item?.failedOverAt).toBeDefined()
    const before = okOf(await settled(extensions.ofVm(vmId))).uniqueId
    const [point] = okOf(await settled(siteRecovery.recoveryPoints(item?.id ?? '')))
    const begun = okOf(await settled(siteRecovery.changeRecoveryPoint(item?.id ?? '', point?.id ?? '', fence())))
    expect(begun.job).toBeDefined()
    await later(minutes(15))
    const [job] = okOf(await settled(siteRecovery.jobs(ids.personal.vault)))
    expect(job).toMatchObject({ name: begun.job, state: 'succeeded' })
    expect(okOf(await settled(extensions.ofVm(vmId))).uniqueId).not.toBe(before)
  })

  test('is protected again towards where it came from, under the same name', async () => {
    const { ids, siteRecovery, settled, later, fence, failOver } = world()
    const { item, vmId } = await failOver(nameOf(ids.personal.vms[0] ?? ''))
    okOf(await settled(siteRecovery.commit(item?.id ?? '', fence())))
    await later(minutes(3))
    const cacheStorageId = ids.personal.cacheStorage.secondary
    const begun = okOf(await settled(siteRecovery.reprotect(item?.id ?? '', { cacheStorageId }, fence())))
    expect(begun.job).toBeDefined()
    await later(seconds(90))
    const items = okOf(await settled(siteRecovery.items(ids.personal.vault)))
    const reversed = items.find(({ sourceVmId }) => sourceVmId.toLowerCase() === vmId.toLowerCase())
    expect(reversed).toMatchObject({ name: item?.name, vmName: item?.vmName })
    expect(reversed?.id).not.toBe(item?.id)
  })
})
