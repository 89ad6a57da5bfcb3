import { describe, expect, test } from 'vitest'
import { endpoint, scripted, subscription } from './support.ts'

const group = `/subscriptions/${subscription}/resourceGroups/rg-avd/providers/Microsoft.DesktopVirtualization`
const pool = `${group}/hostPools/hp-pri`
const hostId = `/subscriptions/${subscription}/resourcegroups/rg-avd/providers/Microsoft.DesktopVirtualization/hostpools/hp-pri/sessionhosts/avd-pri-001`

const listedHost = (properties: object = {}) => ({
  name: 'hp-pri/avd-pri-001',
  id: hostId,
  type: 'Microsoft.DesktopVirtualization/hostpools/sessionhosts',
  properties: {
    friendlyName: null,
    lastHeartBeat: '2026-03-07T14:57:29.73Z',
    sessions: 2,
    allowNewSession: true,
    assignedUser: null,
    status: 'Available',
    sessionHostHealthCheckResults: [{ healthCheckName: 'TURNRelayAccessHealthCheck', healthCheckResult: 'New' }],
    resourceId: `/subscriptions/${subscription}/resourceGroups/rg-avd/providers/Microsoft.Compute/virtualMachines/avd-pri-001`,
    ...properties,
  },
})

const listing = (...value: unknown[]) => scripted(() => ({ status: 200, body: { value, nextLink: null } })).gateways.avd

describe('session hosts', () => {
  test('a real host is read, its name without the pool', async () => {
    expect(await listing(listedHost()).sessionHosts(pool)).toEqual({
      kind: 'ok',
      value: [
        {
          id: hostId,
          name: 'avd-pri-001',
          status: 'Available',
          allowNewSession: true,
          sessions: 2,
          lastHeartbeat: Date.parse('2026-03-07T14:57:29.730Z'),
          vmId: `/subscriptions/${subscription}/resourceGroups/rg-avd/providers/Microsoft.Compute/virtualMachines/avd-pri-001`,
        },
      ],
    })
  })

  test.each([
    ['a status that is new', { status: 'Hibernating' }, { status: 'Hibernating' }],
    ['a status that is null', { status: null }, { status: 'Unknown' }],
    ['no heartbeat', { lastHeartBeat: null }, { name: 'avd-pri-001' }],
    ['health checks that are not a list', { sessionHostHealthCheckResults: 'none' }, { name: 'avd-pri-001' }],
    ['an assigned user', { assignedUser: 'anna@contoso.com' }, { assignedUser: 'anna@contoso.com' }],
    ['sessions as null', { sessions: null }, { sessions: 0 }],
  ])('%s does not make the list unreadable', async (_, properties, expected) => {
    expect(await listing(listedHost(properties)).sessionHosts(pool)).toMatchObject({ kind: 'ok', value: [expected] })
  })

  test('ids in capitals keep the name as the service wrote it', async () => {
    const loud = { ...listedHost(), id: hostId.toUpperCase() }
    expect(await listing(loud).sessionHosts(pool)).toMatchObject({ value: [{ name: 'avd-pri-001' }] })
  })

  test('all pages are read', async () => {
    const nextLink = `${endpoint}/page?api-version=2024-04-03&skip=1`
    const { gateways, sent } = scripted(({ url }) => ({
      status: 200,
      body: {
        value: [{ ...listedHost(), name: `hp-pri/${sent.length}` }],
        nextLink: url === nextLink ? null : nextLink,
      },
    }))
    const answer = await gateways.avd.sessionHosts(pool)
    expect(answer.kind === 'ok' && answer.value.map(({ name }) => name)).toEqual(['1', '2'])
  })

  test('draining changes nothing but new sessions', async () => {
    const { gateways, sent, fence } = scripted(() => ({ status: 200, body: listedHost() }))
    await gateways.avd.setAllowNewSession(pool, 'avd-pri-001.contoso.com', false, fence)
    expect(sent).toMatchObject([
      {
        method: 'PATCH',
        url: `${endpoint}${pool}/sessionHosts/avd-pri-001.contoso.com?api-version=2024-04-03`,
        body: { properties: { allowNewSession: false } },
      },
    ])
  })
})

describe('host pool', () => {
  const body = {
    id: pool,
    name: 'hp-pri',
    location: 'uksouth',
    properties: { hostPoolType: 'pooled', startVMOnConnect: true, maxSessionLimit: 12 },
  }

  test('is read', async () => {
    const { gateways } = scripted(() => ({ status: 200, body }))
    expect(await gateways.avd.hostPool(pool)).toEqual({
      kind: 'ok',
      value: {
        id: pool,
        name: 'hp-pri',
        location: 'uksouth',
        type: 'Pooled',
        startVmOnConnect: true,
        maxSessionLimit: 12,
        settings: { maxSessionLimit: '12' },
      },
    })
  })

  test.each([
    ['without an id', { ...body, id: null }],
    ["that is a proxy's page", '<html></html>'],
  ])('%s is unreadable', async (_, answer) => {
    const { gateways } = scripted(() => ({ status: 200, body: answer }))
    expect(await gateways.avd.hostPool(pool)).toMatchObject({ kind: 'refused', fault: { code: 'unreadable' } })
  })

  test('Start VM on Connect is switched alone', async () => {
    const { gateways, sent, fence } = scripted(() => ({ status: 200, body }))
    await gateways.avd.setStartVmOnConnect(pool, false, fence)
    expect(sent[0]?.body).toEqual({ properties: { startVMOnConnect: false } })
  })

  test('an id that is none is refused unsent', async () => {
    const { gateways, sent } = scripted(() => ({ status: 200, body }))
    expect(await gateways.avd.hostPool('hp-pri')).toMatchObject({ fault: { code: 'rejected' } })
    expect(sent).toHaveLength(0)
  })
})

