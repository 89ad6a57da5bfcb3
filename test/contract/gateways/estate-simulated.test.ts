/** What pairs stand on, read through the real clients from the simulated Azure: what comes, and by how many requests. */
import { describe, expect, test } from 'vitest'
import { killRegion } from '../../../sim/estate/regions.ts'
import { planTextFor } from '../../../sim/fleets/plan-text.ts'
import type { Answer } from '../../../src/lib/core/fault.ts'
import { collectInventory } from '../../../src/lib/inventory/collect.ts'
import { gapsIn, keepLastSeen } from '../../../src/lib/inventory/last-seen.ts'
import type { Inventory } from '../../../src/lib/model/inventory.ts'
import type { Estate } from '../../../src/lib/ports/estate.ts'
import { planOf } from '../../support/plans.ts'
import { simulated } from './simulated.ts'

const fleet = { pooledHosts: 4, personalVms: 3, users: 8, isComplete: true } as const

describe('the simulated surroundings', () => {
  const world = simulated(fleet)
  const { gateways, ids, settled, sim } = world
  const { subscription } = ids
  const ask = async <T>(read: (estate: Estate) => Promise<Answer<T>>): Promise<{ value: T; requests: number }> => {
    const before = sim.ledger.calls().length
    const answer = await settled(read(gateways.estate))
    if (answer.kind !== 'ok') throw new Error(JSON.stringify(answer.fault))
    return { value: answer.value, requests: sim.ledger.calls().length - before }
  }

  test.each([
    'resourceGroups',
    'storageAccounts',
    'networks',
    'networkGateways',
    'networkUse',
    'vaults',
    'keyVaults',
    'backupItems',
    'domainServices',
  ] as const)('have %s by one query', async (what) => {
    const { value, requests } = await ask<readonly unknown[]>((estate) => estate[what]([subscription]))
    expect([value.length > 0 || what === 'domainServices', requests]).toEqual([true, 1])
  })

  test('have subnets of the machines of each resource group, each once', async () => {
    const { value } = await ask((estate) => estate.networkUse([subscription]))
    const keys = value.map(({ group, subnetId }) => `${group} ${subnetId}`)
    expect(new Set(keys).size).toBe(keys.length)
    const [, , , , own] = ids.pooled.primary.resourceGroup.split('/')
    expect(value.map(({ group }) => group)).toContain(`${subscription}/${own}`.toLowerCase())
  })

  test('have kinds of disks of machines that are off, which the list of machines does not tell', async () => {
    const [, , , , group = ''] = ids.pooled.secondary.resourceGroup.split('/')
    const { value: vms } = await ask(() => gateways.compute.vms(subscription, group))
    expect(vms.map(({ osDiskSku }) => osDiskSku)).toEqual(Array(4).fill(undefined))
    const { value: disks, requests } = await ask((estate) => estate.osDisks([subscription], [group.toUpperCase()]))
    expect(vms.map(({ id }) => disks.get(id.toLowerCase()))).toEqual(Array(4).fill('Premium_LRS'))
    expect(requests).toBe(1)
  })

  test('have rights and locks of a scope, and diagnostic settings of a pool, by one request each', async () => {
    const group = ids.pooled.primary.resourceGroup
    const rights = await ask((estate) =>
      estate.rights(group.toUpperCase().replace('/RESOURCEGROUPS/', '/resourceGroups/')),
    )
    expect([rights.value.rights.length, rights.requests]).toEqual([1, 1])
    expect((await ask((estate) => estate.locks(subscription))).requests).toBe(1)
    const { value, requests } = await ask((estate) => estate.diagnostics(ids.pooled.primary.hostPool))
    expect([value.every(({ workspaceId }) => workspaceId), value.length, requests]).toEqual([true, 1, 1])
  })
})

test('an inventory of all of it has no gaps, and the next one asks for nothing twice but assignments', async () => {
  const { gateways, ids, settled, sim, clock } = simulated(fleet)
  const plan = planOf(planTextFor(ids, { backup: true }))
  const take = (before?: Inventory) => settled(collectInventory({ gateways, plan, now: clock.now(), before }))
  const first = await take()
  expect(gapsIn(first)).toBe(0)
  const before = sim.ledger.calls().length
  const second = await take(first)
  const asked = Map.groupBy(sim.ledger.calls().slice(before), ({ method, path }) => `${method} ${path}`)
  const twice = [...asked]
    .filter(([what, calls]) => calls.length > 1 && !/roleAssignments$/.test(what))
    .map(([what]) => what)
  // Resource Graph has one address; sizes are asked for by region, in the query.
  expect(twice.map((what) => what.split('/').at(-1))).toEqual(expect.arrayContaining(['resources', 'skus']))
  expect(twice).toHaveLength(2)
  expect(second.estate).toEqual(first.estate)
})

test.each(['silent', 'unreachable', 'garbage'] as const)(
  'a primary region that is %s costs less than half of an invocation, and the other one is read as ever',
  async (death) => {
    const { gateways, ids, settled, sim, clock } = simulated(fleet)
    const plan = planOf(planTextFor(ids, { backup: true }))
    const take = (before?: Inventory) => settled(collectInventory({ gateways, plan, now: clock.now(), before }))
    const first = await take()
    killRegion(sim, ids.primaryLocation, death)
    const startedAt = clock.now()
    const seen = await take(first)
    expect(clock.now() - startedAt).toBeLessThan(60_000)
    const pooled = seen.pairs['pooled-uk']
    expect(pooled?.primary.gaps.map(({ what }) => what)).toEqual(expect.arrayContaining(['vms', 'quotas']))
    expect(pooled?.secondary).toMatchObject({ vms: first.pairs['pooled-uk']?.secondary.vms, gaps: [] })
    const kept = keepLastSeen(first, seen, plan)
    expect(kept.pairs['pooled-uk']?.primary.vms).toEqual(first.pairs['pooled-uk']?.primary.vms)
  },
)
