import { describe, expect, test } from 'vitest'
import type { Budget } from '../../../src/lib/azure/budget.ts'
import { endpoint, type Reply, type Sent, scripted, settle, subscription } from './support.ts'

const vmAt = (name: string) =>
  `/subscriptions/${subscription}/resourceGroups/RG-Pers/providers/Microsoft.Compute/virtualMachines/${name}`
const extensionOf = (vm: string, name: string) => ({
  id: `${vmAt(vm)}/extensions/${name}`,
  name,
  properties: { publisher: 'p', type: name, typeHandlerVersion: '1.0', provisioningState: 'Succeeded' },
})

type Body = { query: string; subscriptions: string[]; options: { $skipToken?: string; $top: number } }
const bodyOf = ({ body }: Sent) => body as Body
const isAboutVms = (request: Sent) => /virtualmachines' /i.test(bodyOf(request).query)

const page = (data: readonly unknown[], total = data.length, token?: string): Reply => ({
  status: 200,
  body: {
    totalRecords: total,
    count: data.length,
    data,
    resultTruncated: 'false',
    ...(token && { $skipToken: token }),
  },
})
const vmRows = [
  { id: vmAt('pc-1'), uniqueId: 'AAAA' },
  { id: vmAt('pc-2'), uniqueId: null },
]
const all = (reply: (request: Sent) => Reply) => {
  const world = scripted((request) => (isAboutVms(request) ? page(vmRows) : reply(request)))
  return { ...world, answer: world.gateways.extensions.all(subscription, 'rg-pers') }
}

describe('extensions of a resource group', () => {
  test('are two lists, of machines and of what is on them', async () => {
    const { answer, sent } = all(() => page([extensionOf('PC-1', 'A'), extensionOf('pc-1', 'B')]))
    expect(await answer).toMatchObject({
      kind: 'ok',
      value: [
        { vmId: vmAt('pc-1'), uniqueId: 'aaaa', extensions: [{ type: 'A' }, { type: 'B' }] },
        { vmId: vmAt('pc-2'), extensions: [] },
      ],
    })
    expect(sent.map(({ method, url }) => `${method} ${url}`)).toEqual(
      Array(2).fill(`POST ${endpoint}/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01`),
    )
    expect(sent.map((request) => [bodyOf(request).subscriptions, bodyOf(request).query])).toEqual([
      [
        [subscription],
        "resources | where type =~ 'microsoft.compute/virtualmachines' and resourceGroup =~ 'rg-pers' | project id, uniqueId = properties.vmId | order by id asc",
      ],
      [
        [subscription],
        "resources | where type =~ 'microsoft.compute/virtualmachines/extensions' and resourceGroup =~ 'rg-pers' | project id, name, properties | order by id asc",
      ],
    ])
  })

  test('are read page by page, and a row that comes twice counts once', async () => {
    const rows = [extensionOf('pc-1', 'A'), extensionOf('pc-1', 'B'), extensionOf('pc-2', 'A')]
    const { answer, sent } = all((request) =>
      bodyOf(request).options.$skipToken === undefined ? page(rows.slice(0, 2), 3, 'next') : page(rows.slice(1), 3),
    )
    const read = await answer
    expect(read.kind === 'ok' && read.value.map(({ extensions }) => extensions.length)).toEqual([2, 1])
    expect(sent.map((request) => bodyOf(request).options)).toMatchObject([
      { $top: 1_000 },
      { $top: 1_000 },
      { $skipToken: 'next' },
    ])
  })

  test.each<[title: string, reply: Reply]>([
    ['fewer rows than there are', page([extensionOf('pc-1', 'A')], 2)],
    ['no rows at all where there are some', page([], 5)],
    ['a row that belongs to no machine', page([{ ...extensionOf('pc-1', 'A'), id: '/x' }])],
    ['a row without a type', page([{ ...extensionOf('pc-1', 'A'), properties: {} }])],
    ['a result that was cut off', { status: 200, body: { totalRecords: 1, data: [], resultTruncated: 'true' } }],
    ['something else than a result', { status: 200, body: { value: [] } }],
    ["a proxy's page", { status: 200, body: '<html></html>' }],
  ])('with %s are unreadable, never fewer', async (_, reply) => {
    expect(await all(() => reply).answer).toMatchObject({ kind: 'refused', fault: { code: 'unreadable' } })
  })

  test('of ten thousand machines with five each are sixty requests', async () => {
    const names = Array.from({ length: 10_000 }, (_, i) => `pc-${i}`)
    const machines = names.map((name) => ({ id: vmAt(name), uniqueId: name }))
    const kinds = ['A', 'B', 'C', 'D', 'E']
    const rows = names.flatMap((name) => kinds.map((kind) => extensionOf(name, kind)))
    const { gateways, sent } = scripted((request) => {
      const all = isAboutVms(request) ? machines : rows
      const start = Number(bodyOf(request).options.$skipToken ?? 0)
      const end = start + bodyOf(request).options.$top
      return page(all.slice(start, end), all.length, end < all.length ? String(end) : undefined)
    })
    const answer = await gateways.extensions.all(subscription, 'rg-pers')
    expect(answer.kind === 'ok' && answer.value.filter(({ extensions }) => extensions.length === 5)).toHaveLength(
      10_000,
    )
    expect(sent).toHaveLength(60)
    // Each of the five is in memory once.
    expect(new Set(answer.kind === 'ok' ? answer.value.flatMap(({ extensions }) => extensions) : []).size).toBe(5)
  })

  test('do not end where tokens go round', async () => {
    let sentPages = 0
    const { answer } = all(() => {
      sentPages += 1
      return page([extensionOf('pc-1', `E${sentPages}`)], 5_000, 'again')
    })
    expect(await answer).toMatchObject({ kind: 'refused', fault: { code: 'unreadable' } })
    expect(sentPages).toBe(1_000)
  })

  test('cannot be widened by the name of a resource group', async () => {
    const { gateways, sent } = scripted(() => page([]))
    await gateways.extensions.all(subscription, "x' or type =~ '")
    expect(sent.map((request) => bodyOf(request).query)).toEqual(
      Array(2).fill(expect.stringContaining("resourceGroup =~ 'x\\' or type =~ \\''")),
    )
  })
})

