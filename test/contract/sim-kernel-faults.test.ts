import { expect, test } from 'vitest'
import type { FaultOptions, FaultRule } from '../../sim/arm/faults.ts'
import type { Provider } from '../../sim/arm/types.ts'
import { createEcho, createWorld, jsonOf, start, thing } from './kernel-world.ts'

function troubled(faults: FaultOptions, more: Parameters<typeof createEcho>[0] = {}) {
  const { provider, carriedOut } = createEcho(more)
  return { ...createWorld({ providers: [provider], faults }), carriedOut }
}
const always = (kind: FaultRule['kind'], more: Partial<FaultRule> = {}): FaultOptions => ({
  rules: [{ action: /.*/, kind, ...more }],
})

test('without options nothing ever goes wrong', async () => {
  const { send, sim } = troubled({})
  for (let i = 0; i < 200; i += 1) expect((await send(thing)).status).toBe(200)
  expect(sim.faults.counts()).toEqual({})
  expect(sim.faults.operationFailure('Microsoft.Compute/virtualMachines/start/action', 'vm')).toBeUndefined()
})

test.each([
  ['throttledWithWait', 429, 'SubscriptionRequestsThrottled'],
  ['throttledWithoutWait', 429, 'SubscriptionRequestsThrottled'],
  ['conflict', 409, 'Conflict'],
  ['forbiddenOnce', 403, 'AuthorizationFailed'],
  ['unauthorizedOnce', 401, 'ExpiredAuthenticationToken'],
  ['anotherOperation', 429, 'RetryableErrorDueToAnotherOperation'],
] as const)('%s: the request is not carried out', async (kind, status, code) => {
  const { send, sim, carriedOut } = troubled(always(kind))
  const response = await send(thing, { method: 'POST' })
  expect([response.status, jsonOf(response).error.code, carriedOut]).toEqual([status, code, []])
  expect(response.headers.has('retry-after')).toBe(kind === 'throttledWithWait')
  expect(sim.faults.counts()).toEqual({ [kind]: 1 })
  expect(sim.ledger.calls()).toEqual([expect.objectContaining({ status, injected: kind })])
})

test.each([
  ['errorBefore', 0],
  ['errorAfter', 1],
] as const)('%s: a server error, carried out %i times', async (kind, times) => {
  const { send, carriedOut } = troubled(always(kind))
  const response = await send(thing, { method: 'POST' })
  expect([408, 500, 502, 503, 504]).toContain(response.status)
  expect(carriedOut).toHaveLength(times)
})

test.each([
  ['resetBefore', 0],
  ['resetAfter', 1],
] as const)('%s: the connection breaks, carried out %i times', async (kind, times) => {
  const { send, carriedOut } = troubled(always(kind))
  await expect(send(thing, { method: 'POST' })).rejects.toMatchObject({ name: 'RestError', code: 'ECONNRESET' })
  expect(carriedOut).toHaveLength(times)
})

test.each([
  ['hangBefore', 0],
  ['hangAfter', 1],
] as const)('%s: no answer for five minutes, carried out %i times', async (kind, times) => {
  const { send, carriedOut, clock } = troubled(always(kind))
  await expect(send(thing, { method: 'POST' })).rejects.toMatchObject({ code: 'ECONNRESET' })
  expect([carriedOut.length, clock.now() - start]).toEqual([times, 300_000])
})

test('slow: the answer comes 5 to 25 seconds late, carried out at the usual moment', async () => {
  const { send, clock } = troubled(always('slow'))
  expect(jsonOf(await send(thing)).at).toBe(start)
  expect(clock.now() - start).toBeGreaterThanOrEqual(5_000)
  expect(clock.now() - start).toBeLessThanOrEqual(25_000)
})

test('a refusal for lack of rights comes once per caller and operation', async () => {
  const { send } = troubled(always('forbiddenOnce'))
  expect([(await send(thing)).status, (await send(thing)).status]).toEqual([403, 200])
  expect((await send(thing, { token: 'sim:other' })).status).toBe(403)
})

test('what was just created is not found for a while, then it is', async () => {
  const { send, clock, sim } = troubled(always('notFoundAtFirst'))
  expect((await send(thing)).status).toBe(200)
  expect((await send(thing, { method: 'PUT' })).status).toBe(201)
  expect((await send(thing)).status).toBe(404)
  expect(sim.faults.counts()).toEqual({ notFoundAtFirst: 1 })
  await clock.run(clock.now() + 60_000)
  expect((await send(thing)).status).toBe(200)
})

test('bodies that are no JSON are sent as they are', async () => {
  const html = await troubled(always('htmlBody')).send(thing)
  expect([html.headers.get('content-type'), html.bodyAsText]).toEqual(['text/html', expect.stringContaining('<html>')])
  const cut = await troubled(always('truncatedBody')).send(thing)
  expect(() => JSON.parse(cut.bodyAsText ?? '')).toThrow()
})