describe('user sessions', () => {
  const id = `${hostId.replace('avd-pri-001', 'avd-pri-001.contoso.com')}/usersessions/3`
  const session = {
    id,
    name: 'hp-pri/avd-pri-001.contoso.com/3',
    properties: { userPrincipalName: 'anna@contoso.com', sessionState: 'Active' },
  }

  test('are read with host and user', async () => {
    expect(await listing(session, { ...session, name: null, properties: null }).userSessions(pool)).toEqual({
      kind: 'ok',
      value: [
        { id, host: 'avd-pri-001.contoso.com', user: 'anna@contoso.com', state: 'Active' },
        { id, host: 'avd-pri-001.contoso.com', user: 'unknown', state: 'Unknown' },
      ],
    })
  })

  test('are told and signed out by force', async () => {
    const { gateways, sent, fence } = scripted(() => ({ status: 200 }))
    await gateways.avd.sendMessage(id, 'Moving', 'Please save', fence)
    await gateways.avd.signOut(id, fence)
    const path = `${endpoint}/subscriptions/${subscription}/resourceGroups/rg-avd/providers/Microsoft.DesktopVirtualization/hostPools/hp-pri/sessionHosts/avd-pri-001.contoso.com/userSessions/3`
    expect(sent).toMatchObject([
      {
        method: 'POST',
        url: `${path}/sendMessage?api-version=2024-04-03`,
        body: { messageTitle: 'Moving', messageBody: 'Please save' },
      },
      { method: 'DELETE', url: `${path}?api-version=2024-04-03&force=true` },
    ])
  })

  test.each([
    ['a session that is gone is signed out', 'ResourceNotFound', 'ok'],
    ['an address nobody knows is not', 'InvalidResourceType', 'refused'],
  ])('%s', async (_, code, kind) => {
    const { gateways, fence } = scripted(() => ({ status: 404, body: { error: { code, message: 'not found' } } }))
    expect((await gateways.avd.signOut(id, fence)).kind).toBe(kind)
  })
})

describe('scaling plans', () => {
  const other = `${group}/hostPools/hp-other`
  const planBody = (...references: [string, boolean][]) => ({
    id: `${group}/scalingPlans/sp`,
    name: 'sp',
    properties: {
      exclusionTag: 'no-scaling',
      hostPoolReferences: references.map(([hostPoolArmPath, scalingPlanEnabled]) => ({
        hostPoolArmPath,
        scalingPlanEnabled,
      })),
    },
  })
  const plan = { id: `${group}/scalingPlans/sp`, name: 'sp', pools: [{ hostPoolId: pool, enabled: true }] }

  test('are read with their pools and tag', async () => {
    expect(await listing(planBody([pool, true])).scalingPlans(pool)).toEqual({
      kind: 'ok',
      value: [{ ...plan, exclusionTag: 'no-scaling' }],
    })
  })

  test('one pool is switched, the others stay as they are now, whatever we read before', async () => {
    const { gateways, sent, fence } = scripted(() => ({
      status: 200,
      body: planBody([pool.toUpperCase(), true], [other, true]),
    }))
    expect((await gateways.avd.setScalingPlanEnabled(plan, pool, false, fence)).kind).toBe('ok')
    expect(sent.map(({ method }) => method)).toEqual(['GET', 'PATCH'])
    expect(sent[1]?.body).toEqual({
      properties: {
        hostPoolReferences: [
          { hostPoolArmPath: pool.toUpperCase(), scalingPlanEnabled: false },
          { hostPoolArmPath: other, scalingPlanEnabled: true },
        ],
      },
    })
  })

  test.each([
    ['a pool that was taken out needs no switching off', false, 'ok'],
    ['a pool that was taken out is not put back', true, 'refused'],
  ])('%s', async (_, enabled, kind) => {
    const { gateways, sent, fence } = scripted(() => ({ status: 200, body: planBody([other, true]) }))
    expect((await gateways.avd.setScalingPlanEnabled(plan, pool, enabled, fence)).kind).toBe(kind)
    expect(sent).toHaveLength(1)
  })
})

test('application groups tell their pool and kind', async () => {
  const body = (type: unknown) => ({
    id: `${group}/applicationGroups/ag`,
    name: 'ag',
    properties: { hostPoolArmPath: pool, applicationGroupType: type },
  })
  const answer = await listing(body('Desktop'), body('RemoteApp'), body('Hologram'), body(null)).applicationGroups(
    subscription,
    'rg-avd',
  )
  expect(answer.kind === 'ok' && answer.value.map(({ type }) => type)).toEqual([
    'Desktop',
    'RemoteApp',
    'other',
    'other',
  ])
})
