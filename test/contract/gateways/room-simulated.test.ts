/** What a preview says of room at the target is what failovers there find. */
import { expect, test } from 'vitest'
import { addReservationGroup, leaveAddresses, restrictSize, targetNetworkOf } from '../../../sim/estate/room.ts'
import { planTextFor } from '../../../sim/fleets/plan-text.ts'
import { minutes } from '../../../src/lib/core/time.ts'
import { collectInventory } from '../../../src/lib/inventory/collect.ts'
import { untouchedPair } from '../../../src/lib/model/pair-state.ts'
import { operationRequestSchema } from '../../../src/lib/plan/request.ts'
import { planOperation } from '../../../src/lib/planning/plan-operation.ts'
import { planOf } from '../../support/plans.ts'
import { simulated } from './simulated.ts'

function world(spareCores = 100, personalVms = 4) {
  const made = simulated({ personalVms, users: personalVms, spareCores })
  const { sim, ids, gateways, settled, later, fence, clock } = made
  const plan = planOf(planTextFor(ids))
  const [item] = sim.estate.replicatedItems.values()
  const take = () => settled(collectInventory({ gateways, plan, now: clock.now(), before: undefined }))
  return {
    ...made,
    network: item ? targetNetworkOf(item) : '',
    groupId: `${ids.personal.targetResourceGroup}/providers/Microsoft.Compute/capacityReservationGroups/crg-w`,
    take,
    async said() {
      const inventory = await take()
      const request = operationRequestSchema.parse({ pairId: 'personal-uk', kind: 'failover', acceptOut: 'all' })
      const preview = planOperation({ plan, inventory, pairState: untouchedPair, request, now: clock.now() })
      return [...preview.refusals, ...preview.warnings].map(({ code, subjects }) => [code, ...subjects].join(' '))
    },
    /** Codes of the jobs of those desktops that could not be failed over. */
    async failAllOver() {
      const { siteRecovery } = gateways
      const items = await settled(siteRecovery.items(ids.personal.vault))
      for (const { id } of items.kind === 'ok' ? items.value : [])
        await settled(siteRecovery.failover(id, { sourceSiteOperations: 'Required' }, fence()))
      await later(minutes(30))
      const jobs = await settled(siteRecovery.jobs(ids.personal.vault))
      const failed = (jobs.kind === 'ok' ? jobs.value : []).filter(({ state }) => state === 'failed')
      return failed.map(({ errorCode }) => errorCode)
    },
  }
}

test('all have room, and nothing is said', async () => {
  const { said, failAllOver } = world()
  expect(await said()).toEqual([])
  expect(await failAllOver()).toEqual([])
})

test('a subnet with too few addresses: as many fail as were said to be short', async () => {
  const { sim, network, said, failAllOver } = world()
  leaveAddresses(sim, network, 1)
  expect(await said()).toEqual(['subnetFull vnet-ukwest/default: 4 needed, 1 free, 3 desktops short'])
  expect(await failAllOver()).toEqual(['28092', '28092', '28092'])
})

test('a size that is restricted: all fail', async () => {
  const { sim, said, failAllOver } = world()
  restrictSize(sim, { location: 'ukwest', size: 'Standard_D4s_v5' })
  expect(await said()).toEqual(['sizeRestricted Standard_D4s_v5: 4'])
  expect(await failAllOver()).toHaveLength(4)
})

test('a restriction of a zone that nobody goes to is no matter', async () => {
  const { sim, said } = world()
  restrictSize(sim, { location: 'ukwest', size: 'Standard_D4s_v5', zone: '1' })
  expect(await said()).toEqual([])
})

test('reservations: none of the size, too few, and a group that is gone', async () => {
  const { sim, groupId, said, failAllOver } = world()
  for (const [key, item] of sim.estate.replicatedItems)
    sim.estate.replicatedItems.set(key, { ...item, capacityReservationGroup: groupId })
  expect(await said()).toEqual(['reservationMissing crg-w'])
  const reserve = (size: string, capacity: number) =>
    addReservationGroup(sim, { id: groupId, location: 'ukwest', reservations: [{ name: 'cr', size, capacity }] })
  reserve('Standard_E4s_v5', 9)
  expect(await said()).toEqual(['reservationShort crg-w: Standard_D4s_v5: 4 needed, 0 free, 4 desktops short'])
  reserve('Standard_D4s_v5', 3)
  expect(await said()).toEqual(['reservationShort crg-w: Standard_D4s_v5: 4 needed, 3 free, 1 desktops short'])
  expect(await failAllOver()).toEqual([])
})

test('quota: machines that a failover made count, and as many fail as there are no cores for', async () => {
  const { said, failAllOver } = world(-8)
  expect(await said()).toEqual(['noQuota cores: 16 needed, 8 free standardDSv5Family: 16 needed, 8 free'])
  expect(await failAllOver()).toEqual(['28031', '28031'])
  expect(await said()).toContain('noQuota cores: 8 needed, 0 free standardDSv5Family: 8 needed, 0 free')
})

test('a handful of reads, however many desktops there are', async () => {
  const reads = async (personalVms: number) => {
    const { take, calls } = world(100, personalVms)
    await take()
    const paths = calls('GET').map(({ path }) => path)
    return paths.filter((path) => /\/skus$|virtualNetworks|capacityReservation/i.test(path)).length
  }
  expect(await reads(4)).toBe(3)
  expect(await reads(90)).toBe(3)
})
