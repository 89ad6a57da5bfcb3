import { randomUUID } from 'node:crypto'
import { AuthorizationManagementClient, type RoleAssignment } from '@azure/arm-authorization'
import { expect, test } from 'vitest'
import { assignAtStart, canUse } from '../../sim/arm/access.ts'
import { authorization } from '../../sim/arm/authorization.ts'
import { createEstate } from '../../sim/arm/estate.ts'
import { idKey } from '../../src/lib/core/arm-id.ts'
import { desktopVirtualizationUser } from '../../src/lib/model/azure.ts'
import { createWorld, credentialOf, jsonOf } from './kernel-world.ts'
import { hasSpecs, validateAgainstSpec } from './openapi.ts'

const subscription = '11111111-1111-4111-8111-111111111111'
const group = `/subscriptions/${subscription}/resourceGroups/rg-avd`
const desk = `${group}/providers/Microsoft.DesktopVirtualization/applicationGroups/ag-desk`
const other = `${group}/providers/Microsoft.DesktopVirtualization/applicationGroups/ag-other`
const [sales, legal] = ['aaaaaaaa-0000-4000-8000-000000000001', 'aaaaaaaa-0000-4000-8000-000000000002']
const ann = { name: 'ann@contoso.example', id: 'bbbbbbbb-0000-4000-8000-000000000001', groups: [sales] }
const roleId = (role: string) =>
  `/subscriptions/${subscription}/providers/Microsoft.Authorization/roleDefinitions/${role}`
const nothingLags = { armLatency: [0, 0], readLag: [0, 0], accessPropagation: [0, 0] } as const

function office(timings: Partial<Parameters<typeof createWorld>[0]['timings']> = {}) {
  const estate = createEstate()
  for (const id of [sales, legal]) estate.groups.set(id, { id, name: id })
  estate.users.set(ann.id, ann)
  for (const id of [desk, other])
    estate.applicationGroups.set(idKey(id), {
      id,
      name: id,
      location: 'uksouth',
      hostPoolId: `${group}/hp`,
      type: 'Desktop',
    })
  const world = createWorld({ providers: [authorization], estate, timings: { ...nothingLags, ...timings } })
  const { roleAssignments, roleDefinitions } = new AuthorizationManagementClient(
    credentialOf('the-app'),
    subscription,
    world.clientOptions,
  )
  const grant = (scope: string, principalId: string, name: string = randomUUID(), more: object = {}) =>
    world.settled(
      roleAssignments.create(scope.slice(1), name, {
        roleDefinitionId: roleId(desktopVirtualizationUser),
        principalId,
        principalType: 'Group',
        ...more,
      }),
    )
  const list = (scope: string, filter?: string) =>
    world.settled(collect(roleAssignments.listForScope(scope, filter === undefined ? {} : { filter })))
  return { ...world, estate, roleAssignments, roleDefinitions, grant, list }
}

async function collect<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = []
  for await (const item of pages) all.push(item)
  return all
}
const nameOf = (assignment: RoleAssignment) => assignment.name ?? ''

test('a new assignment answers 201, the same again 200, and the ledger has it once', async () => {
  const { grant, send, sim } = office()
  const name = randomUUID()
  await grant(desk, sales, name)
  const body = { properties: { roleDefinitionId: roleId(desktopVirtualizationUser), principalId: sales.toUpperCase() } }
  const again = await send(
    `/${desk}/providers/Microsoft.Authorization/roleAssignments/${name}?api-version=2022-04-01`,
    { method: 'PUT', body },
  )
  expect(again.status).toBe(200)
  expect(sim.ledger.events().filter(({ kind }) => kind === 'granted')).toEqual([
    expect.objectContaining({ scope: idKey(desk), principal: sales, role: desktopVirtualizationUser }),
  ])
})

test.each([
  ['another name for the same triple', 409, 'RoleAssignmentExists', { name: undefined, principal: sales }],
  ['the same name for another principal', 400, 'RoleAssignmentUpdateNotPermitted', { principal: legal }],
  ['the same name at another scope', 400, 'RoleAssignmentUpdateNotPermitted', { principal: sales, scope: other }],
  ['a name that is no GUID', 400, 'InvalidRoleAssignmentId', { name: 'mine', principal: sales }],
  [
    'an application group that is not there',
    404,
    'ResourceNotFound',
    { name: undefined, principal: sales, scope: `${desk}x` },
  ],
  [
    'a role that is not there',
    404,
    'RoleDefinitionDoesNotExist',
    { name: undefined, principal: legal, role: randomUUID() },
  ],
  [
    'a principal that is not there, without its type',
    400,
    'PrincipalNotFound',
    { name: undefined, principal: randomUUID(), type: undefined },
  ],
])('%s is refused', async (_what, statusCode, code, asked) => {
  const { grant, sim } = office()
  const name = randomUUID()
  await grant(desk, sales, name)
  const { scope = desk, principal } = asked as { scope?: string; principal: string }
  const more = {
    ...('role' in asked && { roleDefinitionId: roleId(asked.role ?? '') }),
    ...('type' in asked && { principalType: undefined }),
  }
  const attempt = grant(scope, principal, 'name' in asked ? asked.name : name, more)
  await expect(attempt).rejects.toMatchObject({ statusCode, code })
  expect(sim.ledger.events().filter(({ kind }) => kind === 'granted')).toHaveLength(1)
})

