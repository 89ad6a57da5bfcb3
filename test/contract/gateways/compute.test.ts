import { describe, expect, test } from 'vitest'
import { endpoint, scripted, subscription } from './support.ts'

const group = `/subscriptions/${subscription}/resourceGroups/rg-avd`
const id = `${group}/providers/Microsoft.Compute/virtualMachines/avd-pri-001`
const status = (...codes: unknown[]) => ({
  statuses: codes.map((code) => ({ code, level: 'Info', displayStatus: 'x' })),
})
const vmBody = (properties: object = {}, rest: object = {}) => ({
  id,
  name: 'avd-pri-001',
  location: 'uksouth',
  zones: ['2'],
  tags: { owner: 'avd', empty: '' },
  properties: {
    hardwareProfile: { vmSize: 'Standard_D4s_v5' },
    provisioningState: 'Succeeded',
    instanceView: status('ProvisioningState/succeeded', 'PowerState/running'),
    ...properties,
  },
  ...rest,
})

describe('a VM', () => {
  test('is read with size, zone, tags and power', async () => {
    const { gateways, sent } = scripted(() => ({ status: 200, body: vmBody() }))
    expect(await gateways.compute.vm(id)).toEqual({
      kind: 'ok',
      value: {
        id,
        name: 'avd-pri-001',
        location: 'uksouth',
        size: 'Standard_D4s_v5',
        zone: '2',
        power: 'running',
        tags: { owner: 'avd', empty: '' },
      },
    })
    expect(sent[0]?.url).toContain('%24expand=instanceView')
  })

  test.each([
    ['PowerState/deallocated', 'deallocated'],
    ['powerstate/Deallocating', 'deallocating'],
    ['PowerState/hibernated', 'unknown'],
    [null, 'unknown'],
  ])('power %s is %s', async (code, power) => {
    const { gateways } = scripted(() => ({ status: 200, body: vmBody({ instanceView: status(code) }) }))
    expect(await gateways.compute.vm(id)).toMatchObject({ kind: 'ok', value: { power } })
  })

  test.each([
    [
      'after a failover, with no status, tags or zones',
      vmBody({ instanceView: undefined }, { tags: null, zones: null }),
    ],
    ['with fields that are new', vmBody({ teleport: { to: 'moon' } })],
    [
      'with nulls all over',
      vmBody({ hardwareProfile: null, storageProfile: null, instanceView: null, osProfile: null }),
    ],
  ])('%s is still read', async (_, body) => {
    const { gateways } = scripted(() => ({ status: 200, body }))
    expect(await gateways.compute.vm(id)).toMatchObject({ kind: 'ok', value: { name: 'avd-pri-001' } })
  })

  test('without an id is unreadable', async () => {
    const { gateways } = scripted(() => ({ status: 200, body: vmBody({}, { id: null }) }))
    expect(await gateways.compute.vm(id)).toMatchObject({ kind: 'refused', fault: { code: 'unreadable' } })
  })

  test('is started, deallocated and tagged by one request each', async () => {
    const { gateways, sent, fence } = scripted(() => ({
      status: 202,
      headers: { location: `${endpoint}/x`, 'retry-after': '10' },
    }))
    await gateways.compute.start(id, fence)
    await gateways.compute.deallocate(id, fence)
    await gateways.compute.assessPatches(id, fence)
    await gateways.compute.installPatches(id, fence)
    await gateways.compute.setTags(id, { a: 'b' }, fence)
    const url = (action: string) => `${endpoint}${id}${action}?api-version=2026-04-01`
    expect(sent.map(({ method, url: to, body }) => [method, to, body])).toEqual([
      ['POST', url('/start'), undefined],
      ['POST', url('/deallocate'), undefined],
      ['POST', url('/assessPatches'), undefined],
      [
        'POST',
        url('/installPatches'),
        {
          maximumDuration: 'PT2H',
          rebootSetting: 'IfRequired',
          windowsParameters: { classificationsToInclude: ['Critical', 'Security'] },
        },
      ],
      ['PATCH', url(''), { tags: { a: 'b' } }],
    ])
  })

  test("over quota is told as such, with Azure's word", async () => {
    const message = 'Operation could not be completed as it results in exceeding approved Total Regional Cores quota.'
    const { gateways, fence } = scripted(() => ({
      status: 409,
      body: { error: { code: 'OperationNotAllowed', message } },
    }))
    expect(await gateways.compute.start(id, fence)).toEqual({
      kind: 'refused',
      fault: { code: 'noQuota', message: `${message} (HTTP 409)`, retryable: false, azureCode: 'OperationNotAllowed' },
    })
  })

  test("throttled by Compute is told although its body has no 'error'", async () => {
    const body = {
      code: 'OperationNotAllowed',
      message: 'too many requests',
      details: [{ code: 'TooManyRequests', target: 'HighCostGet' }],
    }
    const { gateways } = scripted(() => ({ status: 429, headers: { 'retry-after': '60' }, body }))
    expect(await gateways.compute.powerStates(subscription)).toMatchObject({
      fault: { code: 'throttled', retryable: true, retryAfter: 60_000, azureCode: 'OperationNotAllowed' },
    })
  })
})

