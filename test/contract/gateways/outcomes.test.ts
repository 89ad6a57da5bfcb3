/** What every gateway promises about its calls, whichever generation of the SDK is behind it. */
import { describe, expect, test } from 'vitest'
import type { Answer } from '../../../src/lib/core/fault.ts'
import type { Fence, Gateways } from '../../../src/lib/ports/gateways.ts'
import { endpoint, type Reply, scripted, settle, subscription } from './support.ts'

const group = `/subscriptions/${subscription}/resourceGroups/rg-avd/providers`
const pool = `${group}/Microsoft.DesktopVirtualization/hostPools/hp-primary`
const session = `${pool}/sessionHosts/avd-pri-001.contoso.com/userSessions/3`
const vm = `${group}/Microsoft.Compute/virtualMachines/avd-pri-001`
const vault = `${group}/Microsoft.RecoveryServices/vaults/dr-vault`
const item = `${vault}/replicationFabrics/f/replicationProtectionContainers/c/replicationProtectedItems/i`
const scope = `${group}/Microsoft.DesktopVirtualization/applicationGroups/ag-desktop`
const grant = {
  scope,
  principalId: '11111111-0000-4000-8000-000000000001',
  principalType: 'Group',
  roleDefinitionId: '1d18fff3-a72a-46b5-b4a9-0b38a3cd7e63',
}
const assignment = `${scope}/providers/Microsoft.Authorization/roleAssignments/00000000-0000-4000-8000-00000000000a`

const extension = { name: 'monitor', location: 'ukwest', publisher: 'p', type: 't', version: '1.0' }

type Write = (gateways: Gateways, fence: Fence) => Promise<Answer<unknown>>
const writes: readonly [name: string, method: string, write: Write][] = [
  ['setStartVmOnConnect', 'PATCH', ({ avd }, fence) => avd.setStartVmOnConnect(pool, false, fence)],
  ['setAllowNewSession', 'PATCH', ({ avd }, fence) => avd.setAllowNewSession(pool, 'avd-pri-001', false, fence)],
  ['sendMessage', 'POST', ({ avd }, fence) => avd.sendMessage(session, 'Moving', 'Please save', fence)],
  ['signOut', 'DELETE', ({ avd }, fence) => avd.signOut(session, fence)],
  ['start', 'POST', ({ compute }, fence) => compute.start(vm, fence)],
  ['deallocate', 'POST', ({ compute }, fence) => compute.deallocate(vm, fence)],
  ['setTags', 'PATCH', ({ compute }, fence) => compute.setTags(vm, { a: 'b' }, fence)],
  [
    'failover',
    'POST',
    ({ siteRecovery }, fence) => siteRecovery.failover(item, { sourceSiteOperations: 'Required' }, fence),
  ],
  ['commit', 'POST', ({ siteRecovery }, fence) => siteRecovery.commit(item, fence)],
  [
    'changeRecoveryPoint',
    'POST',
    ({ siteRecovery }, fence) => siteRecovery.changeRecoveryPoint(item, `${item}/recoveryPoints/p`, fence),
  ],
  ['put of an extension', 'PUT', ({ extensions }, fence) => extensions.put(vm, extension, fence)],
  ['remove of an extension', 'DELETE', ({ extensions }, fence) => extensions.remove(vm, 'monitor', fence)],
  ['associate', 'PUT', ({ extensions }, fence) => extensions.associate(vm, { name: 'dcr', ruleId: '/r' }, fence)],
  ['grant', 'PUT', ({ access }, fence) => access.grant(grant, fence)],
  ['revoke', 'DELETE', ({ access }, fence) => access.revoke(assignment, fence)],
]

type Read = (gateways: Gateways) => Promise<Answer<unknown>>
const lists: readonly [name: string, read: Read][] = [
  ['sessionHosts', ({ avd }) => avd.sessionHosts(pool)],
  ['userSessions', ({ avd }) => avd.userSessions(pool)],
  ['applicationGroups', ({ avd }) => avd.applicationGroups(subscription, 'rg-avd')],
  ['scalingPlans', ({ avd }) => avd.scalingPlans(pool)],
  ['powerStates', ({ compute }) => compute.powerStates(subscription)],
  ['quotas', ({ compute }) => compute.quotas(subscription, 'ukwest')],
  ['items', ({ siteRecovery }) => siteRecovery.items(vault)],
  ['jobs', ({ siteRecovery }) => siteRecovery.jobs(vault)],
  ['associations of a VM', ({ extensions }) => extensions.associations(vm)],
  ['assignments', ({ access }) => access.assignments(scope)],
  ['rolesThatUseApplications', ({ access }) => access.rolesThatUseApplications(scope)],
]

