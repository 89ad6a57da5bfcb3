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

describe('failover and commit', () => {
  test('a failover is exactly one POST, nothing polls, and the job is known by its name', async () => {
    const { gateways, sent, fence } = scripted(() => accepted)
    const answer = await gateways.siteRecovery.failover(item, { sourceSiteOperations: 'NotRequired' }, fence)
    expect(answer).toEqual({ kind: 'ok', value: { job } })
    expect(sent.map(({ method }) => method)).toEqual(['POST'])
    expect(sent[0]?.url).toBe(`${endpoint}${item}/unplannedFailover?api-version=2023-06-01`)
    expect(sent[0]?.body).toEqual({
      properties: {
        failoverDirection: 'PrimaryToRecovery',
        sourceSiteOperations: 'NotRequired',
        providerSpecificDetails: { instanceType: 'A2A' },
      },
    })
  })

  test('a recovery point is passed on', async () => {
    const { gateways, sent, fence } = scripted(() => accepted)
    const options = { sourceSiteOperations: 'Required', recoveryPointId: `${item}/recoveryPoints/p1` } as const
    await gateways.siteRecovery.failover(item, options, fence)
    expect(sent[0]?.body).toMatchObject({
      properties: { providerSpecificDetails: { recoveryPointId: `${item}/recoveryPoints/p1` } },
    })
  })

  test('a commit is exactly one POST', async () => {
    const { gateways, sent, fence } = scripted(() => accepted)
    expect(await gateways.siteRecovery.commit(item, fence)).toEqual({ kind: 'ok', value: { job } })
    expect(sent.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `POST ${endpoint}${item}/failoverCommit?api-version=2023-06-01`,
    ])
  })

  test('polling addresses of another host are never asked', async () => {
    const foreign = 'https://elsewhere.example/replicationOperationStatus/abc'
    const { gateways, sent, fence } = scripted(() => ({
      status: 202,
      headers: { 'azure-asyncoperation': foreign, location: foreign },
    }))
    expect(await gateways.siteRecovery.commit(item, fence)).toEqual({ kind: 'ok', value: { job: 'abc' } })
    expect(sent).toHaveLength(1)
  })

  test.each([
    ['no job where the answer names none', {}, {}],
    ['no job from a request id that is only an id', { 'x-ms-request-id': job }, {}],
    [
      'the job from the operation address alone',
      { 'azure-asyncoperation': `${jobUrl}/replicationOperationStatus/${job}?t=1` },
      { job },
    ],
  ])('%s', async (_, headers, value) => {
    const { gateways, fence } = scripted(() => ({ status: 202, headers }))
    expect(await gateways.siteRecovery.commit(item, fence)).toEqual({ kind: 'ok', value })
  })

  test('an id that is not an item is refused unsent', async () => {
    const { gateways, sent, fence } = scripted(() => accepted)
    expect(await gateways.siteRecovery.commit(vault, fence)).toMatchObject({
      kind: 'refused',
      fault: { code: 'rejected' },
    })
    expect(sent).toHaveLength(0)
  })
})

const listedItem = (changes: object = {}, details: object = {}) => ({
  id: item.replace('/subscriptions/', '/Subscriptions/'),
  name: 'YtSLUmr1siw',
  properties: {
    friendlyName: 'avd-pers-001',
    protectionState: 'Protected',
    activeLocation: 'Primary',
    allowedOperations: ['UnplannedFailover', 'DisableProtection'],
    replicationHealth: 'Normal',
    failoverHealth: 'Normal',
    currentScenario: {
      scenarioName: 'None',
      jobId: `${vault}/replicationJobs/None`,
      startTime: '1753-01-01T01:01:01Z',
    },
    providerSpecificDetails: {
      instanceType: 'A2A',
      fabricObjectId: '/subscriptions/s/resourcegroups/rg/providers/microsoft.compute/virtualmachines/avd-pers-001',
      recoveryFabricObjectId: null,
      recoveryAzureResourceGroupId: '/subscriptions/s/resourceGroups/rg-asr',
      recoveryFabricLocation: 'ukwest',
      multiVmGroupId: 'g',
      multiVmGroupName: '',
      rpoInSeconds: 46,
      ...details,
    },
    ...changes,
  },
})

