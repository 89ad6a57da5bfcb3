import { ResourceGraphClient } from '@azure/arm-resourcegraph'
import { expect, test } from 'vitest'
import { createEstate } from '../../sim/arm/estate.ts'
import { resourceGraph } from '../../sim/arm/resource-graph.ts'
import { createWorld, credentialOf, jsonOf } from './kernel-world.ts'
import { hasSpecs, validateAgainstSpec } from './openapi.ts'

const subscription = '11111111-1111-4111-8111-111111111111'
const poolId = (name: string) =>
  `/subscriptions/${subscription}/resourceGroups/RG-Avd/providers/Microsoft.DesktopVirtualization/hostpools/${name}`

function graphWorld(pools: number) {
  const estate = createEstate()
  for (let i = 0; i < pools; i += 1) addPool(estate, `hp-${String(i).padStart(4, '0')}`)
  const world = createWorld({ providers: [resourceGraph], estate })
  const client = new ResourceGraphClient(credentialOf('me'), world.clientOptions)
  const ask = (query: string, options: object = {}) =>
    world.settled(client.resources({ query, subscriptions: [subscription], options }))
  return { ...world, estate, ask }
}

function addPool(estate: ReturnType<typeof createEstate>, name: string, location = 'uksouth') {
  const id = poolId(name)
  estate.hostPools.set(id.toLowerCase(), {
    id,
    name,
    subscription,
    resourceGroup: 'RG-Avd',
    location,
    hostPoolType: 'Pooled',
    maxSessionLimit: 8,
    startVMOnConnect: false,
  })
}
const listPools =
  "Resources | where type =~ 'Microsoft.DesktopVirtualization/hostPools' and location == 'uksouth' | project id, name, limit = properties.maxSessionLimit | order by id asc"

test('the queries of an inventory are answered: filter, projection, order', async () => {
  const { ask, estate } = graphWorld(2)
  addPool(estate, 'elsewhere', 'ukwest')
  const { data, totalRecords, resultTruncated } = await ask(listPools)
  expect(data).toEqual([
    { id: poolId('hp-0000'), name: 'hp-0000', limit: 8 },
    { id: poolId('hp-0001'), name: 'hp-0001', limit: 8 },
  ])
  expect([totalRecords, resultTruncated]).toEqual([2, 'false'])
  expect((await ask('Resources | order by name | limit 1')).data).toMatchObject([
    { name: 'hp-0001', resourceGroup: 'rg-avd' },
  ])
  expect((await ask("Resources | where subscriptionId == 'other'")).data).toEqual([])
})

test('a filter may name several values, or the beginning of one', async () => {
  const { ask, estate } = graphWorld(3)
  addPool(estate, 'elsewhere', 'ukwest')
  const names = async (filter: string) =>
    ((await ask(`Resources | where ${filter} | project id, name | order by name asc`)).data as { name: string }[]).map(
      ({ name }) => name,
    )
  expect(await names("name in~ ('HP-0000', 'elsewhere')")).toEqual(['elsewhere', 'hp-0000'])
  expect(await names("name in ('HP-0000', 'elsewhere')")).toEqual(['elsewhere'])
  expect(await names("name startswith 'HP-' and name in~ ('hp-0002')")).toEqual(['hp-0002'])
  expect(await names("name contains '-000' and isnotempty(properties.hostPoolType)")).toHaveLength(3)
  await expect(ask("Resources | where name matches regex 'x'")).rejects.toThrow('outside the part of KQL')
})

test('rows may be counted by what they have in common, once it has a type', async () => {
  const { ask, estate } = graphWorld(3)
  addPool(estate, 'elsewhere', 'ukwest')
  const counted = await ask(
    'Resources | summarize pools = count() by location, limit = tostring(properties.maxSessionLimit) | order by location asc',
  )
  expect(counted.data).toEqual([
    { location: 'uksouth', limit: '8', pools: 3 },
    { location: 'ukwest', limit: '8', pools: 1 },
  ])
  const apart = await ask('Resources | extend kind = tolower(properties.hostPoolType) | distinct kind, location')
  expect(apart.data).toEqual([
    { kind: 'pooled', location: 'uksouth' },
    { kind: 'pooled', location: 'ukwest' },
  ])
  await expect(ask('Resources | distinct properties.maxSessionLimit')).rejects.toThrow('outside the part of KQL')
})

test('1,000 rows come at a time, the rest by skip token; without id in the projection the rest stays unread', async () => {
  const { ask } = graphWorld(2_300)
  const names = new Set<string>()
  const sizes: number[] = []
  let token: string | undefined
  do {
    const page = await ask(listPools, token === undefined ? {} : { skipToken: token })
    sizes.push(page.count)
    for (const { name } of page.data as { name: string }[]) names.add(name)
    token = page.skipToken
  } while (token !== undefined)
  expect([sizes, names.size]).toEqual([[1_000, 1_000, 300], 2_300])
  const blind = await ask('Resources | project name')
  expect([blind.count, blind.resultTruncated, blind.skipToken]).toEqual([1_000, 'true', undefined])
})

test('15 queries in 5 seconds are allowed, each principal for itself', async () => {
  const { send, clock } = graphWorld(1)
  const query = (token?: string) =>
    send('/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01', {
      method: 'POST',
      body: { query: 'Resources' },
      ...(token && { token }),
    })
  const first = await query()
  expect([first.headers.get('x-ms-user-quota-remaining'), first.headers.get('x-ms-user-quota-resets-after')]).toEqual([
    '14',
    '00:00:05',
  ])
  for (let i = 1; i < 15; i += 1) expect((await query()).status).toBe(200)
  const refused = await query()
  expect([refused.status, jsonOf(refused).error.code]).toEqual([429, 'RateLimiting'])
  expect((await query('sim:other')).status).toBe(200)
  await clock.run(clock.now() + 5_000)
  expect((await query()).status).toBe(200)
})

test('answers lag behind the truth by 15 seconds, and by two minutes at most', async () => {
  const { ask, estate, clock } = graphWorld(1)
  const countAfter = async (wait: number) => {
    await clock.run(clock.now() + wait)
    return (await ask('Resources')).count
  }
  expect(await countAfter(0)).toBe(1)
  addPool(estate, 'new')
  expect([await countAfter(10_000), await countAfter(10_000), await countAfter(10_000)]).toEqual([1, 1, 2])
  addPool(estate, 'newer')
  expect(await countAfter(600_000)).toBe(3)
})

test.each([
  'Resources | join kind=inner x on y',
  'Resources | where strlen(name) == "x"',
  'Nothing | project id',
  "Resources | where type =~ 'a' or type =~ 'b'",
  'Resources | summarize count()',
])('%s is refused rather than answered wrongly', async (query) => {
  const { ask } = graphWorld(1)
  await expect(ask(query)).rejects.toMatchObject({ statusCode: 400, code: 'BadRequest' })
})

test(`answers have the shape of the official file ${hasSpecs ? '(checked against SPECS_DIR)' : '(without SPECS_DIR: the fields the SDK needs)'}`, async () => {
  const { send } = graphWorld(1)
  const path = '/providers/Microsoft.ResourceGraph/resources'
  const response = await send(`${path}?api-version=2024-04-01`, { method: 'POST', body: { query: 'Resources' } })
  expect(Object.keys(jsonOf(response))).toEqual(['totalRecords', 'count', 'resultTruncated', 'facets', 'data'])
  if (hasSpecs)
    expect(
      validateAgainstSpec('Microsoft.ResourceGraph/2022-10-01/resourcegraph.json', 'POST', path, 200, jsonOf(response)),
    ).toEqual([])
})
