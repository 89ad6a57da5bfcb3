/** What fixes write: what is sent, and what the simulated Azure makes of it. */
import { describe, expect, test } from 'vitest'
import type { Answer } from '../../../src/lib/core/fault.ts'
import { simulated } from './simulated.ts'
import { endpoint, scripted, subscription } from './support.ts'

const inGroup = `/subscriptions/${subscription}/resourceGroups/rg-avd/providers/Microsoft.DesktopVirtualization`
const pool = `${inGroup}/hostPools/hp-sec`
const group = `${inGroup}/applicationGroups/rag-sec`
const application = `${group}/applications/notes`
const version = 'api-version=2024-04-03'
const okOf = <T>(answer: Answer<T>): T => {
  if (answer.kind !== 'ok') throw new Error(JSON.stringify(answer))
  return answer.value
}

describe('what is sent', () => {
  test.each<[string, string, unknown]>([
    ['loadBalancerType', 'DepthFirst', 'DepthFirst'],
    ['maxSessionLimit', '12', 12],
    ['validationEnvironment', 'false', false],
    ['customRdpProperty', '', ''],
    [
      'agentUpdate',
      '{"type":"Default","useSessionHostLocalTime":false}',
      { type: 'Default', useSessionHostLocalTime: false },
    ],
  ])('is %s alone, in its own type', async (name, value, written) => {
    const { gateways, sent, fence } = scripted(() => ({ status: 200, body: { id: pool, name: 'hp-sec' } }))
    expect((await gateways.avd.setPoolProperty(pool, name, value, fence)).kind).toBe('ok')
    expect(sent).toMatchObject([{ method: 'PATCH', url: `${endpoint}${pool}?${version}` }])
    expect(sent[0]?.body).toEqual({ properties: { [name]: written } })
  })

  test('leaves out of agent updates what is not set: Azure takes no null there', async () => {
    const { gateways, sent, fence } = scripted(() => ({ status: 200, body: { id: pool, name: 'hp-sec' } }))
    const value = '{"maintenanceWindowTimeZone":null,"type":"Default","useSessionHostLocalTime":false}'
    expect((await gateways.avd.setPoolProperty(pool, 'agentUpdate', value, fence)).kind).toBe('ok')
    expect(sent[0]?.body).toEqual({ properties: { agentUpdate: { type: 'Default', useSessionHostLocalTime: false } } })
  })

  test.each([
    ['registrationInfo', '{}'],
    ['startVMOnConnect', 'true'],
    ['hostPoolType', 'Pooled'],
    ['maxSessionLimit', 'many'],
    ['toString', 'x'],
  ])('is nothing for %s: no fix is to set that', async (name, value) => {
    const { gateways, sent, fence } = scripted(() => ({ status: 200, body: {} }))
    expect(await gateways.avd.setPoolProperty(pool, name, value, fence)).toMatchObject({
      kind: 'refused',
      fault: { code: 'rejected', retryable: false },
    })
    expect(sent).toEqual([])
  })

  test('empties texts of a group that are not wanted, and leaves tags and pool alone', async () => {
    const { gateways, sent, fence } = scripted(() => ({ status: 200, body: { id: group, name: 'rag-sec' } }))
    await gateways.avd.setApplicationGroup(group, { friendlyName: 'Office', showInFeed: 'true' }, fence)
    expect(sent[0]?.method).toBe('PATCH')
    expect(sent[0]?.body).toEqual({
      properties: { friendlyName: 'Office', description: '', showInFeed: true },
    })
  })

  test.each<[string, number, string | undefined, string]>([
    ['a 404 of the thing', 404, 'ResourceNotFound', 'none'],
    ['a 404 of its resource group', 404, 'ResourceGroupNotFound', 'refused'],
    ['a 404 of the subscription', 404, 'SubscriptionNotFound', 'refused'],
    ['a 403', 403, 'AuthorizationFailed', 'refused'],
    ['an answer without an id', 200, undefined, 'refused'],
  ])('%s is told apart from the others', async (_, status, code, wanted) => {
    const body = code === undefined ? {} : { error: { code, message: 'no' } }
    const { avd } = scripted(() => ({ status, body })).gateways
    for (const read of [avd.applicationGroup(group), avd.application(application)]) {
      const answer = await read
      expect(answer.kind === 'ok' && answer.value === undefined ? 'none' : answer.kind).toBe(wanted)
    }
  })

  test('an id of something else is asked of nobody', async () => {
    const { gateways, sent, fence } = scripted(() => ({ status: 200, body: {} }))
    expect((await gateways.avd.application('/subscriptions/x')).kind).toBe('refused')
    expect((await gateways.avd.putApplication('nonsense', {}, fence)).kind).toBe('refused')
    expect(sent).toEqual([])
  })
})

