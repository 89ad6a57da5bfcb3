import { describe, expect, test } from 'vitest'
import { endpoint, type Reply, scripted, subscription } from './support.ts'

const group = `/subscriptions/${subscription}/resourceGroups/rg-pers`
const vm = `${group}/providers/Microsoft.Compute/virtualMachines/pc-1`
const okOf = <T>(answer: { readonly kind: string; readonly value?: T }): T => {
  if (answer.kind !== 'ok') throw new Error(JSON.stringify(answer))
  return answer.value as T
}

const monitor = (traits: object = {}) => ({
  id: `${vm}/extensions/AMA`,
  name: 'AMA',
  type: 'Microsoft.Compute/virtualMachines/extensions',
  location: 'ukwest',
  properties: {
    publisher: 'Microsoft.Azure.Monitor',
    type: 'AzureMonitorWindowsAgent',
    typeHandlerVersion: '1.10',
    autoUpgradeMinorVersion: true,
    enableAutomaticUpgrade: true,
    provisioningState: 'Succeeded',
    settings: { b: { y: 1, x: [2, 1] }, a: true },
    ...traits,
  },
})

describe('one VM', () => {
  const machine = (instanceView: unknown, ...resources: unknown[]) => ({
    id: vm,
    name: 'pc-1',
    location: 'ukwest',
    properties: { vmId: '9D1F1A34-0000-4000-8000-00000000BEEF', instanceView },
    ...(resources.length > 0 && { resources }),
  })
  const ready = { vmAgent: { statuses: [{ code: 'ProvisioningState/succeeded', displayStatus: 'Ready' }] } }
  const read = async (body: unknown) => {
    const { gateways, sent } = scripted(() => ({ status: 200, body }))
    return { answer: await gateways.extensions.ofVm(vm), sent }
  }

  test('is one read, of the machine with its agent and all its extensions', async () => {
    const { answer, sent } = await read(machine(ready, monitor()))
    expect(sent.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `GET ${endpoint}${vm}?$expand=instanceView&api-version=2026-04-01`,
    ])
    expect(answer).toEqual({
      kind: 'ok',
      value: {
        uniqueId: '9d1f1a34-0000-4000-8000-00000000beef',
        location: 'ukwest',
        isAgentReady: true,
        extensions: [
          {
            name: 'AMA',
            publisher: 'Microsoft.Azure.Monitor',
            type: 'AzureMonitorWindowsAgent',
            version: '1.10',
            autoUpgradeMinorVersion: true,
            enableAutomaticUpgrade: true,
            state: 'Succeeded',
            // Equal settings are equal texts.
            settings: '{"a":true,"b":{"x":[2,1],"y":1}}',
          },
        ],
      },
    })
  })

  test.each([
    ['without an agent', {}],
    ['whose agent has not answered yet', { vmAgent: { statuses: [{ code: 'ProvisioningState/Unavailable' }] } }],
    ['without a view', undefined],
  ])('%s is not ready, and has no extensions after a failover', async (_, view) => {
    expect(okOf((await read(machine(view))).answer)).toMatchObject({ isAgentReady: false, extensions: [] })
  })

  test('says why an extension failed, in its first words', async () => {
    const statuses = [
      { code: 'ComponentStatus/StdOut', level: 'Info', message: 'noise' },
      { code: 'ProvisioningState/failed/-5', level: 'Error', message: `exit code 5 ${'x'.repeat(1_000)}` },
    ]
    const view = { ...ready, extensions: [{ name: 'ama', statuses }] }
    const { extensions } = okOf((await read(machine(view, monitor({ provisioningState: 'Failed' })))).answer)
    expect(extensions[0]).toMatchObject({ state: 'Failed', problem: expect.stringMatching(/^exit code 5 x+$/) })
    expect(extensions[0]?.problem).toHaveLength(300)
  })

  test.each([
    ['an empty object', {}],
    ['null', null],
    ['nothing', undefined],
  ])('takes settings of %s for none', async (_, settings) => {
    const { extensions } = okOf((await read(machine(ready, monitor({ settings })))).answer)
    expect(extensions[0]).not.toHaveProperty('settings')
  })

  test.each([
    ['an extension without a type', machine(ready, monitor({ type: null }))],
    ['no location', { ...machine(ready), location: null }],
    ['nothing at all', null],
  ])('with %s is unreadable: what cannot be told must not look missing', async (_, body) => {
    expect((await read(body)).answer).toMatchObject({ kind: 'refused', fault: { code: 'unreadable', retryable: true } })
  })
})

