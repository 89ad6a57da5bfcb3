/**
 * Answers as recorded from Azure, where `SPECS_DIR` points into a copy of them (its sibling `samples`); otherwise the
 * same answers cut down to what matters. Either way the same is read from them.
 */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { sessionHostOf } from '../../../src/lib/azure/avd-shapes.ts'
import { reprotectInputOf } from '../../../src/lib/azure/reprotect-input.ts'
import { replicatedItemOf, replicationJobOf } from '../../../src/lib/azure/site-recovery-shapes.ts'

const specs = process.env.SPECS_DIR
const recorded = (file: string, small: unknown): unknown =>
  specs ? JSON.parse(readFileSync(`${specs}/../samples/${file}`, 'utf8')) : small

const subscription = '/subscriptions/00000000-0000-4000-8000-000000000001'
const vm = 'providers/microsoft.compute/virtualmachines/avd-pers-001'

test('a session host: nulls, the pool in front of its name, lower-case types in its id', () => {
  const host = recorded('avd-sessionhost-get-real.json', {
    name: 'hp-pri/avd-pri-001',
    id: `${subscription}/resourcegroups/rg-avd/providers/Microsoft.DesktopVirtualization/hostpools/hp-pri/sessionhosts/avd-pri-001`,
    properties: {
      lastHeartBeat: '2026-03-07T14:57:29.73Z',
      assignedUser: null,
      status: 'Available',
      allowNewSession: false,
    },
  })
  expect(sessionHostOf(host)).toMatchObject({
    name: 'avd-pri-001',
    status: 'Available',
    allowNewSession: false,
    sessions: 0,
    lastHeartbeat: Date.UTC(2026, 2, 7, 14, 57, 29, 730),
  })
  expect(sessionHostOf(host)).not.toHaveProperty('assignedUser')
})

test('a protected item: no target VM yet, no job, no group', () => {
  const item = recorded('asr-rpi-protected-get.json', {
    id: `${subscription.replace('/s', '/S')}/resourceGroups/rg/x`,
    name: 'YtSLUmr1siwOhCNihjyTaOjo3bXTQoCCN96TnEVq5fM',
    properties: {
      friendlyName: 'avd-pers-001',
      protectionState: 'Protected',
      activeLocation: 'Primary',
      allowedOperations: ['UnplannedFailover', 'DisableProtection', 'TestFailover'],
      currentScenario: { scenarioName: 'None', jobId: 'x/replicationJobs/None' },
      providerSpecificDetails: {
        fabricObjectId: `${subscription}/resourcegroups/rg-avd-pers/${vm}`,
        recoveryFabricObjectId: null,
        multiVmGroupName: '',
        recoveryAzureResourceGroupId: `${subscription}/resourceGroups/rg-avd-pers-asr`,
        recoveryAzureVMSize: 'Standard_DS1_v2',
        recoveryAvailabilityZone: null,
        recoveryCapacityReservationGroupId: null,
        vmNics: [
          {
            recoveryVMNetworkId: `${subscription}/resourcegroups/rg-avd-pers-asr/providers/microsoft.network/virtualnetworks/vnet-avd-asr`,
            ipConfigs: [{ recoverySubnetName: 'default' }],
          },
        ],
      },
    },
  })
  const read = replicatedItemOf(item)
  expect(read).toMatchObject({
    vmName: 'avd-pers-001',
    protectionState: 'Protected',
    allowedOperations: ['UnplannedFailover', 'DisableProtection', 'TestFailover'],
    sourceVmId: `${subscription}/resourcegroups/rg-avd-pers/${vm}`,
    targetSize: 'Standard_DS1_v2',
    targetSubnets: ['rg-avd-pers-asr/vnet-avd-asr/default'],
  })
  for (const absent of ['targetVmId', 'currentJob', 'multiVmGroup', 'targetZone', 'capacityReservationGroup'])
    expect(read).not.toHaveProperty(absent)
})

test('a committed item: active in the recovery region, with its new VM', () => {
  const list = recorded('asr-rpi-committed-list.json', {
    value: [
      {
        id: 'x',
        name: 'YtSLUmr1siwOhCNihjyTaOjo3bXTQoCCN96TnEVq5fM',
        properties: {
          friendlyName: 'avd-pers-001',
          protectionState: 'UnplannedFailoverCommitted',
          activeLocation: 'Recovery',
          providerSpecificDetails: { recoveryFabricObjectId: `${subscription}/resourcegroups/rg-avd-pers-asr/${vm}` },
        },
      },
    ],
  }) as { value: unknown[] }
  expect(replicatedItemOf(list.value[0])).toMatchObject({
    protectionState: 'UnplannedFailoverCommitted',
    activeLocation: 'Recovery',
    targetVmId: `${subscription}/resourcegroups/rg-avd-pers-asr/${vm}`,
  })
})

