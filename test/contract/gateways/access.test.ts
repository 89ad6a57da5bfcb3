import { describe, expect, test } from 'vitest'
import { endpoint, scripted, subscription } from './support.ts'

const scope = `/subscriptions/${subscription}/resourceGroups/rg-avd/providers/Microsoft.DesktopVirtualization/applicationGroups/ag-desktop`
const role = '1d18fff3-a72a-46b5-b4a9-0b38a3cd7e63'
const roleDefinitionId = `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`
const principalId = '11111111-0000-4000-8000-000000000001'
const name = '00000000-0000-4000-8000-00000000000a'
const id = `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`
const grant = { scope, principalId, principalType: 'Group', roleDefinitionId }

describe('assignments', () => {
  const body = (properties: object = {}, rest: object = {}) => ({
    id,
    name,
    type: 'Microsoft.Authorization/roleAssignments',
    properties: {
      scope,
      principalId,
      principalType: 'Group',
      roleDefinitionId,
      condition: null,
      description: null,
      ...properties,
    },
    ...rest,
  })

  test('within a group are those below it and those inherited from above, each once', async () => {
    const above = {
      id: `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleAssignments/b`,
      name: 'b',
    }
    const { gateways, sent } = scripted(({ url }) => {
      const isAbove = new URL(url).searchParams.get('$filter') === 'atScope()'
      return { status: 200, body: { value: isAbove ? [body({}, above)] : [body(), body({}, above)] } }
    })
    const group = `/subscriptions/${subscription}/resourceGroups/rg-avd`
    const answer = await gateways.access.assignmentsWithin(group)
    expect(answer.kind === 'ok' && answer.value.map((each) => each.name)).toEqual([name, 'b'])
    expect(sent.map(({ url }) => new URL(url).searchParams.get('$filter')).toSorted()).toEqual(['atScope()', null])
  })

  test('within a group are unknown when either list is', async () => {
    for (const isAway of [true, false]) {
      const { gateways } = scripted(({ url }) =>
        (new URL(url).searchParams.get('$filter') === null) === isAway
          ? { status: 503 }
          : { status: 200, body: { value: [body()] } },
      )
      expect((await gateways.access.assignmentsWithin(`/subscriptions/${subscription}`)).kind).toBe('refused')
    }
  })

  test('are asked for at the scope and above, with one slash in front', async () => {
    const { gateways, sent } = scripted(() => ({ status: 200, body: { value: [body()] } }))
    expect(await gateways.access.assignments(scope)).toEqual({ kind: 'ok', value: [{ id, name, ...grant }] })
    const url = new URL(sent[0]?.url ?? '')
    expect(url.pathname).toBe(`${scope}/providers/Microsoft.Authorization/roleAssignments`)
    expect(url.searchParams.get('$filter')).toBe('atScope()')
  })

  test('are read whole, so that they can be put back', async () => {
    const whole = { condition: '@Resource[x]', conditionVersion: '2.0', description: 'desktops' }
    const { gateways } = scripted(() => ({ status: 200, body: { value: [body(whole)] } }))
    expect(await gateways.access.assignments(scope)).toMatchObject({ value: [whole] })
  })

  test('inherited ones tell where they were made', async () => {
    const above = body(
      { scope: undefined },
      { id: `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleAssignments/${name}` },
    )
    const { gateways } = scripted(() => ({ status: 200, body: { value: [above] } }))
    expect(await gateways.access.assignments(scope)).toMatchObject({
      value: [{ scope: `/subscriptions/${subscription}` }],
    })
  })

  test.each(['principalId', 'roleDefinitionId'])('one without %s makes the list unreadable', async (missing) => {
    const { gateways } = scripted(() => ({ status: 200, body: { value: [body(), body({ [missing]: null })] } }))
    expect(await gateways.access.assignments(scope)).toMatchObject({ kind: 'refused', fault: { code: 'unreadable' } })
  })
})

