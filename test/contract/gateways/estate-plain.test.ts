/** What Resource Manager says of locks, rights, shares, images and diagnostic settings, byte by byte. */
import { describe, expect, test } from 'vitest'
import type { Answer } from '../../../src/lib/core/fault.ts'
import { endpoint, type Reply, type Sent, scripted, subscription } from './support.ts'

const group = `/subscriptions/${subscription}/resourceGroups/rg-avd`
const ok = (body: unknown): Reply => ({ status: 200, body })
const okOf = <T>(answer: Answer<T>): T => {
  if (answer.kind !== 'ok') throw new Error(JSON.stringify(answer.fault))
  return answer.value
}
const pathsOf = (sent: readonly Sent[]) => sent.map(({ url }) => url.slice(endpoint.length))
const notHere: Reply = { status: 404, body: { error: { code: 'ResourceNotFound', message: 'gone' } } }

describe('locks', () => {
  const at = (scope: string, properties: object) => ({
    id: `${scope}/providers/Microsoft.Authorization/locks/keep`,
    name: 'keep',
    properties,
  })

  test('of a subscription are read page by page; what is locked is what their id begins with', async () => {
    const host = `${group}/providers/Microsoft.DesktopVirtualization/hostPools/hp`
    const { gateways, sent } = scripted(({ url }) =>
      url.includes('page=2')
        ? ok({ value: [at(host.toLowerCase(), { level: 'readonly' }), at(`${group}-2`, { level: 'New' })] })
        : ok({ value: [at(group, { level: 'CanNotDelete' })], nextLink: `${endpoint}/x?page=2` }),
    )
    const locks = okOf(await gateways.estate.locks(subscription))
    expect(locks.map(({ scope, level, name }) => [scope, level, name])).toEqual([
      [group, 'CanNotDelete', 'keep'],
      [host.toLowerCase(), 'ReadOnly', 'keep'],
      [`${group}-2`, 'other', 'keep'],
    ])
    expect(pathsOf(sent)[0]).toBe(
      `/subscriptions/${subscription}/providers/Microsoft.Authorization/locks?api-version=2020-05-01`,
    )
  })

  test('that do not say what they lock make the list unreadable', async () => {
    const { gateways } = scripted(() => ok({ value: [{ id: '/locks', name: 'x', properties: {} }] }))
    expect(await gateways.estate.locks(subscription)).toMatchObject({ fault: { code: 'unreadable' } })
  })
})

describe('rights', () => {
  test('are those of the caller in one resource group, with what each entry takes out again', async () => {
    const { gateways, sent } = scripted(() =>
      ok({
        value: [{ actions: ['*'], notActions: ['Microsoft.X/*/write'] }, { actions: ['a/read'], notActions: null }, {}],
      }),
    )
    expect(okOf(await gateways.estate.rights(group))).toEqual({
      scope: group,
      rights: [
        { actions: ['*'], notActions: ['Microsoft.X/*/write'] },
        { actions: ['a/read'], notActions: [] },
        { actions: [], notActions: [] },
      ],
    })
    expect(pathsOf(sent)).toEqual([`${group}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01`])
  })

  test.each([`/subscriptions/${subscription}`, `${group}/providers/x/y/z`, `${group}?x=`, 'rg-avd'])(
    'are not asked for at %s',
    async (scope) => {
      const { gateways, sent } = scripted(() => ok({ value: [] }))
      expect(await gateways.estate.rights(scope)).toMatchObject({ kind: 'refused', fault: { code: 'rejected' } })
      expect(sent).toEqual([])
    },
  )
})

describe('shares of an account', () => {
  const account = `${group}/providers/Microsoft.Storage/storageAccounts/stp`
  const share = (name: string, traits: object = {}) => ({ name, properties: { shareQuota: 100, ...traits } })

  test('are listed, and each is asked how full it is', async () => {
    const { gateways, sent } = scripted(({ url }) =>
      url.includes('$expand=stats')
        ? ok(share(url.includes('/a?') ? 'a' : 'b', { shareUsageBytes: url.includes('/a?') ? 5 : 7 }))
        : ok({ value: [share('a'), share('b')] }),
    )
    expect(okOf(await gateways.estate.shares(account))).toEqual([
      { accountId: account, name: 'a', quotaGiB: 100, usedBytes: 5 },
      { accountId: account, name: 'b', quotaGiB: 100, usedBytes: 7 },
    ])
    const shares = `${account}/fileServices/default/shares`
    expect(pathsOf(sent)).toEqual([
      `${shares}?api-version=2023-05-01`,
      `${shares}/a?$expand=stats&api-version=2023-05-01`,
      `${shares}/b?$expand=stats&api-version=2023-05-01`,
    ])
  })

  test('that are more than 20 are not all asked', async () => {
    const names = Array.from({ length: 23 }, (_, i) => `s${i}`)
    const { gateways, sent } = scripted(({ url }) => {
      const name = /shares\/(s\d+)\?/.exec(url)?.[1]
      return ok(name ? share(name, { shareUsageBytes: 1 }) : { value: names.map((one) => share(one)) })
    })
    const shares = okOf(await gateways.estate.shares(account))
    expect(shares.map(({ name }) => name)).toEqual(names)
    expect([sent.length, shares.filter(({ usedBytes }) => usedBytes === undefined).length]).toEqual([21, 3])
  })

  test('are unknown altogether where one of them is', async () => {
    const { gateways } = scripted(({ url }) => (url.includes('stats') ? { status: 503 } : ok({ value: [share('a')] })))
    expect(await gateways.estate.shares(account)).toMatchObject({ fault: { code: 'unavailable' } })
  })

  test('without a size are unreadable', async () => {
    const { gateways } = scripted(() => ok({ value: [{ name: 'a', properties: null }] }))
    expect(await gateways.estate.shares(account)).toMatchObject({ fault: { code: 'unreadable' } })
  })
})