describe('replicated items', () => {
  const itemsOf = async (...value: unknown[]) => {
    const { gateways } = scripted(() => ({ status: 200, body: { value, nextLink: null } }))
    return gateways.siteRecovery.items(vault)
  }

  test('a protected item is read as the vault lists it', async () => {
    expect(await itemsOf(listedItem())).toEqual({
      kind: 'ok',
      value: [
        {
          id: item.replace('/subscriptions/', '/Subscriptions/'),
          name: 'YtSLUmr1siw',
          vmName: 'avd-pers-001',
          protectionState: 'Protected',
          activeLocation: 'Primary',
          allowedOperations: ['UnplannedFailover', 'DisableProtection'],
          replicationHealth: 'Normal',
          failoverHealth: 'Normal',
          sourceVmId: '/subscriptions/s/resourcegroups/rg/providers/microsoft.compute/virtualmachines/avd-pers-001',
          targetResourceGroupId: '/subscriptions/s/resourceGroups/rg-asr',
          targetLocation: 'ukwest',
          rpoSeconds: 46,
        },
      ],
    })
  })

  test('a running job, a target VM and a multi-VM group are read where there are some', async () => {
    const scenario = { scenarioName: 'UnplannedFailover', jobId: `${vault}/replicationJobs/${job}` }
    const answer = await itemsOf(
      listedItem(
        { currentScenario: scenario },
        { recoveryFabricObjectId: '/subscriptions/t', multiVmGroupName: 'sql' },
      ),
    )
    expect(answer).toMatchObject({ value: [{ currentJob: job, targetVmId: '/subscriptions/t', multiVmGroup: 'sql' }] })
  })

  test.each([
    ['nulls', { allowedOperations: null, currentScenario: null, replicationHealth: null }],
    ['a missing provider part', { providerSpecificDetails: undefined }],
    ['words and fields that are new', { protectionState: 'Teleporting', extra: { a: 1 }, activeLocation: 'Moon' }],
    ['numbers where there were words', { replicationHealth: 3, allowedOperations: 'none' }],
  ])('%s do not make the list unreadable', async (_, changes) => {
    const answer = await itemsOf(listedItem(changes))
    expect(answer).toMatchObject({ kind: 'ok', value: [{ vmName: 'avd-pers-001' }] })
  })

  test.each([
    ['id', { ...listedItem(), id: null }],
    ['name', { ...listedItem(), name: undefined }],
    ["VM's name", listedItem({ friendlyName: '' })],
    ['anything', null],
  ])('an item without %s makes the list unreadable, for it would look deleted', async (_, broken) => {
    expect(await itemsOf(listedItem(), broken)).toMatchObject({ kind: 'refused', fault: { code: 'unreadable' } })
  })
})

const listedJob = (name: string, startTime: string | null, changes: object = {}) => ({
  id: `${vault}/replicationJobs/${name}`,
  name,
  properties: {
    scenarioName: 'UnplannedFailover',
    state: 'InProgress',
    startTime,
    targetObjectName: 'avd-pers-001',
    ...changes,
  },
})

describe('jobs', () => {
  test('a failed failover tells its item and the code of what went wrong', async () => {
    const failed = listedJob(job, '2026-03-14T21:00:01.1234567Z', {
      state: 'Failed',
      errors: [
        {
          serviceErrorDetails: { code: 28031, message: 'Failed to create virtual machine' },
          providerErrorDetails: null,
        },
      ],
      customDetails: { instanceType: 'FailoverJobDetails', protectedItemDetails: [{ name: 'YtSLUmr1siw' }] },
    })
    const { gateways } = scripted(() => ({ status: 200, body: { value: [failed] } }))
    expect(await gateways.siteRecovery.jobs(vault)).toEqual({
      kind: 'ok',
      value: [
        {
          name: job,
          scenario: 'UnplannedFailover',
          state: 'failed',
          target: 'avd-pers-001',
          items: ['YtSLUmr1siw'],
          startedAt: Date.parse('2026-03-14T21:00:01.123Z'),
          errorCode: '28031',
          errorMessage: 'Failed to create virtual machine',
        },
      ],
    })
  })

  test.each([
    ['Succeeded', 'succeeded'],
    ['CompletedWithInformation', 'succeeded'],
    ['Failed', 'failed'],
    ['Cancelled', 'cancelled'],
    ['Cancelling', 'running'],
    ['Suspended', 'running'],
    ['SomethingNew', 'running'],
    [null, 'running'],
  ])('state %s is %s', async (state, expected) => {
    const { gateways } = scripted(() => ({
      status: 200,
      body: { value: [listedJob('a', '2026-03-14T21:00:00Z', { state })] },
    }))
    expect(await gateways.siteRecovery.jobs(vault)).toMatchObject({ value: [{ state: expected }] })
  })

  test('an error that only a task reports is found, and the item a reprotect makes', async () => {
    const { gateways } = scripted(() => ({
      status: 200,
      body: {
        value: [
          listedJob('a', '2026-03-14T21:00:00Z', {
            errors: [],
            tasks: [{ errors: null }, { errors: [{ providerErrorDetails: { errorCode: 'AllocationFailed' } }] }],
            customDetails: { newReplicationProtectedItemId: `${item}` },
          }),
        ],
      },
    }))
    expect(await gateways.siteRecovery.jobs(vault)).toMatchObject({
      value: [{ errorCode: 'AllocationFailed', items: ['YtSLUmr1siw'] }],
    })
  })

  test('pages older than a day are not read, unset times do not count as old', async () => {
    const page = (skip: string) => `${endpoint}${vault}/replicationJobs?api-version=2023-06-01&skip=${skip}`
    const pages: Record<string, unknown> = {
      '': {
        value: [listedJob('queued', '0001-01-01T00:00:00'), listedJob('new', '2026-03-14T21:00:00Z')],
        nextLink: page('1'),
      },
      '1': { value: [listedJob('old', '2026-03-13T20:00:00Z', { state: 'Succeeded' })], nextLink: page('2') },
      '2': { value: [listedJob('older', '2026-03-12T20:00:00Z', { state: 'Failed' })] },
    }
    const { gateways, sent } = scripted(({ url }) => ({
      status: 200,
      body: pages[new URL(url).searchParams.get('skip') ?? ''],
    }))
    const answer = await gateways.siteRecovery.jobs(vault)
    expect(answer.kind === 'ok' && answer.value.map(({ name }) => name)).toEqual(['queued', 'new'])
    expect(sent).toHaveLength(3)

    pages[''] = { value: [listedJob('new', '2026-03-14T21:00:00Z')], nextLink: page('1') }
    await gateways.siteRecovery.jobs(vault)
    expect(sent).toHaveLength(5)
  })
})
