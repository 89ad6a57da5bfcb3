import { describe, expect, test } from 'vitest'
import { makeToken, tokensMade } from '../../../sim/estate/registration.ts'
import { idKey } from '../../../src/lib/core/arm-id.ts'
import { hours } from '../../../src/lib/core/time.ts'
import { jsonOf } from '../kernel-world.ts'
import { faultsBySpec } from '../sim-world.ts'
import { simulated } from './simulated.ts'
import { endpoint, now, type Reply, scripted, subscription } from './support.ts'

const group = `/subscriptions/${subscription}/resourceGroups/rg-avd`
const pool = `${group}/providers/Microsoft.DesktopVirtualization/hostPools/hp`
const id = `${group}/providers/Microsoft.Resources/deployments/avd-failover-vm-1-abc`
const template = `${group}/providers/Microsoft.Resources/templateSpecs/host/versions/1.0`
const okOf = <T>(answer: { readonly kind: string; readonly value?: T }): T => {
  if (answer.kind !== 'ok') throw new Error(JSON.stringify(answer))
  return answer.value as T
}

describe('a deployment', () => {
  test('is one request: the template by its id, each parameter as a value', async () => {
    const { gateways, sent, fence } = scripted(() => ({ status: 201, body: {} }))
    const answer = await gateways.deployments.deploy(id, template, { vmName: 'vm-1', registrationToken: 't' }, fence)
    expect(answer).toEqual({ kind: 'ok', value: undefined })
    expect(sent).toMatchObject([
      {
        method: 'PUT',
        url: `${endpoint}${id}?api-version=2025-04-01`,
        body: {
          properties: {
            mode: 'Incremental',
            templateLink: { id: template },
            parameters: { vmName: { value: 'vm-1' }, registrationToken: { value: 't' } },
          },
        },
      },
    ])
  })

  test('is not sent behind its fence, and an answer that is lost leaves the outcome open', async () => {
    const late = scripted(() => ({ status: 201, body: {} }))
    late.pass(10_001)
    expect(await late.gateways.deployments.deploy(id, template, {}, late.fence)).toMatchObject({
      kind: 'refused',
      fault: { code: 'fenced' },
    })
    expect(late.sent).toEqual([])
    const lost = scripted(() => ({ broken: 'ECONNRESET' }))
    expect(await lost.gateways.deployments.deploy(id, template, {}, lost.fence)).toMatchObject({ kind: 'unknown' })
    expect(lost.sent).toHaveLength(1)
  })

  test.each(['/subscriptions/s', `${group}/providers/Microsoft.Resources/deployments/a b`])(
    'of a name like %s is not asked for',
    async (odd) => {
      const { gateways, sent } = scripted(() => ({ status: 200, body: {} }))
      expect(await gateways.deployments.deployment(odd)).toMatchObject({ kind: 'refused', fault: { code: 'rejected' } })
      expect(sent).toEqual([])
    },
  )

  const inner = { code: 'AllocationFailed', message: 'no room for eyJhbGciOi.secret-secret' }
  const failed = {
    code: 'DeploymentFailed',
    message: 'At least one',
    details: [{ code: 'ResourceDeploymentFailure', message: 'terminal', details: [inner] }],
  }
  const withState = (provisioningState: unknown, error?: object): Reply => ({
    status: 200,
    body: { id, properties: { provisioningState, ...(error && { error }) } },
  })
  test.each<[string, Reply, object]>([
    ['under way', withState('Running'), { value: { state: 'running' } }],
    ['in a state that is new to us is under way', withState('Waiting'), { value: { state: 'running' } }],
    ['that succeeded', withState('succeeded'), { value: { state: 'succeeded' } }],
    [
      'that failed says the innermost reason, and no token',
      withState('Failed', failed),
      {
        value: {
          state: 'failed',
          fault: {
            code: 'noCapacity',
            azureCode: 'AllocationFailed',
            message: 'no room for (a token)',
            retryable: true,
          },
        },
      },
    ],
    ['that was cancelled', withState('Canceled'), { value: { state: 'failed', fault: { code: 'jobFailed' } } }],
    ['without a state is not understood', withState(undefined), { fault: { code: 'unreadable' } }],
    [
      'that is not there',
      { status: 404, body: { error: { code: 'DeploymentNotFound', message: 'gone' } } },
      { kind: 'ok', value: undefined },
    ],
    [
      'whose resource group is not there tells nothing',
      { status: 404, body: { error: { code: 'ResourceGroupNotFound', message: 'gone' } } },
      { kind: 'refused', fault: { code: 'notFound' } },
    ],
    ['that cannot be read tells nothing', { broken: 'ECONNRESET' }, { kind: 'refused' }],
  ])('%s', async (_, reply, wanted) => {
    expect(await scripted(() => reply).gateways.deployments.deployment(id)).toMatchObject(wanted)
  })
})