test('a delete answers 200 with the assignment, and 204 when there is none', async () => {
  const { grant, send, sim, estate } = office()
  const { id = '' } = await grant(desk, sales)
  const gone = await send(`${id}?api-version=2022-04-01`, { method: 'DELETE' })
  expect([gone.status, jsonOf(gone).id]).toEqual([200, id])
  const absent = await send(`${id}?api-version=2022-04-01`, { method: 'DELETE' })
  expect([absent.status, absent.bodyAsText]).toEqual([204, ''])
  expect(sim.ledger.events().filter(({ kind }) => kind === 'revoked')).toHaveLength(1)
  expect(estate.roleAssignments.size).toBe(0)
})

test('a list has what is above and below the scope; with atScope() only what is at or above it', async () => {
  const { grant, list } = office()
  const [own, inherited, sibling] = [randomUUID(), randomUUID(), randomUUID()]
  await grant(desk, sales, own)
  await grant(group, sales, inherited)
  await grant(other, legal, sibling)
  const names = async (scope: string, filter?: string) => (await list(scope, filter)).map(nameOf).sort()
  expect(await names(desk)).toEqual([own, inherited].sort())
  expect(await names(group)).toEqual([own, inherited, sibling].sort())
  expect(await names(group, 'atScope()')).toEqual([inherited])
  expect(await names(group, `principalId eq '${legal}'`)).toEqual([sibling])
  expect(await names(group, `assignedTo('${ann.id}')`)).toEqual([own, inherited].sort())
  expect(await names(desk, `atScope() and principalId eq '${sales}'`)).toEqual([own, inherited].sort())
  await expect(list(desk, "createdBy eq 'x'")).rejects.toMatchObject({ statusCode: 400 })
})

test('reads lag behind writes, in single reads and in lists alike', async () => {
  const { grant, list, clock, send } = office({ readLag: [10_000, 10_000] })
  const { id = '' } = await grant(desk, sales)
  const url = `${id}?api-version=2022-04-01`
  expect([await list(desk), (await send(url)).status]).toEqual([[], 404])
  await clock.run(clock.now() + 10_000)
  expect([(await list(desk)).length, (await send(url)).status]).toEqual([1, 200])
  await send(url, { method: 'DELETE' })
  expect([(await list(desk)).length, (await send(url)).status]).toEqual([1, 200])
  await clock.run(clock.now() + 10_000)
  expect([await list(desk), (await send(url)).status]).toEqual([[], 404])
})

test('what people can really do lags behind what was accepted', async () => {
  const { grant, clock, sim, send, estate } = office({ accessPropagation: [300_000, 300_000] })
  const mayUse = () => {
    sim.agenda.settle()
    return canUse(estate, ann, desk)
  }
  const { id = '' } = await grant(group, sales)
  expect(mayUse()).toBe(false)
  await clock.run(clock.now() + 300_000)
  expect(mayUse()).toBe(true)
  await send(`${id}?api-version=2022-04-01`, { method: 'DELETE' })
  expect(mayUse()).toBe(true)
  await clock.run(clock.now() + 300_000)
  expect(mayUse()).toBe(false)
  const kinds = sim.ledger.events().map(({ kind }) => kind)
  expect(kinds).toEqual(['granted', 'accessBegan', 'revoked', 'accessEnded'])
})

test('a grant that is revoked before it takes effect never does', async () => {
  const { grant, clock, sim, send, estate } = office({ accessPropagation: [300_000, 300_000] })
  const { id = '' } = await grant(desk, sales)
  await send(`${id}?api-version=2022-04-01`, { method: 'DELETE' })
  await clock.run(clock.now() + 900_000)
  sim.agenda.settle()
  expect(canUse(estate, ann, desk)).toBe(false)
  expect(sim.ledger.events().map(({ kind }) => kind)).toEqual(['granted', 'revoked'])
})

test('granted, revoked and granted again by the same name takes effect once, after the last grant', async () => {
  const { grant, clock, sim, send } = office({ accessPropagation: [300_000, 300_000] })
  const name = randomUUID()
  const { id = '' } = await grant(desk, sales, name)
  await send(`${id}?api-version=2022-04-01`, { method: 'DELETE' })
  await clock.run(clock.now() + 100_000)
  const grantedAgain = clock.now()
  await grant(desk, sales, name)
  await clock.run(clock.now() + 900_000)
  sim.agenda.settle()
  const effects = sim.ledger.events().filter(({ kind }) => kind.startsWith('access'))
  expect(effects.map(({ kind, at }) => [kind, at - grantedAgain])).toEqual([['accessBegan', 300_000]])
})