describe('patches of a VM', () => {
  const read = async (patchStatus: unknown) => {
    const instanceView = { ...status('PowerState/running'), patchStatus }
    const { gateways } = scripted(() => ({ status: 200, body: vmBody({ instanceView }) }))
    const answer = await gateways.compute.vm(id)
    return answer.kind === 'ok' ? answer.value.patches : answer
  }

  test('are read with the time and the counts of each run', async () => {
    const patches = await read({
      availablePatchSummary: {
        status: 'Succeeded',
        criticalAndSecurityPatchCount: 2,
        otherPatchCount: 1,
        startTime: '2026-03-14T21:10:00.1234567+00:00',
        error: { code: 'Success', message: '0 error/s reported.' },
      },
      lastPatchInstallationSummary: {
        status: 'CompletedWithWarnings',
        installedPatchCount: 4,
        failedPatchCount: 1,
        pendingPatchCount: 0,
        startTime: '2026-03-01T00:00:00Z',
        error: { code: 'PatchFailed', message: 'x' },
      },
    })
    expect(patches).toEqual({
      assessment: {
        status: 'Succeeded',
        startedAt: Date.parse('2026-03-14T21:10:00.123Z'),
        text: '2 critical and security patches missing, 1 others',
        errorCode: 'Success',
      },
      installation: {
        status: 'CompletedWithWarnings',
        startedAt: Date.parse('2026-03-01T00:00:00Z'),
        text: '4 patches installed, 1 failed, 0 pending',
        errorCode: 'PatchFailed',
      },
    })
  })

  test.each([
    ['nobody has looked for', null, undefined],
    ['with nothing in it', {}, undefined],
    ['with words that are missing', { availablePatchSummary: { status: null } }, { assessment: { status: 'Unknown' } }],
  ])('%s are no error', async (_, patchStatus, wanted) => {
    const patches = await read(patchStatus)
    if (wanted === undefined) expect(patches).toBeUndefined()
    else expect(patches).toMatchObject(wanted)
  })
})

test("a group's VMs come page by page, their power left to the status listing", async () => {
  const next = `${endpoint}${group}/providers/Microsoft.Compute/virtualMachines?api-version=2026-04-01&$skiptoken=2`
  const { gateways, sent } = scripted(({ url }) => ({
    status: 200,
    body: url.includes('skiptoken')
      ? { value: [vmBody({}, { id: `${id}-2`, name: 'avd-pri-002' })] }
      : { value: [vmBody({ instanceView: status('PowerState/running') })], nextLink: next },
  }))
  const answer = await gateways.compute.vms(subscription, 'rg-avd')
  expect(answer.kind === 'ok' && answer.value.map(({ name }) => name)).toEqual(['avd-pri-001', 'avd-pri-002'])
  expect(sent.map(({ url }) => url)).toEqual([
    `${endpoint}${group}/providers/Microsoft.Compute/virtualMachines?api-version=2026-04-01`,
    next,
  ])
})