const error = (code: string, message = 'no') => ({ error: { code, message } })
const fault = (answer: Answer<unknown>) => (answer.kind === 'ok' ? 'ok' : `${answer.kind} ${answer.fault.code}`)

describe.each(writes)('%s', (_, method, write) => {
  test.each<[title: string, reply: Reply, outcome: string]>([
    ['a 429 was not carried out', { status: 429, body: error('TooManyRequests') }, 'refused throttled'],
    ['a conflict was not carried out', { status: 409, body: error('Conflict') }, 'refused conflict'],
    ['a missing right was not carried out', { status: 403, body: error('AuthorizationFailed') }, 'refused forbidden'],
    ['a 503 may have been carried out', { status: 503, body: error('ServiceUnavailable') }, 'unknown outcomeUnknown'],
    ['a 500 may have been carried out', { status: 500 }, 'unknown outcomeUnknown'],
    ['a 408 may have been carried out', { status: 408 }, 'unknown outcomeUnknown'],
    ['a broken connection leaves it unknown', { broken: 'ECONNRESET' }, 'unknown outcomeUnknown'],
    ['a connection never made did not carry it', { broken: 'ECONNREFUSED' }, 'refused unavailable'],
    ['a name that does not resolve did not carry it', { broken: 'ENOTFOUND' }, 'refused unavailable'],
    ["a proxy's page leaves it unknown", { status: 200, body: '<html>Bad gateway</html>' }, 'unknown outcomeUnknown'],
    ['half an answer leaves it unknown', { status: 400, body: '{"error":{"code":"Bad' }, 'unknown outcomeUnknown'],
    ['a redirect is not followed', { status: 307, headers: { location: `${endpoint}/moved` } }, 'refused rejected'],
  ])('%s', async (_title, reply, outcome) => {
    const { gateways, sent, fence } = scripted(() => reply)
    expect(fault(await write(gateways, fence))).toBe(outcome)
    expect(sent.map((request) => request.method)).toEqual([method])
  })

  test('accepted is one request and nothing after it', async () => {
    const headers = { 'azure-asyncoperation': `${endpoint}/operations/1`, location: `${endpoint}/results/1` }
    const { gateways, sent, fence } = scripted(() => ({ status: 202, headers }))
    expect(fault(await write(gateways, fence))).toBe('ok')
    await settle()
    expect(sent).toHaveLength(1)
  })

  test('after its fence it is not sent', async () => {
    const { gateways, sent, fence, pass } = scripted(() => ({ status: 200 }))
    pass(10_001)
    const answer = await write(gateways, fence)
    expect(answer).toMatchObject({ kind: 'refused', fault: { code: 'fenced', retryable: true } })
    expect(sent).toHaveLength(0)
  })

  test('no answer within 10 s leaves it unknown', async () => {
    const { gateways, fence, pass } = scripted(() => 'hang')
    const answer = write(gateways, fence)
    await settle()
    pass(10_000)
    expect(fault(await answer)).toBe('unknown outcomeUnknown')
  })
})

describe('a token that comes late', () => {
  const late = () => {
    let release: (() => void) | undefined
    const token = () =>
      new Promise<{ token: string; expiresOnTimestamp: number }>((resolve) => {
        release = () => resolve({ token: 'secret', expiresOnTimestamp: Date.now() + 3_600_000 })
      })
    return { token, release: () => release?.() }
  }

  test('ends the call after 10 s as not sent, and is not used afterwards', async () => {
    const { token, release } = late()
    const { gateways, sent, fence, pass } = scripted(() => ({ status: 200 }), { token })
    const answer = gateways.compute.start(vm, { notAfter: fence.notAfter + 60_000 })
    await settle()
    pass(10_000)
    expect(fault(await answer)).toBe('refused timedOut')
    release()
    await settle()
    expect(sent).toHaveLength(0)
  })

  test('does not carry a write past its fence', async () => {
    const { token, release } = late()
    const { gateways, sent, pass } = scripted(() => ({ status: 200 }), { token })
    const answer = gateways.compute.start(vm, { notAfter: 5_000 + 3_000 })
    await settle()
    pass(3_001)
    release()
    expect(fault(await answer)).toBe('refused fenced')
    expect(sent).toHaveLength(0)
  })

  test('or not at all is a refusal', async () => {
    const token = () => Promise.reject(new Error('identity endpoint down'))
    const { gateways, sent, fence } = scripted(() => ({ status: 200 }), { token })
    expect(fault(await gateways.access.revoke(assignment, fence))).toBe('refused unavailable')
    expect(sent).toHaveLength(0)
  })
})