describe('a registration token', () => {
  test('is made with its end, and then asked for', async () => {
    const { gateways, sent, fence } = scripted(({ method }) =>
      method === 'PATCH'
        ? { status: 200, body: { id: pool, name: 'hp', properties: {} } }
        : { status: 200, body: { token: 'eyJ.a.b', expirationTime: '2026-03-14T23:10:00Z' } },
    )
    expect(await gateways.avd.newRegistrationToken(pool, now + hours(2), fence)).toEqual({
      kind: 'ok',
      value: 'eyJ.a.b',
    })
    expect(sent.map(({ method, url }) => [method, new URL(url).pathname.split('/').at(-1)])).toEqual([
      ['PATCH', 'hp'],
      ['POST', 'retrieveRegistrationToken'],
    ])
    expect(sent[0]?.body).toEqual({
      properties: {
        registrationInfo: { expirationTime: '2026-03-14T23:10:00.000Z', registrationTokenOperation: 'Update' },
      },
    })
  })

  test('that does not come is a fault, and its error never has it', async () => {
    const { gateways, fence } = scripted(({ method }) => ({
      status: 200,
      body: method === 'PATCH' ? { id: pool, name: 'hp', properties: {} } : { token: null },
    }))
    expect(await gateways.avd.newRegistrationToken(pool, now, fence)).toMatchObject({
      kind: 'refused',
      fault: { code: 'unreadable', retryable: true },
    })
  })
})

describe('against the simulated Azure', () => {
  const pooled = { pooledHosts: 3, users: 3, groups: 1, applicationGroups: 1 } as const

  test('a host is removed, and a machine with a good token registers under its name', async () => {
    const { gateways, ids, settled, fence, later, events, sim } = simulated(pooled)
    const { hostPool, vms } = ids.pooled.secondary
    const [vm = ''] = vms
    const name = vm.split('/').at(-1) ?? ''
    okOf(await settled(gateways.avd.removeSessionHost(hostPool, name, fence())))
    okOf(await settled(gateways.avd.removeSessionHost(hostPool, name, fence())))
    expect(okOf(await settled(gateways.avd.sessionHosts(hostPool)))).toHaveLength(2)
    const token = okOf(await settled(gateways.avd.newRegistrationToken(hostPool, sim.now() + hours(2), fence())))
    const at = `${vm.split('/providers/')[0]}/providers/Microsoft.Resources/deployments/d-1`
    expect(okOf(await settled(gateways.deployments.deployment(at)))).toBeUndefined()
    const parameters = { vmName: name, hostPoolId: hostPool, location: 'ukwest', zone: '1', registrationToken: token }
    okOf(await settled(gateways.deployments.deploy(at, template, parameters, fence())))
    expect(okOf(await settled(gateways.deployments.deployment(at)))).toEqual({ state: 'running' })
    await later(hours(1))
    expect(okOf(await settled(gateways.deployments.deployment(at)))).toEqual({ state: 'succeeded' })
    expect(okOf(await settled(gateways.avd.sessionHosts(hostPool)))).toContainEqual(
      expect.objectContaining({ name, status: 'Available' }),
    )
    expect(events('hostReady').length).toBeGreaterThan(0)
  })

  test.each(['of another pool', 'that has expired', 'that was replaced'])(
    'a token %s leaves a mute machine',
    async (which) => {
      const { gateways, ids, settled, fence, later, sim } = simulated(pooled)
      const { hostPool, vms } = ids.pooled.secondary
      const [vm = ''] = vms
      const name = vm.split('/').at(-1) ?? ''
      okOf(await settled(gateways.avd.removeSessionHost(hostPool, name, fence())))
      const from = which === 'of another pool' ? ids.pooled.primary.hostPool : hostPool
      const token = okOf(await settled(gateways.avd.newRegistrationToken(from, sim.now() + hours(2), fence())))
      if (which === 'that has expired') await later(hours(3))
      const own = sim.estate.hostPools.get(idKey(hostPool))
      if (which === 'that was replaced' && own) makeToken(sim, own, sim.now() + hours(2))
      const at = `${vm.split('/providers/')[0]}/providers/Microsoft.Resources/deployments/d-1`
      const parameters = { vmName: name, hostPoolId: hostPool, location: 'ukwest', zone: '', registrationToken: token }
      okOf(await settled(gateways.deployments.deploy(at, template, parameters, fence())))
      await later(hours(1))
      expect(okOf(await settled(gateways.deployments.deployment(at)))).toEqual({ state: 'succeeded' })
      expect(okOf(await settled(gateways.compute.powerStates(ids.subscription))).get(idKey(vm))).toBe('running')
      expect(okOf(await settled(gateways.avd.sessionHosts(hostPool)))).toHaveLength(2)
    },
  )

  test('answers about registration fit the official file, and a host pool never shows its token', async () => {
    const { gateways, ids, settled, fence, sim, send } = simulated(pooled)
    const { hostPool } = ids.pooled.secondary
    const token = okOf(await settled(gateways.avd.newRegistrationToken(hostPool, sim.now() + hours(2), fence())))
    const own = sim.estate.hostPools.get(idKey(hostPool))
    expect(own && tokensMade(sim, own)).toEqual([token])
    const path =
      '/subscriptions/{subscriptionId}/resourceGroups/{resourceGroupName}/providers/Microsoft.DesktopVirtualization/hostPools/{hostPoolName}'
    const version = 'api-version=2024-04-03'
    const shown = jsonOf(await send(`${hostPool}?${version}`))
    expect(JSON.stringify(shown)).not.toContain(token)
    expect(faultsBySpec('avd', 'get', path, { status: 200, body: shown })).toEqual([])
    const told = jsonOf(await send(`${hostPool}/retrieveRegistrationToken?${version}`, { method: 'POST' }))
    expect(told.token).toBe(token)
    expect(faultsBySpec('avd', 'post', `${path}/retrieveRegistrationToken`, { status: 200, body: told })).toEqual([])
  })
})
