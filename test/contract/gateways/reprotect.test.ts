import { describe, expect, test } from 'vitest'
import { endpoint, type Reply, scripted, subscription } from './support.ts'

const group = `/subscriptions/${subscription}/resourceGroups`
const vault = `${group}/rg-vault/providers/Microsoft.RecoveryServices/vaults/dr-vault`
const container = `${vault}/replicationFabrics/uksouth/replicationProtectionContainers/uksouth-container`
const item = `${container}/replicationProtectedItems/YtSLUmr1siw`
const cacheStorageId = `${group}/rg-vault/providers/Microsoft.Storage/storageAccounts/cachewest`
const job = '3fdd8b5e-8f11-4f3c-9a1b-0d2c7d6f0001'

const accepted: Reply = { status: 202, headers: { 'x-ms-request-id': `${vault}/replicationJobs/${job}` } }

const disk = (name: string, traits: object = {}) => ({
  diskId: `${group}/rg-home/providers/microsoft.compute/disks/${name}`,
  recoveryTargetDiskId: `${group}/rg-away/providers/Microsoft.Compute/disks/${name}`,
  recoveryReplicaDiskId: '',
  recoveryReplicaDiskAccountType: 'Premium_LRS',
  recoveryTargetDiskAccountType: 'StandardSSD_LRS',
  primaryDiskEncryptionSetId: null,
  ...traits,
})

const committed = (details: object = {}, properties: object = {}) => ({
  id: item.replace('/subscriptions/', '/Subscriptions/'),
  name: 'YtSLUmr1siw',
  properties: {
    protectionState: 'UnplannedFailoverCommitted',
    policyId: `${vault}/replicationPolicies/day`,
    providerSpecificDetails: {
      instanceType: 'A2A',
      fabricObjectId: `${group}/rg-home/providers/microsoft.compute/virtualmachines/pc-1`,
      protectedManagedDisks: [disk('os'), disk('data', { primaryDiskEncryptionSetId: '/des' })],
      ...details,
    },
    ...properties,
  },
})

const reprotect = async (read: Reply, write: Reply = accepted) => {
  const { gateways, sent, fence } = scripted(({ method }) => (method === 'GET' ? read : write))
  return { answer: await gateways.siteRecovery.reprotect(item, { cacheStorageId }, fence), sent }
}

describe('protecting a machine again', () => {
  test('reads its item and asks the container it came from, once each', async () => {
    const { answer, sent } = await reprotect({ status: 200, body: committed() })
    expect(answer).toEqual({ kind: 'ok', value: { job } })
    expect(sent.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `GET ${endpoint}${item}?api-version=2023-06-01`,
      `POST ${endpoint}${container}/switchprotection?api-version=2023-06-01`,
    ])
  })

  test('names every disk in use, the storage of its region, and the group it goes back to', async () => {
    const { sent } = await reprotect({ status: 200, body: committed() })
    const away = {
      primaryStagingAzureStorageAccountId: cacheStorageId,
      recoveryResourceGroupId: `${group}/rg-home`,
      recoveryReplicaDiskAccountType: 'Premium_LRS',
      recoveryTargetDiskAccountType: 'StandardSSD_LRS',
    }
    const diskId = (name: string) => `${group}/rg-away/providers/Microsoft.Compute/disks/${name}`
    expect(sent[1]?.body).toEqual({
      properties: {
        replicationProtectedItemName: 'YtSLUmr1siw',
        providerSpecificDetails: {
          instanceType: 'A2A',
          recoveryContainerId: container.replace('/subscriptions/', '/Subscriptions/'),
          vmDisks: [],
          vmManagedDisks: [
            { diskId: diskId('os'), ...away },
            { diskId: diskId('data'), ...away, recoveryDiskEncryptionSetId: '/des' },
          ],
          recoveryResourceGroupId: `${group}/rg-home`,
          policyId: `${vault}/replicationPolicies/day`,
        },
      },
    })
  })

  test.each([
    ['has no disks', committed({ protectedManagedDisks: [] }), 'no managed disks'],
    ['says nothing of disks', committed({ protectedManagedDisks: null }), 'no managed disks'],
    [
      'has a disk without a copy, as one that is protected',
      committed({ protectedManagedDisks: [disk('os'), disk('data', { recoveryTargetDiskId: null })] }),
      '1 of 2 disks',
    ],
    ['does not say where it came from', committed({ fabricObjectId: null }), 'which machine'],
    ['came from something else than a machine', committed({ fabricObjectId: '/subscriptions/s/x' }), 'which machine'],
    ['names no policy', committed({}, { policyId: '' }), 'no replication policy'],
    ['is replicated otherwise', committed({ instanceType: 'HyperVReplicaAzure' }), 'not replicated between regions'],
    ['is nothing', {}, 'no id or name'],
  ])('is not asked for where the item %s', async (_, body, why) => {
    const { answer, sent } = await reprotect({ status: 200, body })
    expect(answer).toMatchObject({
      kind: 'refused',
      fault: { code: 'rejected', retryable: false, message: expect.stringContaining(why) },
    })
    expect(sent.map(({ method }) => method)).toEqual(['GET'])
  })

  test.each<[title: string, read: Reply, write: Reply, outcome: object, requests: number]>([
    ['the read fails', { status: 503 }, accepted, { kind: 'refused', fault: { code: 'unavailable' } }, 1],
    ['the item is gone', { status: 404 }, accepted, { kind: 'refused', fault: { code: 'notFound' } }, 1],
    [
      'the write is refused',
      { status: 200, body: committed() },
      { status: 409, body: { error: { code: 'Conflict', message: 'x' } } },
      { kind: 'refused', fault: { code: 'conflict' } },
      2,
    ],
    [
      'the answer to the write is lost',
      { status: 200, body: committed() },
      { broken: 'ECONNRESET' },
      { kind: 'unknown' },
      2,
    ],
  ])('tells when %s', async (_, read, write, outcome, requests) => {
    const { answer, sent } = await reprotect(read, write)
    expect(answer).toMatchObject(outcome)
    expect(sent).toHaveLength(requests)
  })

  test('is not asked for behind its fence', async () => {
    const world = scripted(({ method }) => (method === 'GET' ? { status: 200, body: committed() } : accepted))
    world.pass(10_001)
    const answer = await world.gateways.siteRecovery.reprotect(item, { cacheStorageId }, world.fence)
    expect(answer).toMatchObject({ kind: 'refused', fault: { code: 'fenced' } })
    expect(world.sent.map(({ method }) => method)).toEqual(['GET'])
  })
})

test('another recovery point is asked for with one request', async () => {
  const { gateways, sent, fence } = scripted(() => accepted)
  const point = `${item}/recoveryPoints/p1`
  expect(await gateways.siteRecovery.changeRecoveryPoint(item, point, fence)).toEqual({ kind: 'ok', value: { job } })
  expect(sent).toMatchObject([
    {
      method: 'POST',
      url: `${endpoint}${item}/applyRecoveryPoint?api-version=2023-06-01`,
      body: { properties: { recoveryPointId: point, providerSpecificDetails: { instanceType: 'A2A' } } },
    },
  ])
})
