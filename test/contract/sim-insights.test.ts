import { expect, test } from 'vitest'
import { jsonOf } from './kernel-world.ts'
import { createFleetWorld } from './sim-world.ts'

const version = 'api-version=2022-06-01'

function world() {
  const made = createFleetWorld({ personalVms: 3, users: 3, extensions: 'four' })
  const [vm = ''] = made.ids.personal.vms
  const all = `${vm}/providers/Microsoft.Insights/dataCollectionRuleAssociations`
  const { send, ids } = made
  return {
    ...made,
    vm,
    all,
    rule: ids.personal.dataCollectionRule,
    ask: async (query: string) => {
      const body = { subscriptions: [ids.subscription], query }
      const path = '/providers/Microsoft.ResourceGraph/resources?api-version=2024-04-01'
      return jsonOf(await send(path, { method: 'POST', body })).data
    },
    put: (name: string, properties: object) =>
      send(`${all}/${name}?${version}`, { method: 'PUT', body: { properties } }),
  }
}

test('a desktop has an association, which is read, replaced and deleted', async () => {
  const { send, all, put, rule, kinds } = world()
  const { value } = jsonOf(await send(`${all}?${version}`))
  expect(value).toMatchObject([{ name: 'dcr-avd', properties: { dataCollectionRuleId: rule } }])
  expect(value[0].id).toBe(`${all}/dcr-avd`)
  expect((await put('dcr-avd', { dataCollectionRuleId: rule })).status).toBe(200)
  expect((await put('second', { dataCollectionRuleId: rule })).status).toBe(201)
  expect(kinds()).toEqual(['associationAccepted', 'associationAccepted'])
  expect((await send(`${all}/second?${version}`)).status).toBe(200)
  expect((await send(`${all}/second?${version}`, { method: 'DELETE' })).status).toBe(200)
  expect((await send(`${all}/second?${version}`, { method: 'DELETE' })).status).toBe(204)
  expect((await send(`${all}/second?${version}`)).status).toBe(404)
})

test('what cannot be associated is refused', async () => {
  const { put, rule, send, vm } = world()
  expect((await put('a', {})).status).toBe(400)
  expect((await put('a', { dataCollectionRuleId: rule, dataCollectionEndpointId: rule })).status).toBe(400)
  expect((await put('a', { dataCollectionEndpointId: rule })).status).toBe(400)
  expect((await put('configurationAccessEndpoint', { dataCollectionEndpointId: rule })).status).toBe(201)
  expect((await put('a', { dataCollectionRuleId: `${rule}-other` })).status).toBe(404)
  const elsewhere = `${vm}9/providers/Microsoft.Insights/dataCollectionRuleAssociations/a?${version}`
  const answer = await send(elsewhere, { method: 'PUT', body: { properties: { dataCollectionRuleId: rule } } })
  expect(answer.status).toBe(404)
})

test('Resource Graph has extensions and associations of all machines', async () => {
  const { ask, rule, vm } = world()
  const extensions = "resources | where type =~ 'microsoft.compute/virtualmachines/extensions' | project id, properties"
  const [first] = await ask(extensions)
  expect(await ask(extensions)).toHaveLength(12)
  expect(first).toMatchObject({
    id: `${vm}/extensions/AzureMonitorWindowsAgent`,
    properties: { publisher: 'Microsoft.Azure.Monitor', provisioningState: 'Succeeded' },
  })
  const associations = `insightsresources | where type =~ 'microsoft.insights/datacollectionruleassociations' and id startswith '${vm.toUpperCase()}/'`
  expect(await ask(associations)).toMatchObject([{ properties: { dataCollectionRuleId: rule } }])
})

test.each([
  [29_000, 3],
  [61_000, 4],
])('%d ms after an association was made Resource Graph has %d', async (length, count) => {
  const { ask, put, rule, later } = world()
  await put('second', { dataCollectionRuleId: rule })
  await later(length)
  expect(await ask('insightsresources | project id')).toHaveLength(count)
})
