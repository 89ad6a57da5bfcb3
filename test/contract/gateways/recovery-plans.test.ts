import { describe, expect, test } from 'vitest'
import { endpoint, type Reply, scripted, subscription } from './support.ts'

const vault = `/subscriptions/${subscription}/resourceGroups/rg-vault/providers/Microsoft.RecoveryServices/vaults/dr-vault`
const item = `${vault}/replicationFabrics/uksouth/replicationProtectionContainers/uksouth-container/replicationProtectedItems/YtSLUmr1siw`
const jobUrl = `${endpoint}/Subscriptions/${subscription}/resourceGroups/rg-vault/providers/Microsoft.RecoveryServices/vaults/dr-vault`
const job = '3fdd8b5e-8f11-4f3c-9a1b-0d2c7d6f0001'

const accepted: Reply = {
  status: 202,
  headers: {
    'azure-asyncoperation': `${jobUrl}/replicationOperationStatus/${job}?api-version=2023-06-01&t=1&s=2`,
    location: `${jobUrl}/operationresults/${job}?api-version=2023-06-01`,
    'retry-after': '30',
    'x-ms-request-id': `${jobUrl}/replicationJobs/${job}`.slice(endpoint.length),
  },
}

describe('recovery plans', () => {
  const plan = `${vault}/replicationRecoveryPlans/rp-sql`
  const group = (...ids: unknown[]) => ({ groupType: 'Boot', replicationProtectedItems: ids.map((id) => ({ id })) })
  const listed = (groups: unknown) =>
    scripted(() => ({ status: 200, body: { value: [{ id: plan, name: 'rp-sql', properties: { groups } }] } }))

  test('a failover of a plan is exactly one POST, with the kind of recovery point', async () => {
    const { gateways, sent, fence } = scripted(() => accepted)
    const options = { sourceSiteOperations: 'Required', recoveryPoint: 'latestAppConsistent' } as const
    expect(await gateways.siteRecovery.failoverPlan(plan, options, fence)).toEqual({ kind: 'ok', value: { job } })
    expect(sent.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `POST ${endpoint}${plan}/unplannedFailover?api-version=2023-06-01`,
    ])
    expect(sent[0]?.body).toEqual({
      properties: {
        failoverDirection: 'PrimaryToRecovery',
        sourceSiteOperations: 'Required',
        providerSpecificDetails: [{ instanceType: 'A2A', recoveryPointType: 'LatestApplicationConsistent' }],
      },
    })
  })

  test('a plan has the items of all its groups', async () => {
    const { gateways } = listed([group(), group(item), { groupType: 'Failover' }, group('other')])
    expect(await gateways.siteRecovery.recoveryPlans(vault)).toEqual({
      kind: 'ok',
      value: [{ id: plan, name: 'rp-sql', itemIds: [item, 'other'] }],
    })
  })

  test('a plan with an item that has no id makes the list unreadable', async () => {
    const { gateways } = listed([group(item, null)])
    expect(await gateways.siteRecovery.recoveryPlans(vault)).toMatchObject({ fault: { code: 'unreadable' } })
  })
})