describe('the quota of Resource Graph', () => {
  const passing = async (world: ReturnType<typeof all>, ms: number) => {
    for (let i = 0; i < 5; i += 1) await settle()
    const before = world.sent.length
    world.pass(ms)
    for (let i = 0; i < 5; i += 1) await settle()
    return [before, world.sent.length]
  }

  test('is asked for again after a 429, when its window is over', async () => {
    let calls = 0
    const world = all(() => {
      calls += 1
      const throttled = { error: { code: 'RateLimiting', message: 'later' } }
      return calls === 1
        ? { status: 429, headers: { 'retry-after': '4' }, body: throttled }
        : page([extensionOf('pc-1', 'A')])
    })
    expect(await passing(world, 3_999)).toEqual([2, 2])
    expect(await passing(world, 1)).toEqual([2, 3])
    expect(await world.answer).toMatchObject({ kind: 'ok' })
  })

  test('is not waited for longer than a minute altogether', async () => {
    const throttled = { status: 429, headers: { 'retry-after': '20' }, body: { error: { code: 'RateLimiting' } } }
    const world = all(() => throttled)
    for (let i = 0; i < 3; i += 1) await passing(world, 20_000)
    expect(await world.answer).toMatchObject({ kind: 'refused', fault: { code: 'throttled' } })
    expect(world.sent).toHaveLength(5)
  })

  test('that is always low makes a list of many pages a gap', async () => {
    const headers = { 'x-ms-user-quota-remaining': '0', 'x-ms-user-quota-resets-after': '00:00:25' }
    let sentPages = 0
    const world = all(() => {
      sentPages += 1
      return { ...(page([extensionOf('pc-1', `E${sentPages}`)], 9, `t${sentPages}`) as { status: number }), headers }
    })
    for (let i = 0; i < 3; i += 1) await passing(world, 25_000)
    expect(await world.answer).toMatchObject({ kind: 'refused', fault: { code: 'throttled' } })
    expect(sentPages).toBe(3)
  })

  test('is left to others in part', async () => {
    const headers = { 'x-ms-user-quota-remaining': '3', 'x-ms-user-quota-resets-after': '00:00:02' }
    const world = all(({ body }) => {
      const { options } = body as Body
      const row = extensionOf('pc-1', options.$skipToken ?? 'A')
      return options.$skipToken ? page([row], 2) : { ...(page([row], 2, 'B') as { status: number }), headers }
    })
    expect(await passing(world, 1_999)).toEqual([2, 2])
    expect(await passing(world, 1)).toEqual([2, 3])
  })
})

test('associations of a resource group are one list, by their VM', async () => {
  const { gateways, sent } = scripted(() =>
    page([
      {
        id: `${vmAt('PC-1').toLowerCase()}/providers/microsoft.insights/datacollectionruleassociations/dcr`,
        name: 'dcr',
        properties: { dataCollectionRuleId: '/r' },
      },
    ]),
  )
  const answer = await gateways.extensions.allAssociations(subscription, 'rg-pers')
  expect(answer.kind === 'ok' && [...answer.value]).toEqual([
    [vmAt('pc-1').toLowerCase(), [{ name: 'dcr', ruleId: '/r' }]],
  ])
  expect(sent.map((request) => bodyOf(request).query)).toEqual([
    "insightsresources | where type =~ 'microsoft.insights/datacollectionruleassociations' and resourceGroup =~ 'rg-pers' | project id, name, properties | order by id asc",
  ])
})

test('a query is charged as a read of the tenant', async () => {
  const charged: string[] = []
  const budget: Budget = {
    take: async ({ scope, bucket }) => {
      charged.push(`${scope || 'tenant'} ${bucket}`)
      return { kind: 'taken' }
    },
    heed: () => undefined,
  }
  const { gateways } = scripted(() => page([]), { budget })
  await gateways.extensions.allAssociations(subscription, 'rg-pers')
  expect(charged).toEqual(['tenant reads'])
})