describe('a VM of a list', () => {
  const read = async (storageProfile: unknown, others: object = {}) => {
    const { gateways } = scripted(() => ({ status: 200, body: { value: [vmBody({ storageProfile, ...others })] } }))
    const answer = await gateways.compute.vms(subscription, 'rg-avd')
    return answer.kind === 'ok' ? answer.value[0] : answer
  }
  const gallery = `${group}/providers/Microsoft.Compute/galleries/g/images/win11`

  test.each([
    ['of a version of an image', { id: `${gallery}/versions/1.2.3` }, { image: `${gallery}/versions/1.2.3` }],
    ['of the newest version', { id: gallery, exactVersion: '1.2.3' }, { image: gallery, imageVersion: '1.2.3' }],
    [
      'of the marketplace',
      { publisher: 'p', offer: 'o', sku: 's', version: 'latest', exactVersion: '9.1' },
      { image: 'p/o/s/latest', imageVersion: '9.1' },
    ],
  ])('says what it was made of: %s', async (_, imageReference, wanted) => {
    expect(await read({ imageReference })).toMatchObject(wanted)
  })

  test('that Site Recovery has made has no image, and one that is off no kind of disk', async () => {
    const vm = await read({ imageReference: null, osDisk: { managedDisk: { id: '/disk' } } })
    expect(vm).not.toHaveProperty('image')
    expect(vm).not.toHaveProperty('osDiskSku')
  })

  test.each([
    [{ managedDisk: { storageAccountType: 'Premium_LRS' } }, 'Premium_LRS'],
    [{ diffDiskSettings: { option: 'Local' }, managedDisk: { storageAccountType: 'Standard_LRS' } }, 'Ephemeral'],
  ])('says of which kind its disk is: %o', async (osDisk, osDiskSku) => {
    expect(await read({ osDisk })).toMatchObject({ osDiskSku })
  })

  test('says where its room is kept', async () => {
    const others = {
      availabilitySet: { id: '/AvailabilitySets/A' },
      capacityReservation: { capacityReservationGroup: { id: '/groups/crg' } },
    }
    expect(await read({}, others)).toMatchObject({
      availabilitySetId: '/AvailabilitySets/A',
      capacityReservationGroup: '/groups/crg',
    })
  })
})

test('power states are found by the id in lower case', async () => {
  const entry = (vm: string, code: string) => ({ id: vm, name: 'x', properties: { instanceView: status(code) } })
  const { gateways } = scripted(() => ({
    status: 200,
    body: { value: [entry(id, 'PowerState/starting'), entry(`${id}B`, 'new')] },
  }))
  const answer = await gateways.compute.powerStates(subscription)
  expect(answer.kind === 'ok' && [...answer.value]).toEqual([
    [id.toLowerCase(), 'starting'],
    [`${id}B`.toLowerCase(), 'unknown'],
  ])
})

test.each([
  [
    'a quota is read',
    { name: { value: 'standardDSv5Family', localizedValue: 'x' }, currentValue: 40, limit: 100, unit: 'Count' },
    'ok',
  ],
  [
    'half a quota is unreadable',
    { name: { value: 'cores' }, currentValue: null, limit: 100, unit: 'Count' },
    'refused',
  ],
])('%s', async (_, usage, kind) => {
  const { gateways } = scripted(() => ({ status: 200, body: { value: [usage] } }))
  const answer = await gateways.compute.quotas(subscription, 'ukwest')
  expect(answer.kind).toBe(kind)
  if (answer.kind === 'ok') expect(answer.value).toEqual([{ name: 'standardDSv5Family', used: 40, limit: 100 }])
})
