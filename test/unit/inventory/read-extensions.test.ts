/** Inventories of the simulated Azure before, during and after a failover that somebody starts in the portal. */
import { describe, expect, test } from 'vitest'
import type { FaultRule } from '../../../sim/arm/faults.ts'
import { setExtensions } from '../../../sim/estate/guest.ts'
import { planTextFor } from '../../../sim/fleets/plan-text.ts'
import { hours, type Millis, minutes } from '../../../src/lib/core/time.ts'
import { collectInventory } from '../../../src/lib/inventory/collect.ts'
import type { Inventory, PairSeen } from '../../../src/lib/model/inventory.ts'
import { simulated } from '../../contract/gateways/simulated.ts'
import { start } from '../../contract/kernel-world.ts'
import { planOf } from '../../support/plans.ts'

const four = ['AzureMonitorWindowsAgent', 'AzureNetworkWatcherExtension', 'DependencyAgentWindows', 'GuestAttestation']

function fleet(rules: readonly FaultRule[] = []) {
  const world = simulated({ personalVms: 3, users: 3, extensions: 'four' }, rules)
  const { clock, ids, gateways, settled, later, fence } = world
  const plan = planOf(planTextFor(ids))
  let last: Inventory | undefined
  const take = async (): Promise<PairSeen> => {
    last = await settled(collectInventory({ gateways, plan, now: clock.now(), before: last }))
    const pair = last.pairs['personal-uk']
    if (!pair) throw new Error('no such pair')
    return pair
  }
  const vmName = nameOf(ids.personal.vms[0] ?? '')
  return {
    ...world,
    vmName,
    take,
    /** An inventory every 15 minutes, as the timer takes them. */
    async takeFor(length: Millis) {
      let pair = await take()
      for (let passed = 0; passed < length; passed += minutes(15)) {
        await later(minutes(15))
        pair = await take()
      }
      return pair
    },
    async failOver() {
      const items = await settled(gateways.siteRecovery.items(ids.personal.vault))
      const item = items.kind === 'ok' ? items.value.find((one) => one.vmName === vmName) : undefined
      const options = { sourceSiteOperations: 'Required' } as const
      const answer = await settled(gateways.siteRecovery.failover(item?.id ?? '', options, fence()))
      expect(answer.kind).toBe('ok')
    },
  }
}
const nameOf = (id: string) => id.split('/').at(-1) ?? ''
const baselineOf = ({ extensions }: PairSeen, vmName: string) => {
  const baseline = extensions?.baselines[vmName]
  const set = extensions?.sets[baseline?.set ?? -1]
  return { baseline, names: set?.extensions.map(({ name }) => name), rules: set?.associations.length }
}

describe('the inventory of a replicated pair', () => {
  test('has a baseline of every machine, in one set for all', async () => {
    const { take, ids } = fleet()
    const pair = await take()
    expect(pair.gaps).toEqual([])
    expect(pair.extensions?.sets).toHaveLength(1)
    expect(Object.keys(pair.extensions?.baselines ?? {}).sort()).toEqual(ids.personal.vms.map(nameOf).sort())
  })

  test.each([
    ['20 minutes', minutes(20)],
    ['24 hours', hours(24)],
  ])('still has what a machine had when somebody hears of its failover %s later', async (_, late) => {
    const { take, takeFor, failOver, vmName } = fleet()
    const before = baselineOf(await take(), vmName)
    await failOver()
    const pair = await takeFor(late)
    expect(pair.gaps).toEqual([])
    const { baseline, names, rules } = baselineOf(pair, vmName)
    expect([names, rules]).toEqual([four, 1])
    expect(baseline).toMatchObject({ vmId: before.baseline?.vmId, uniqueId: before.baseline?.uniqueId })
  })

  test('follows to the new machine once everything is back there', async () => {
    const { take, takeFor, failOver, vmName, gateways, settled, later, fence, ids } = fleet()
    const { extensions } = gateways
    await take()
    await failOver()
    await takeFor(minutes(30))
    const home = await settled(extensions.ofVm(ids.personal.vms[0] ?? ''))
    const vmId = `${ids.personal.targetResourceGroup}/providers/Microsoft.Compute/virtualMachines/${vmName}`
    const wanted = home.kind === 'ok' ? home.value.extensions : []
    for (const { state: _state, ...extension } of wanted) {
      await settled(extensions.put(vmId, { ...extension, location: ids.secondaryLocation }, fence()))
      await later(minutes(5))
    }
    await takeFor(minutes(30))
    expect(baselineOf(await take(), vmName).baseline?.vmId).not.toBe(vmId)
    const rule = { name: 'dcr', ruleId: ids.personal.dataCollectionRule }
    const own = await settled(extensions.associations(ids.personal.vms[0] ?? ''))
    const name = own.kind === 'ok' ? own.value[0]?.name : undefined
    await settled(extensions.associate(vmId, { ...rule, name: name ?? '' }, fence()))
    await later(minutes(5))
    const { baseline, names } = baselineOf(await takeFor(minutes(15)), vmName)
    expect(names).toEqual(four)
    expect(nameOf(baseline?.vmId ?? '')).toBe(vmName)
    expect(baseline?.vmId.toLowerCase()).toBe(vmId.toLowerCase())
  })

  test.each([
    ['the lists', /ResourceGraph/i],
    ['the items, which tell the machine in use,', /replicationProtectedItems\/read/i],
  ])('keeps its baselines where %s cannot be read, and says so', async (_, action) => {
    const { take, later } = fleet([{ kind: 'errorBefore', action, from: start + minutes(10) }])
    const first = await take()
    expect(first.gaps).toEqual([])
    await later(minutes(15))
    const second = await take()
    expect(second.extensions).toEqual(first.extensions)
    expect(second.gaps.map(({ what }) => what)).toContain('extensions')
  })

  test('does not take extensions for gone, or for none, where it may not be allowed to see them', async () => {
    const { take, later, sim, ids } = fleet()
    const first = await take()
    for (const id of ids.personal.vms) {
      const vm = sim.estate.vms.get(id.toLowerCase())
      if (vm) setExtensions(sim, vm, [])
    }
    for (const _ of [1, 2, 3]) {
      await later(minutes(15))
      expect(await take()).toMatchObject({ extensions: first.extensions, gaps: [] })
    }
    const bare = simulated({ personalVms: 3, users: 3, extensions: 'none' })
    const plan = planOf(planTextFor(bare.ids))
    const { gateways, clock, settled } = bare
    const { pairs } = await settled(collectInventory({ gateways, plan, now: clock.now(), before: undefined }))
    expect(pairs['personal-uk']).toMatchObject({
      gaps: [{ what: 'extensions', reason: expect.stringContaining('forbidden') }],
    })
    expect(pairs['personal-uk']).not.toHaveProperty('extensions')
  })

  test('asks Resource Graph for pages, never for machines', async () => {
    const askedFor = async (personalVms: number) => {
      const world = simulated({ personalVms, users: 3, extensions: 'four' })
      const plan = planOf(planTextFor(world.ids))
      const { gateways, clock } = world
      await world.settled(collectInventory({ gateways, plan, now: clock.now(), before: undefined }))
      return world.calls('POST').length
    }
    // 1,200 extensions are two pages; every other list is one.
    expect(await askedFor(300)).toBe((await askedFor(3)) + 1)
  })
})