test('a failed failover job: its item, and the code of what failed', () => {
  const job = recorded('asr-job-unplannedfailover-failed.DERIVED.json', {
    name: '3fdd8b5e-8f11-4f3c-9a1b-0d2c7d6f0001',
    properties: {
      scenarioName: 'UnplannedFailover',
      state: 'Failed',
      targetObjectName: 'avd-pers-001',
      startTime: '2026-03-14T21:00:01.1234567Z',
      errors: [{ serviceErrorDetails: { code: '28031', message: 'x' }, providerErrorDetails: null }],
      customDetails: { protectedItemDetails: [{ name: 'YtSLUmr1siwOhCNihjyTaOjo3bXTQoCCN96TnEVq5fM' }] },
    },
  })
  expect(replicationJobOf(job)).toMatchObject({
    name: '3fdd8b5e-8f11-4f3c-9a1b-0d2c7d6f0001',
    state: 'failed',
    target: 'avd-pers-001',
    items: ['YtSLUmr1siwOhCNihjyTaOjo3bXTQoCCN96TnEVq5fM'],
    startedAt: Date.UTC(2026, 2, 14, 21, 0, 1, 123),
    errorCode: '28031',
  })
})

test('protecting a committed item again asks for what Azure was asked for when it was recorded', () => {
  const disk = { recoveryReplicaDiskAccountType: 'Premium_LRS', recoveryTargetDiskAccountType: 'Premium_LRS' }
  const away = `${subscription}/resourceGroups/rg-avd-pers-asr/providers/Microsoft.Compute/disks/avd-pers-001_OsDisk_1`
  const container = `${subscription.replace('/s', '/S')}/resourceGroups/rg/vault/replicationProtectionContainers/south`
  const item = recorded('asr-rpi-committed-get.json', {
    id: `${container}/replicationProtectedItems/YtSLUmr1siwOhCNihjyTaOjo3bXTQoCCN96TnEVq5fM`,
    name: 'YtSLUmr1siwOhCNihjyTaOjo3bXTQoCCN96TnEVq5fM',
    properties: {
      policyId: '/policy',
      providerSpecificDetails: {
        instanceType: 'A2A',
        fabricObjectId: `${subscription}/resourcegroups/rg-avd-pers/${vm}`,
        protectedManagedDisks: [{ recoveryTargetDiskId: away, ...disk }],
      },
    },
  })
  const home = `${subscription}/resourceGroups/rg-avd-pers`
  const cache = `${subscription}/resourceGroups/rg-dr-vault/providers/Microsoft.Storage/storageAccounts/asrcacheukwest`
  const asked = recorded('asr-switchprotection-202.json', {
    request: {
      body: {
        properties: {
          replicationProtectedItemName: 'YtSLUmr1siwOhCNihjyTaOjo3bXTQoCCN96TnEVq5fM',
          providerSpecificDetails: {
            instanceType: 'A2A',
            recoveryContainerId: container,
            vmDisks: [],
            vmManagedDisks: [
              { diskId: away, primaryStagingAzureStorageAccountId: cache, recoveryResourceGroupId: home, ...disk },
            ],
            recoveryResourceGroupId: home,
            policyId: '/policy',
          },
        },
      },
    },
  }) as { request: { body: { properties: unknown } } }
  const plain = (value: unknown) => JSON.parse(JSON.stringify(value).toLowerCase())
  expect(plain(reprotectInputOf(item, { cacheStorageId: cache }))).toEqual(plain(asked.request.body.properties))
})

test('when an item was failed over, unless Site Recovery writes a time for never', () => {
  const item = (lastSuccessfulFailoverTime: unknown) =>
    replicatedItemOf({ id: 'x', name: 'n', properties: { friendlyName: 'v', lastSuccessfulFailoverTime } })
  expect(item('2025-04-09T08:37:42.6483072Z')?.failedOverAt).toBe(Date.UTC(2025, 3, 9, 8, 37, 42, 648))
  for (const never of ['0001-01-01T00:00:00', '1753-01-01T01:01:01Z', null, undefined, ''])
    expect(item(never)).not.toHaveProperty('failedOverAt')
})