describe('before the simulated Azure', () => {
  const world = () => simulated({ pooledHosts: 2, users: 4, groups: 2, applicationGroups: 2 })

  test('a setting of a pool is there at once, and the others are as they were', async () => {
    const { gateways, ids, settled, fence, events } = world()
    const { hostPool } = ids.pooled.secondary
    const before = okOf(await settled(gateways.avd.hostPool(hostPool)))
    okOf(await settled(gateways.avd.setPoolProperty(hostPool, 'loadBalancerType', 'DepthFirst', fence())))
    okOf(await settled(gateways.avd.setPoolProperty(hostPool, 'maxSessionLimit', '7', fence())))
    const after = okOf(await settled(gateways.avd.hostPool(hostPool)))
    expect(after).toEqual({
      ...before,
      maxSessionLimit: 7,
      settings: { ...before.settings, loadBalancerType: 'DepthFirst', maxSessionLimit: '7' },
    })
    expect(events('poolPropertySet')).toMatchObject([{ name: 'loadBalancerType' }, { name: 'maxSessionLimit' }])
  })

  test('what Azure does not take is refused, and nothing of it is done', async () => {
    const { gateways, ids, settled, fence, events } = world()
    const { hostPool } = ids.pooled.secondary
    for (const [name, value] of [
      ['loadBalancerType', 'Sideways'],
      ['maxSessionLimit', '0'],
    ] as const)
      expect((await settled(gateways.avd.setPoolProperty(hostPool, name, value, fence()))).kind).toBe('refused')
    expect(events('poolPropertySet')).toEqual([])
  })

  test('a group is made, changed, filled, and read back as it was sent', async () => {
    const { gateways, ids, settled, fence, events } = world()
    const { avd } = gateways
    const { hostPool } = ids.pooled.secondary
    const id = `${ids.pooled.secondary.applicationGroups[1]}-new`
    const { location } = okOf(await settled(avd.hostPool(hostPool)))
    const settings = { friendlyName: 'Notes', showInFeed: 'false' }
    const made = { id, location, hostPoolId: hostPool, type: 'RemoteApp', settings } as const
    expect(okOf(await settled(avd.applicationGroup(id)))).toBeUndefined()
    okOf(await settled(avd.putApplicationGroup(made, fence())))
    expect(okOf(await settled(avd.applicationGroup(id)))).toMatchObject({ type: 'RemoteApp', settings })
    okOf(await settled(avd.setApplicationGroup(id, { description: 'x', showInFeed: 'true' }, fence())))
    expect(okOf(await settled(avd.applicationGroup(id)))?.settings).toEqual({ description: 'x', showInFeed: 'true' })

    const one = `${id}/applications/notes`
    const wanted = { commandLineSetting: 'DoNotAllow', filePath: 'C:\\notes.exe', iconIndex: '3', showInPortal: 'true' }
    expect(okOf(await settled(avd.application(one)))).toBeUndefined()
    okOf(await settled(avd.putApplication(one, wanted, fence())))
    expect(okOf(await settled(avd.application(one)))?.settings).toMatchObject(wanted)
    expect(okOf(await settled(avd.applications(id))).map(({ name }) => name)).toEqual(['notes'])
    expect(events('applicationGroupPut').length + events('applicationPut').length).toBe(3)
  })

  test.each<
    [
      string,
      (ids: ReturnType<typeof world>['ids']) => { hostPoolId: string; location: string; type: 'Desktop' | 'RemoteApp' },
    ]
  >([
    [
      'of a pool that does not exist',
      ({ pooled }) => ({ hostPoolId: `${pooled.secondary.hostPool}x`, location: 'ukwest', type: 'RemoteApp' }),
    ],
    [
      'elsewhere than its pool',
      ({ pooled }) => ({ hostPoolId: pooled.secondary.hostPool, location: 'northeurope', type: 'RemoteApp' }),
    ],
    [
      'for desktops, beside the one there is',
      ({ pooled }) => ({ hostPoolId: pooled.secondary.hostPool, location: 'ukwest', type: 'Desktop' }),
    ],
  ])('a group %s is refused', async (_, traits) => {
    const { gateways, ids, settled, fence, events } = world()
    const id = `${ids.pooled.secondary.applicationGroups[1]}-new`
    const answer = await settled(gateways.avd.putApplicationGroup({ id, settings: {}, ...traits(ids) }, fence()))
    expect(answer.kind).toBe('refused')
    expect(events('applicationGroupPut')).toEqual([])
  })

  test('an application without a program, or in a group of desktops, is refused', async () => {
    const { gateways, ids, settled, fence, events } = world()
    const [desktops, apps] = ids.pooled.secondary.applicationGroups
    const whole = { commandLineSetting: 'DoNotAllow', filePath: 'C:\\notes.exe' }
    for (const [where, settings] of [
      [desktops, whole],
      [apps, { commandLineSetting: 'DoNotAllow' }],
      [apps, { filePath: 'x' }],
    ] as const)
      expect((await settled(gateways.avd.putApplication(`${where}/applications/notes`, settings, fence()))).kind).toBe(
        'refused',
      )
    expect(events('applicationPut')).toEqual([])
  })
})