describe.each(lists)('%s', (_, read) => {
  test.each<[title: string, reply: Reply, outcome: string]>([
    ['an empty page is an empty list', { status: 200, body: { value: [] } }, 'ok'],
    ["a proxy's page is not an empty list", { status: 200, body: '<html></html>' }, 'refused unreadable'],
    ['a page without a list is not an empty list', { status: 200, body: {} }, 'refused unreadable'],
    ['null is not an empty list', { status: 200, body: { value: null } }, 'refused unreadable'],
    ['an empty answer is not an empty list', { status: 200 }, 'refused unreadable'],
    [
      'throttling is told',
      { status: 429, body: { code: 'OperationNotAllowed', message: 'too many' } },
      'refused throttled',
    ],
    ['a server error is told', { status: 502, body: '<html></html>' }, 'refused unavailable'],
    ['a missing resource is told', { status: 404, body: error('ResourceNotFound') }, 'refused notFound'],
    ['a broken connection is told', { broken: 'ECONNRESET' }, 'refused unavailable'],
  ])('%s', async (_title, reply, outcome) => {
    const { gateways, sent } = scripted(() => reply)
    expect(fault(await read(gateways))).toBe(outcome)
    expect(sent).toHaveLength(1)
  })

  test('a next link to another host is not asked, and no token leaves', async () => {
    const { gateways, sent } = scripted(() => ({
      status: 200,
      body: { value: [], nextLink: 'https://elsewhere.example/?page=2' },
    }))
    expect(fault(await read(gateways))).toBe('refused unreadable')
    expect(sent.map(({ url }) => new URL(url).origin)).toEqual([endpoint])
  })

  test.each([
    ['without encryption', endpoint.replace('https', 'http')],
    ['on another port', `${endpoint}:8443`],
    ['with a user in front', endpoint.replace('https://', 'https://management.example@elsewhere.example/')],
  ])('a next link %s is not asked', async (_title, origin) => {
    const { gateways, sent } = scripted(() => ({ status: 200, body: { value: [], nextLink: `${origin}/?page=2` } }))
    expect(fault(await read(gateways))).toBe('refused unreadable')
    expect(sent).toHaveLength(1)
  })

  test('a next link that comes back ends the reading', async () => {
    const nextLink = `${endpoint}/page?api-version=1&skip=2`
    const { gateways, sent } = scripted(() => ({ status: 200, body: { value: [], nextLink } }))
    expect(fault(await read(gateways))).toBe('refused unreadable')
    expect(sent).toHaveLength(2)
  })

  test('a list without end is given up', async () => {
    let page = 0
    const { gateways, sent } = scripted(() => {
      page += 1
      return { status: 200, body: { value: [], nextLink: `${endpoint}/page?api-version=1&skip=${page}` } }
    })
    expect(fault(await read(gateways))).toBe('refused unreadable')
    expect(sent).toHaveLength(1_000)
  })

  test('each page has 10 s of its own', async () => {
    const nextLink = `${endpoint}/page?api-version=1&skip=1`
    const { gateways, pass, sent } = scripted(({ url }) =>
      url === nextLink ? 'hang' : { status: 200, body: { value: [], nextLink } },
    )
    const answer = read(gateways)
    for (let i = 0; i < 10 && sent.length < 2; i += 1) await settle()
    pass(10_000)
    expect(fault(await answer)).toBe('refused timedOut')
  })
})

test.each([
  ['in seconds', { 'retry-after': '7' }, 7_000],
  ['as a date', { date: 'Sat, 14 Mar 2026 21:00:00 GMT', 'retry-after': 'Sat, 14 Mar 2026 21:00:30 GMT' }, 30_000],
  ['not at all', {}, undefined],
])('how long to wait is told %s', async (_, headers, retryAfter) => {
  const { gateways } = scripted(() => ({ status: 429, headers, body: error('TooManyRequests') }))
  const [hosts, power] = await Promise.all([
    gateways.avd.sessionHosts(pool),
    gateways.compute.powerStates(subscription),
  ])
  for (const answer of [hosts, power]) {
    expect(answer.kind !== 'ok' && answer.fault.retryAfter).toBe(retryAfter)
  }
})

test('concurrent calls keep their own fences', async () => {
  const { gateways, sent, fence } = scripted(() => ({ status: 200 }))
  const answers = await Promise.all([
    gateways.compute.start(vm, fence),
    gateways.compute.start(vm, { notAfter: 0 }),
    gateways.compute.start(vm, fence),
    gateways.avd.signOut(session, { notAfter: 0 }),
    gateways.avd.signOut(session, fence),
  ])
  expect(answers.map(fault)).toEqual(['ok', 'refused fenced', 'ok', 'refused fenced', 'ok'])
  expect(sent).toHaveLength(3)
})