describe('grant', () => {
  test('has a name of its own making, the same for the same scope, principal and role', async () => {
    const { gateways, sent, fence } = scripted(() => ({ status: 201, body: {} }))
    await gateways.access.grant(grant, fence)
    await gateways.access.grant({ ...grant, scope: scope.toUpperCase(), roleDefinitionId: role.toUpperCase() }, fence)
    await gateways.access.grant({ ...grant, principalId: principalId.replace('1', '2') }, fence)
    const names = sent.map(({ url }) => new URL(url).pathname.split('/').at(-1))
    expect(names[0]).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
    expect(names[1]).toBe(names[0])
    expect(names[2]).not.toBe(names[0])
  })

  test('puts back exactly what was recorded', async () => {
    const whole = { ...grant, name, condition: '@Resource[x]', conditionVersion: '2.0', description: 'desktops' }
    const { gateways, sent, fence } = scripted(() => ({ status: 201, body: {} }))
    expect((await gateways.access.grant(whole, fence)).kind).toBe('ok')
    expect(sent).toMatchObject([{ method: 'PUT', url: `${endpoint}${id}?api-version=2022-04-01` }])
    const { scope: _scope, name: _name, ...properties } = whole
    expect(sent[0]?.body).toEqual({ properties })
  })

  test('by GUID alone names the definition in the subscription', async () => {
    const { gateways, sent, fence } = scripted(() => ({ status: 200, body: {} }))
    await gateways.access.grant({ ...grant, roleDefinitionId: role }, fence)
    expect(sent[0]?.body).toMatchObject({ properties: { roleDefinitionId } })
  })

  test.each([
    ['one that exists under another name is a success', 409, 'RoleAssignmentExists', 'ok'],
    ['a principal not known yet may be tried again', 400, 'PrincipalNotFound', 'conflict true'],
    ['a full scope needs a person', 400, 'RoleAssignmentLimitExceeded', 'rejected false'],
    ['a name taken by another assignment needs a person', 400, 'RoleAssignmentUpdateNotPermitted', 'rejected false'],
    ['a right that a condition withholds needs a person', 403, 'RequestDisallowed', 'forbidden false'],
  ])('%s', async (_, status, code, outcome) => {
    const { gateways, fence } = scripted(() => ({ status, body: { error: { code, message: 'x' } } }))
    const answer = await gateways.access.grant(grant, fence)
    expect(answer.kind === 'ok' ? 'ok' : `${answer.fault.code} ${answer.fault.retryable}`).toBe(outcome)
  })
})

describe('revoke', () => {
  test.each([
    ['200', { status: 200, body: {} }],
    ['204, for it was absent', { status: 204 }],
    ['404, for it was absent', { status: 404, body: { error: { code: 'RoleAssignmentNotFound', message: 'x' } } }],
  ])('is done on %s', async (_, reply) => {
    const { gateways, sent, fence } = scripted(() => reply)
    expect((await gateways.access.revoke(id, fence)).kind).toBe('ok')
    expect(sent.map(({ method, url }) => `${method} ${url}`)).toEqual([
      `DELETE ${endpoint}${id}?api-version=2022-04-01`,
    ])
  })

  test.each([
    ['a way up', `${id}/../../other`],
    ['a query', `${id}?x=1`],
    ['an escape', `${id}%2f..`],
    [
      'no subscription',
      `/providers/Microsoft.Management/managementGroups/mg/providers/Microsoft.Authorization/roleAssignments/${name}`,
    ],
  ])('an id with %s is refused unsent', async (_, strange) => {
    const { gateways, sent, fence } = scripted(() => ({ status: 200 }))
    expect(await gateways.access.revoke(strange, fence)).toMatchObject({ kind: 'refused', fault: { code: 'rejected' } })
    expect(sent).toHaveLength(0)
  })
})

test('the roles that let people use applications are found by their data actions', async () => {
  const use = 'Microsoft.DesktopVirtualization/applicationGroups/useApplications/action'
  const definition = (guid: string, dataActions: unknown, notDataActions: unknown = []) => ({
    id: `/providers/Microsoft.Authorization/roleDefinitions/${guid}`,
    name: guid,
    properties: { roleName: guid, permissions: [{ actions: ['*'], dataActions, notDataActions }] },
  })
  const value = [
    definition(role.toUpperCase(), [use]),
    definition('all', ['*']),
    definition('avd', ['microsoft.desktopvirtualization/*']),
    definition('group', ['Microsoft.DesktopVirtualization/applicationGroups/*/action']),
    definition('excepted', ['*'], [use]),
    definition('blobs', ['Microsoft.Storage/*']),
    definition('none', null, null),
    { name: 'bare', properties: null },
  ]
  const { gateways } = scripted(() => ({ status: 200, body: { value } }))
  expect(await gateways.access.rolesThatUseApplications(scope)).toEqual({
    kind: 'ok',
    value: [role, 'all', 'avd', 'group'],
  })
})
