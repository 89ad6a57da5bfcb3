import { describe, expect, it } from 'vitest'
import type { Answer } from '../../../src/lib/core/fault.ts'
import { readEstate } from '../../../src/lib/inventory/read-estate.ts'
import { createReader } from '../../../src/lib/inventory/reader.ts'
import type { EstateSeen, Lock } from '../../../src/lib/model/estate.ts'
import type { Inventory } from '../../../src/lib/model/inventory.ts'
import type { DrPlan } from '../../../src/lib/plan/schema.ts'
import type { Estate } from '../../../src/lib/ports/estate.ts'
import type { Gateways } from '../../../src/lib/ports/gateways.ts'
import { fakeEstate } from '../../support/estate.ts'
import { planOf, planText, pooledSeen, storageIdOf, subscription, vmOf, withSide } from '../../support/plans.ts'

const ok = <T>(value: T): Answer<T> => ({ kind: 'ok', value })
const refused = (code: 'unavailable' | 'notFound'): Answer<never> => ({
  kind: 'refused',
  fault: { code, message: 'no', retryable: true },
})
const groupAt = (name: string) => `/subscriptions/${subscription}/resourceGroups/${name}`

type Scene = {
  readonly plan?: DrPlan
  readonly estate?: Partial<Estate>
  readonly pairs?: Inventory['pairs']
  readonly old?: EstateSeen
}

async function read({ plan = planOf(), estate = {}, pairs = { pooled: pooledSeen }, old }: Scene = {}) {
  const asked: string[] = []
  const fake = fakeEstate(async (name, value) => {
    asked.push(name)
    return ok(value)
  })
  const gateways = { estate: { ...fake, ...estate } } as unknown as Gateways
  const seen = await readEstate({ gateways, reader: createReader(), plan, pairs, old })
  return { seen, asked }
}

const withPlan = (more: string) => planOf(`${planText.trimEnd()}\n${more}`)
const ofPersonal = (more: string) => planOf(planText.trimEnd() + more.replaceAll('\n', '\n    '))

describe('what pairs stand on', () => {
  it('is a dozen lists, whatever the number of pairs, each of all subscriptions', async () => {
    const subscriptions: (readonly string[])[] = []
    const networks: Estate['networks'] = async (all) => {
      subscriptions.push(all)
      return ok([])
    }
    const { seen, asked } = await read({ estate: { networks } })
    expect(seen.gaps).toEqual([])
    expect(subscriptions).toEqual([[subscription]])
    const lists = asked.filter((name) => name !== 'rights')
    expect(lists.sort()).toEqual(
      [
        'keyVaults',
        'locks',
        'locks',
        'machines',
        'networkGateways',
        'networkUse',
        'resourceGroups',
        'storageAccounts',
        'vaults',
      ].sort(),
    )
  })

  it('has the rights at every resource group the app writes to, those of scaling plans too', async () => {
    const scalingPlans = [{ id: `${groupAt('rg-scaling')}/providers/a/b/c`, name: 'c', pools: [] }]
    const { seen } = await read({ pairs: { pooled: withSide(pooledSeen, 'primary', { scalingPlans }) } })
    expect(seen.rights?.map(({ scope }) => scope)).toEqual(
      ['rg-s', 'rg-w', 'rg-p', 'rg-pw', 'rg-v', 'rg-scaling'].map(groupAt),
    )
  })

  it.each([
    'resourceGroups',
    'networks',
    'storageAccounts',
    'vaults',
    'keyVaults',
    'locks',
    'rights',
    'networkUse',
  ] as const)('without %s has a gap that says why, and no empty list', async (what) => {
    const { seen } = await read({ estate: { [what]: async () => refused('unavailable') } })
    expect(seen.gaps).toEqual([{ what, reason: 'unavailable: no' }])
    expect(what in seen).toBe(false)
  })

  it('does not read what no rule of the plan asks for', async () => {
    const { seen, asked } = await read()
    expect(asked).not.toContain('backupItems')
    expect(asked).not.toContain('domainServices')
    expect(asked).not.toContain('shares')
    expect('backupItems' in seen).toBe(false)
    expect(seen.shares).toEqual([])
  })

  it('reads backups where a pair is to have some, and keeps those of the plan', async () => {
    const item = (sourceId: string) =>
      ({ id: sourceId, vaultId: '/v', kind: 'vm', sourceId, state: 'Protected' }) as const
    const own = item(`${groupAt('RG-P').toLowerCase()}/providers/Microsoft.Compute/virtualMachines/pc-1`)
    const foreign = item(`${groupAt('rg-p-other')}/providers/Microsoft.Compute/virtualMachines/pc-1`)
    const { seen } = await read({
      plan: ofPersonal('\nbackup: { machines: true }\n'),
      estate: { backupItems: async () => ok([own, foreign]) },
    })
    expect(seen.backupItems).toEqual([own])
  })

  it('reads domain services and controllers where the plan goes by them', async () => {
    const { asked } = await read({ plan: withPlan('identity: { kind: entraDomainServices }\n') })
    expect(asked).toContain('domainServices')
  })

  it('has the accounts that the plan names, with their shares, and none besides', async () => {
    const account = (name: string) => ({
      id: storageIdOf(name),
      name,
      location: 'uksouth',
      sku: 'Premium_ZRS',
      kind: 'FileStorage',
    })
    const plan = ofPersonal(
      `\nprofiles: { accounts: { primary: [${storageIdOf('stp')}], secondary: [${storageIdOf('stw')}] } }\n`,
    )
    const { seen } = await read({
      plan,
      estate: {
        storageAccounts: async () => ok([account('STP'), account('other')]),
        shares: async (id) => ok([{ accountId: id, name: 'profiles', quotaGiB: 1 }]),
      },
    })
    expect(seen.storageAccounts?.map(({ name }) => name)).toEqual(['STP'])
    expect(seen.shares?.map(({ accountId }) => accountId)).toEqual([storageIdOf('stp'), storageIdOf('stw')])
  })
})