test('polling headers and next links can lead to a foreign host, and only then it counts', async () => {
  const headers = {
    'azure-asyncoperation': 'https://management.sim.example/o?t=1',
    location: 'https://management.sim.example/l',
  }
  const polling = troubled(always('foreignPollingHost'), { handle: () => ({ status: 202, headers }) })
  const accepted = await polling.send(thing, { method: 'POST' })
  for (const name of Object.keys(headers)) expect(isElsewhere(accepted.headers.get(name) ?? '')).toBe(true)
  const listed = troubled(always('foreignPollingHost'), {
    handle: () => ({ status: 200, body: { value: [], nextLink: 'https://management.sim.example/n' } }),
  })
  expect(isElsewhere(jsonOf(await listed.send(thing)).nextLink)).toBe(true)
  const plain = troubled(always('foreignPollingHost'))
  expect([(await plain.send(thing)).status, plain.sim.faults.counts()]).toEqual([200, {}])
})

const isElsewhere = (url: string): boolean =>
  new URL(url).origin !== 'https://management.sim.example' && /\/[oln]/.test(new URL(url).pathname)

test('odd bodies have unknown words, unknown fields and ids in other letter case', async () => {
  const { send } = troubled(always('oddBody'))
  expect(jsonOf(await send(thing))).toMatchObject({
    id: '/THINGS/X',
    state: 'SomethingNew',
    name: 'x',
    'x-sim-unknown-field': {},
  })
})

test('a rule strikes where it is aimed, as often as it says, and in its time', async () => {
  const faults: FaultOptions = {
    rules: [
      {
        action: /things\/post$/i,
        subject: /\/y$/,
        kind: 'errorBefore',
        times: 2,
        from: start + 1_000,
        until: start + 5_000,
      },
    ],
  }
  const { send, clock } = troubled(faults)
  const other = thing.replace('/x?', '/y?')
  const statuses = async () => {
    const posted = [await send(other, { method: 'POST' }), await send(thing, { method: 'POST' }), await send(other)]
    return posted.map(({ status }) => status >= 500)
  }
  expect(await statuses()).toEqual([false, false, false])
  await clock.run(start + 1_000)
  expect(await statuses()).toEqual([true, false, false])
  expect(await statuses()).toEqual([true, false, false])
  expect(await statuses()).toEqual([false, false, false])
})

test('a rate strikes about as often as it says', async () => {
  const { send, sim } = troubled({ http: { errorBefore: 0.1 } })
  for (let i = 0; i < 1_000; i += 1) {
    await send(thing)
    if (i % 100 === 0) await send(thing, { token: `sim:${i}` })
  }
  expect(sim.faults.counts().errorBefore).toBeGreaterThan(60)
  expect(sim.faults.counts().errorBefore).toBeLessThan(150)
})

test('long operations fail with codes that belong to them', () => {
  const codes = (action: string, faults: FaultOptions) => {
    const { sim } = troubled(faults)
    return Array.from({ length: 60 }, () => sim.faults.operationFailure(action, 'vm-1')?.code)
  }
  const every = { AllocationFailed: 0.3, ZonalAllocationFailed: 0.3, '28031': 0.3, '28092': 0.3 }
  const starts = new Set(codes('Microsoft.Compute/virtualMachines/start/action', { operations: every }))
  expect(starts).toEqual(new Set(['AllocationFailed', 'ZonalAllocationFailed', undefined]))
  const failovers = new Set(
    codes('Microsoft.RecoveryServices/vaults/x/unplannedFailover/action', { operations: every }),
  )
  expect(failovers).toEqual(new Set(['28031', '28092', undefined]))
})

test('one machine can be made to fail always, with a message and a count', () => {
  const { sim } = troubled({ rules: [{ action: /start\/action$/, subject: /vm-7$/, kind: 'AllocationFailed' }] })
  const start = 'Microsoft.Compute/virtualMachines/start/action'
  expect(sim.faults.operationFailure(start, '/vms/vm-8')).toBeUndefined()
  expect(sim.faults.operationFailure(start, '/vms/vm-7')?.message).toContain('sufficient capacity')
  expect(sim.faults.counts()).toEqual({ AllocationFailed: 1 })
})

test('a start can be refused for lack of quota at once', async () => {
  const action = 'Microsoft.Compute/virtualMachines/start/action'
  const { send, carriedOut } = troubled(always('noQuota'), { action })
  const response = await send(thing, { method: 'POST' })
  expect([response.status, jsonOf(response).error.code, carriedOut]).toEqual([409, 'OperationNotAllowed', []])
})

test("a provider's own error can be followed by trouble, too: the effect of neither is hidden", async () => {
  const provider: Provider = createEcho({
    handle: () => ({ status: 404, body: { error: { code: 'ResourceNotFound' } } }),
  }).provider
  const { send, sim } = createWorld({ providers: [provider], faults: always('resetAfter', { times: 1 }) })
  await expect(send(thing)).rejects.toMatchObject({ code: 'ECONNRESET' })
  expect((await send(thing)).status).toBe(404)
  expect(sim.ledger.calls().map(({ status }) => status)).toEqual([0, 404])
})