describe('a version of an image', () => {
  const gallery = `${group}/providers/Microsoft.Compute/galleries/g`
  const version = `${gallery}/images/win11/versions/1.2.3`
  const bodyOf = (properties: object) => ({ id: version, location: 'uksouth', properties })
  const profile = (targetRegions: unknown, traits: object = {}) => ({ publishingProfile: { targetRegions, ...traits } })

  test('has replicas in regions as ids write them, each with how it stands, and the place of its gallery', async () => {
    const replicationStatus = {
      summary: [{ region: 'UK South', state: 'Completed' }, { region: 'ukwest', state: 'New' }, null],
    }
    const { gateways, sent } = scripted(({ url }) =>
      url.includes('/versions/')
        ? ok(
            bodyOf({
              ...profile(
                [{ name: 'UK South', regionalReplicaCount: 3 }, { name: 'UKWest' }, { name: 'North Europe' }, null],
                {
                  replicaCount: 2,
                },
              ),
              replicationStatus,
            }),
          )
        : ok({ location: 'ukwest' }),
    )
    expect(okOf(await gateways.estate.image(version))).toEqual({
      id: version,
      galleryLocation: 'ukwest',
      replicas: [
        { region: 'uksouth', count: 3, state: 'Completed' },
        { region: 'ukwest', count: 2, state: 'New' },
        { region: 'northeurope', count: 2 },
      ],
    })
    expect(pathsOf(sent).sort()).toEqual(
      [`${version}?$expand=ReplicationStatus&api-version=2023-07-03`, `${gallery}?api-version=2023-07-03`].sort(),
    )
  })

  test('is worth having without its gallery', async () => {
    const { gateways } = scripted(({ url }) =>
      url.includes('/versions/') ? ok(bodyOf(profile([{ name: 'UK West' }]))) : { status: 403, body: {} },
    )
    expect(okOf(await gateways.estate.image(version))).toEqual({
      id: version,
      replicas: [{ region: 'ukwest', count: 1 }],
    })
  })

  test.each([
    ['that is gone', notHere, 'notFound'],
    ['that is no version', ok({ id: version, properties: {} }), 'unreadable'],
  ])('%s', async (_, reply, code) => {
    const { gateways } = scripted(({ url }) => (url.includes('/versions/') ? reply : ok({})))
    expect(await gateways.estate.image(version)).toMatchObject({ fault: { code } })
  })

  test('of the marketplace is not asked for', async () => {
    const { gateways, sent } = scripted(() => ok({}))
    expect(await gateways.estate.image('a/b/c/latest')).toMatchObject({ fault: { code: 'rejected' } })
    expect(sent).toEqual([])
  })
})

describe('diagnostic settings', () => {
  const pool = `${group}/providers/Microsoft.DesktopVirtualization/hostPools/hp`

  test('say where a resource sends its logs, if it is to a workspace', async () => {
    const { gateways, sent } = scripted(() =>
      ok({
        value: [
          { name: 'logs', properties: { workspaceId: '/workspaces/law' } },
          { name: 'archive', properties: { workspaceId: null, storageAccountId: '/sa' } },
        ],
      }),
    )
    expect(okOf(await gateways.estate.diagnostics(pool))).toEqual([
      { resourceId: pool, name: 'logs', workspaceId: '/workspaces/law' },
      { resourceId: pool, name: 'archive' },
    ])
    expect(pathsOf(sent)).toEqual([
      `${pool}/providers/Microsoft.Insights/diagnosticSettings?api-version=2021-05-01-preview`,
    ])
  })

  test.each([`${pool}/../../x`, `${pool}?x`, 'hp'])('are not asked for at %s', async (id) => {
    const { gateways, sent } = scripted(() => ok({ value: [] }))
    expect(await gateways.estate.diagnostics(id)).toMatchObject({ fault: { code: 'rejected' } })
    expect(sent).toEqual([])
  })
})