describe('images', () => {
  const gallery = `${groupAt('rg-g')}/providers/Microsoft.Compute/galleries/g/images/win11`
  const of = (...images: readonly object[]) =>
    read({
      pairs: {
        pooled: withSide(pooledSeen, 'primary', {
          vms: images.map((traits, i) => vmOf('rg-s', `vm-${i}`, 'uksouth', traits)),
        }),
      },
      estate: { image: async (id) => (id.endsWith('9.9.9') ? refused('notFound') : ok({ id, replicas: [] })) },
    })

  it('are the versions of galleries that machines were made of, each once; what is gone is left out', async () => {
    const { seen } = await of(
      { image: `${gallery}/versions/1.0.0` },
      { image: `${gallery}/versions/1.0.0`.toUpperCase() },
      { image: gallery, imageVersion: '2.0.0' },
      { image: `${gallery}/versions/9.9.9` },
      { image: 'microsoft/windows/win11/latest', imageVersion: '3' },
      {},
    )
    expect(seen.images?.map(({ id }) => id.split('/').at(-1))).toEqual(['1.0.0', '2.0.0'])
    expect(seen.gaps).toEqual([])
  })

  it('that are too many are a gap', async () => {
    const { seen } = await of(...Array.from({ length: 41 }, (_, i) => ({ image: `${gallery}/versions/1.0.${i}` })))
    expect(seen.gaps).toMatchObject([{ what: 'images', reason: expect.stringContaining('more than 40') }])
  })
})

describe('a list that lacks what was there', () => {
  const lock: Lock = {
    id: `${groupAt('rg-s')}/providers/Microsoft.Authorization/locks/keep`,
    name: 'keep',
    scope: groupAt('rg-s'),
    level: 'ReadOnly',
  }

  it('of locks is read again, and believed when they are there', async () => {
    let reading = 0
    const locks: Estate['locks'] = async () => ok(++reading === 1 ? [] : [lock])
    const { seen } = await read({ estate: { locks }, old: { locks: [lock], gaps: [] } })
    expect([seen.locks, reading]).toEqual([[lock], 2])
  })

  it('of rights is read again, so that none looks taken away', async () => {
    const all = [{ actions: ['*'], notActions: [] }]
    const readings = new Map<string, number>()
    const rights: Estate['rights'] = async (scope) => {
      const reading = (readings.get(scope) ?? 0) + 1
      readings.set(scope, reading)
      return ok({ scope, rights: reading === 1 ? [] : all })
    }
    const before = ['rg-s', 'rg-w', 'rg-p', 'rg-pw', 'rg-v'].map((name) => ({ scope: groupAt(name), rights: all }))
    const { seen } = await read({ estate: { rights }, old: { rights: before, gaps: [] } })
    expect(seen.rights).toEqual(before)
    expect([...readings.values()]).toEqual(Array(5).fill(2))
  })
})