describe('an extension', () => {
  const accepted: Reply = {
    status: 201,
    headers: { 'azure-asyncoperation': `${endpoint}/operations/1` },
    body: { name: 'AMA' },
  }
  const wanted = {
    name: 'AMA',
    location: 'ukwest',
    publisher: 'Microsoft.Azure.Monitor',
    type: 'AzureMonitorWindowsAgent',
    version: '1.10',
    enableAutomaticUpgrade: true,
  }

  test('is put with one request, and nothing polls', async () => {
    const { gateways, sent, fence } = scripted(() => accepted)
    const settings = '{"a":{"b":[1]}}'
    expect(await gateways.extensions.put(vm, { ...wanted, settings }, fence)).toEqual({ kind: 'ok', value: undefined })
    expect(sent).toMatchObject([{ method: 'PUT', url: `${endpoint}${vm}/extensions/AMA?api-version=2026-04-01` }])
    expect(sent[0]?.body).toEqual({
      location: 'ukwest',
      properties: {
        publisher: 'Microsoft.Azure.Monitor',
        type: 'AzureMonitorWindowsAgent',
        typeHandlerVersion: '1.10',
        enableAutomaticUpgrade: true,
        settings: { a: { b: [1] } },
      },
    })
  })

  test('gets its secrets from a vault, by reference', async () => {
    const { gateways, sent, fence } = scripted(() => accepted)
    const protectedSettingsFromKeyVault = { secretUrl: 'https://v.vault.azure.net/secrets/s/1', vaultId: '/vaults/v' }
    okOf(await gateways.extensions.put(vm, { ...wanted, protectedSettingsFromKeyVault }, fence))
    expect(sent[0]?.body).toMatchObject({
      properties: {
        protectedSettingsFromKeyVault: {
          secretUrl: 'https://v.vault.azure.net/secrets/s/1',
          sourceVault: { id: '/vaults/v' },
        },
      },
    })
  })

  test('with settings that are not JSON is not sent', async () => {
    const { gateways, sent, fence } = scripted(() => accepted)
    for (const settings of ['{', '[]', '"x"', 'null'])
      expect(await gateways.extensions.put(vm, { ...wanted, settings }, fence)).toMatchObject({
        kind: 'refused',
        fault: { code: 'rejected', retryable: false },
      })
    expect(sent).toEqual([])
  })

  test.each<[title: string, reply: Reply]>([
    ['accepted', { status: 202, headers: { location: `${endpoint}/x` } }],
    ['gone already', { status: 204 }],
    ['not known any more', { status: 404, body: { error: { code: 'ResourceNotFound', message: 'no' } } }],
  ])('that is removed is %s with one request', async (_, reply) => {
    const { gateways, sent, fence } = scripted(() => reply)
    expect(await gateways.extensions.remove(vm, 'AMA', fence)).toEqual({ kind: 'ok', value: undefined })
    expect(sent.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `DELETE ${endpoint}${vm}/extensions/AMA?api-version=2026-04-01`,
    ])
  })
})

describe('data-collection associations', () => {
  const path = `${vm}/providers/Microsoft.Insights/dataCollectionRuleAssociations`

  test('of a VM are listed, page by page', async () => {
    const nextLink = `${endpoint}${path}?api-version=2022-06-01&skip=1`
    const { gateways, sent } = scripted(({ url }) =>
      url === nextLink
        ? { status: 200, body: { value: [{ name: 'dce', properties: { dataCollectionEndpointId: '/e' } }] } }
        : {
            status: 200,
            body: {
              value: [{ name: 'dcr', properties: { dataCollectionRuleId: '/r', dataCollectionEndpointId: null } }],
              nextLink,
            },
          },
    )
    expect(okOf(await gateways.extensions.associations(vm))).toEqual([
      { name: 'dcr', ruleId: '/r' },
      { name: 'dce', endpointId: '/e' },
    ])
    expect(sent.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `GET ${endpoint}${path}?api-version=2022-06-01`,
      `GET ${nextLink}`,
    ])
  })

  test('are made with one request', async () => {
    const { gateways, sent, fence } = scripted(() => ({ status: 200, body: {} }))
    okOf(await gateways.extensions.associate(vm, { name: 'dcr', ruleId: '/r' }, fence))
    expect(sent).toMatchObject([
      {
        method: 'PUT',
        url: `${endpoint}${path}/dcr?api-version=2022-06-01`,
        body: { properties: { dataCollectionRuleId: '/r' } },
      },
    ])
  })
})

test.each([
  ['no VM', `${group}/providers/Microsoft.Compute/disks/d`],
  ['a query in the name', `${vm}?x=1`],
  ['a way out of the resource group', `${group}/providers/Microsoft.Compute/virtualMachines/../x/virtualMachines/y`],
  ['no id', 'pc-1'],
])('what is %s is refused unsent', async (_, odd) => {
  const { gateways, sent, fence } = scripted(() => ({ status: 200, body: {} }))
  const { extensions } = gateways
  const extension = { name: 'x', location: 'ukwest', publisher: 'p', type: 't', version: '1' }
  const answers = [
    await extensions.ofVm(odd),
    await extensions.associations(odd),
    await extensions.put(odd, extension, fence),
    await extensions.remove(odd, 'x', fence),
    await extensions.associate(odd, { name: 'x' }, fence),
    await extensions.associate(vm, { name: '../../y' }, fence),
  ]
  for (const answer of answers) expect(answer).toMatchObject({ kind: 'refused', fault: { code: 'rejected' } })
  expect(sent).toEqual([])
})
