/** There and back again, twice, through the gateways: each protection makes a new item, found by its machine. */
import { describe, expect, test } from 'vitest'
import { planTextFor } from '../../../sim/fleets/plan-text.ts'
import { sameId } from '../../../src/lib/core/arm-id.ts'
import { hours, minutes } from '../../../src/lib/core/time.ts'
import { collectInventory } from '../../../src/lib/inventory/collect.ts'
import type { Inventory } from '../../../src/lib/model/inventory.ts'
import { planOf } from '../../support/plans.ts'
import { simulated } from './simulated.ts'

const okOf = <T>(answer: { readonly kind: string; readonly value?: T }): T => {
  if (answer.kind !== 'ok') throw new Error(JSON.stringify(answer))
  return answer.value as T
}

function world() {
  const made = simulated({ personalVms: 2, users: 2, extensions: 'four' })
  const { ids, gateways, settled, later, fence, clock } = made
  const { siteRecovery, extensions } = gateways
  const plan = planOf(planTextFor(ids))
  let last: Inventory | undefined
  const items = async () => okOf(await settled(siteRecovery.items(ids.personal.vault)))
  const itemFrom = async (vmId: string) => {
    const found = (await items()).filter(({ sourceVmId }) => sameId(sourceVmId, vmId))
    expect(found).toHaveLength(1)
    return found[0] as NonNullable<(typeof found)[0]>
  }
  return {
    ...made,
    itemFrom,
    async take() {
      last = await settled(collectInventory({ gateways, plan, now: clock.now(), before: last }))
      return last.pairs['personal-uk']?.extensions
    },
    /** Fails the machine over and commits; the id of the one that runs then. */
    async failOver(vmId: string) {
      const { id } = await itemFrom(vmId)
      okOf(await settled(siteRecovery.failover(id, { sourceSiteOperations: 'Required' }, fence())))
      await later(minutes(15))
      okOf(await settled(siteRecovery.commit(id, fence())))
      await later(minutes(5))
      return (await itemFrom(vmId)).targetVmId ?? ''
    },
    async restore(vmId: string, wanted: readonly string[], home: string) {
      const { location, extensions: there } = okOf(await settled(extensions.ofVm(vmId)))
      expect(there).toEqual([])
      const set = last?.pairs['personal-uk']?.extensions
      const baseline = set?.sets[set.baselines[home]?.set ?? -1]
      expect(baseline?.extensions.map(({ name }) => name)).toEqual(wanted)
      for (const { state: _, ...extension } of baseline?.extensions ?? []) {
        okOf(await settled(extensions.put(vmId, { ...extension, location }, fence())))
        await later(minutes(6))
      }
      for (const association of baseline?.associations ?? [])
        okOf(await settled(extensions.associate(vmId, association, fence())))
    },
    async protectAgain(vmId: string, side: 'primary' | 'secondary') {
      const old = (await items()).find((item) => item.targetVmId !== undefined && sameId(item.targetVmId, vmId))
      const cacheStorageId = ids.personal.cacheStorage[side]
      okOf(await settled(siteRecovery.reprotect(old?.id ?? '', { cacheStorageId }, fence())))
      await later(hours(12))
      const item = await itemFrom(vmId)
      expect([item.protectionState, item.activeLocation, item.name]).toEqual(['Protected', 'Primary', old?.name])
      expect(item.id).not.toBe(old?.id)
    },
  }
}

describe('a desktop', () => {
  test('goes there and back again, twice, and its baseline with it', async () => {
    const { ids, take, later, failOver, restore, protectAgain, events } = world()
    const [first = ''] = ids.personal.vms
    const name = first.split('/').at(-1) ?? ''
    const all = [
      'AzureMonitorWindowsAgent',
      'AzureNetworkWatcherExtension',
      'DependencyAgentWindows',
      'GuestAttestation',
    ]
    await take()
    let vmId = first
    for (const side of ['secondary', 'primary', 'secondary', 'primary'] as const) {
      vmId = await failOver(vmId)
      await take()
      // The agent of Azure Monitor comes before the one that depends on it, as the names would have it too.
      await restore(vmId, all, name)
      await later(minutes(15))
      await take()
      await later(minutes(15))
      const seen = await take()
      expect(sameId(seen?.baselines[name]?.vmId ?? '', vmId)).toBe(true)
      await protectAgain(vmId, side)
    }
    expect(sameId(vmId, first)).toBe(true)
    expect([events('failoverAccepted').length, events('reprotectAccepted').length]).toEqual([4, 4])
  })
})