test('a change of the description keeps the assignment in force', async () => {
  const { grant, sim, estate, clock } = office({ accessPropagation: [60_000, 60_000] })
  const name = randomUUID()
  await grant(desk, sales, name)
  await clock.run(clock.now() + 10_000)
  const changed = await grant(desk, sales, name, { description: 'standing in' })
  expect(changed.description).toBe('standing in')
  await clock.run(clock.now() + 50_000)
  sim.agenda.settle()
  expect(canUse(estate, ann, desk)).toBe(true)
  expect(sim.ledger.events().map(({ kind }) => kind)).toEqual(['granted', 'accessBegan'])
})

test.each([
  ['an application group holds 200', 200, desk],
  ['a subscription holds 4,000', 4_000, group],
])('%s', async (_what, limit, scope) => {
  const { grant, estate } = office()
  for (let i = 1; i < limit; i += 1) {
    const name = `cccccccc-0000-4000-8000-${String(i).padStart(12, '0')}`
    const id = `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`
    assignAtStart(estate, {
      id,
      name,
      scope,
      principalId: name,
      principalType: 'Group',
      roleDefinitionId: roleId(desktopVirtualizationUser),
    })
  }
  await grant(scope, sales)
  await expect(grant(scope, legal)).rejects.toMatchObject({ statusCode: 400, code: 'RoleAssignmentLimitExceeded' })
})

test('a long list comes in pages', async () => {
  const { estate, roleAssignments, settled, sim } = office()
  for (let i = 0; i < 1_201; i += 1) {
    const name = `cccccccc-0000-4000-8000-${String(i).padStart(12, '0')}`
    const id = `${group}/providers/Microsoft.Authorization/roleAssignments/${name}`
    assignAtStart(estate, {
      id,
      name,
      scope: group,
      principalId: name,
      principalType: 'Group',
      roleDefinitionId: roleId(desktopVirtualizationUser),
    })
  }
  const all = await settled(collect(roleAssignments.listForSubscription()))
  expect(new Set(all.map(nameOf)).size).toBe(1_201)
  expect(sim.ledger.calls()).toHaveLength(3)
})

test('role definitions tell by their data actions who lets people in', async () => {
  const { roleDefinitions, settled } = office()
  const role = await settled(roleDefinitions.get(group, desktopVirtualizationUser))
  expect(role.permissions?.[0]?.dataActions).toEqual([
    'Microsoft.DesktopVirtualization/applicationGroups/useApplications/action',
  ])
  const found = await settled(
    collect(roleDefinitions.list(group, { filter: "roleName eq 'Virtual Machine Contributor'" })),
  )
  expect(found.map(({ name }) => name)).toEqual(['9980e02c-c2be-4d73-94e8-173b1dc7cf3c'])
  const all = await settled(collect(roleDefinitions.list(group, { filter: "type eq 'BuiltInRole'" })))
  expect(all.length).toBeGreaterThan(10)
})

test(`answers have the fields of the official file ${hasSpecs ? '(checked against SPECS_DIR)' : '(without SPECS_DIR: as the SDK reads them)'}`, async () => {
  const { grant, list, send, sim } = office()
  const made = await grant(desk, sales)
  const [listed] = await list(desk)
  const expected = {
    name: made.name,
    scope: desk,
    principalId: sales,
    principalType: 'Group',
    roleDefinitionId: roleId(desktopVirtualizationUser),
  }
  expect(listed).toMatchObject(expected)
  expect(listed?.createdOn?.getTime()).toBe(sim.now())
  if (!hasSpecs) return
  const file = 'Microsoft.Authorization/2022-04-01/authorization-RoleAssignmentsCalls.json'
  const template = '/{scope}/providers/Microsoft.Authorization/roleAssignments'
  const strictly = { unknownFields: 'refuse' } as const
  const url = `${desk}/providers/Microsoft.Authorization/roleAssignments`
  const answers = [
    await send(`${url}?api-version=2022-04-01`),
    await send(`${url}/${made.name}?api-version=2022-04-01`),
  ] as const
  expect(validateAgainstSpec(file, 'GET', template, 200, jsonOf(answers[0]), strictly)).toEqual([])
  expect(validateAgainstSpec(file, 'GET', `${template}/{name}`, 200, jsonOf(answers[1]), strictly)).toEqual([])
  const roles = await send(`${desk}/providers/Microsoft.Authorization/roleDefinitions?api-version=2022-04-01`)
  const roleFile = 'Microsoft.Authorization/2022-04-01/authorization-RoleDefinitionsCalls.json'
  expect(
    validateAgainstSpec(
      roleFile,
      'GET',
      '/{scope}/providers/Microsoft.Authorization/roleDefinitions',
      200,
      jsonOf(roles),
      strictly,
    ),
  ).toEqual([])
})
