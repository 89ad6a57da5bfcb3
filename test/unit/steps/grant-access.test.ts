import { expect, test } from 'vitest'
import { grantAccess } from '../../../src/lib/steps/grant-access.ts'
import { assignment, before, gone, ids, move, now, roleId, spec } from '../../support/step-things.ts'
import { begin, look, type Scene, see } from '../../support/steps.ts'

const { oldScope, otherOldScope, newScope } = ids
const subject = move('a')
const empty = { [oldScope]: [], [otherOldScope]: [], [newScope]: [] }
const access = (parts: Scene['access']): Scene => ({ access: { ...empty, ...parts } })
const granted = assignment(newScope, 'a')
const strayScope = `${oldScope}-stray`
const stray = move('b', { revoke: assignment(strayScope, 'b') })
const [revokeStage] = spec.stages

/** Each leaves it unproven that nobody has the old side. */
const held: readonly [string, Scene][] = [
  ['its own group at the old side', access({ [oldScope]: [assignment(oldScope, 'a')] })],
  ['another group of the pair at the old side', access({ [oldScope]: [assignment(oldScope, 'b')] })],
  ['any of them at another application group', access({ [otherOldScope]: [assignment(otherOldScope, 'a')] })],
  ['access from above', access({ [oldScope]: [assignment('/subscriptions/sub-a', 'b')] })],
  [
    'a group of the plan that planning did not see there',
    { ...access({ [oldScope]: [assignment(oldScope, 'f')] }), spec: { groups: ['F'] } },
  ],
  ['a principal id in another letter case', access({ [oldScope]: [assignment(oldScope, 'A')] })],
  [
    'another role that counts as access',
    {
      ...access({ [oldScope]: [assignment(oldScope, 'a', { roleDefinitionId: roleId('app-user') })] }),
      spec: { accessRoles: ['App-User'] },
    },
  ],
  [
    'the role that is moved, even if the list of roles forgot it',
    { ...access({ [oldScope]: [assignment(oldScope, 'a')] }), spec: { accessRoles: [] } },
  ],
  [
    'a revoked scope that the list of application groups forgot',
    {
      ...access({ [strayScope]: [assignment(strayScope, 'b')] }),
      spec: { stages: revokeStage ? [{ ...revokeStage, tasks: [subject, stray] }] : [] },
    },
  ],
]

test.each(held)('no grant while there is %s', async (_, scene) => {
  expect(await see(grantAccess, { subject, ...scene })).toBe('underway')
  expect(await begin(grantAccess, { subject, ...scene })).toEqual({ came: 'refused:unproven', sent: [] })
})

test.each<[string, Scene, string]>([
  ['an empty old side is the proof', access({}), 'notBegun'],
  ['a granted one is done', access({ [newScope]: [granted] }), 'done'],
  ['one from above is not the one to grant', access({ [newScope]: [assignment('/', 'a')] }), 'notBegun'],
  ['principals outside the mapping do not matter', access({ [oldScope]: [assignment(oldScope, 'z')] }), 'notBegun'],
  [
    'roles that are no access do not matter',
    access({ [oldScope]: [assignment(oldScope, 'a', { roleDefinitionId: roleId('reader') })] }),
    'notBegun',
  ],
  ['one scope unread leaves it unproven', access({ [otherOldScope]: gone }), 'couldNotLook:unavailable!'],
  ['a listing from before the step is no proof', { ...access({}), startedAt: { assignments: before } }, 'underway'],
  ['nor is one older than 10 s', { ...access({}), enteredAt: 0, startedAt: { assignments: now - 10_001 } }, 'underway'],
  [
    'a spec without old application groups proves nothing',
    {
      ...access({}),
      spec: { applicationGroups: { ...spec.applicationGroups, primary: [] }, stages: [] },
    },
    'faulted:unproven',
  ],
])('%s', async (_, scene, wanted) => {
  expect(await see(grantAccess, { subject, ...scene })).toBe(wanted)
})

test('a failback grants on the primary and proves the secondary', async () => {
  const back = move('a', { revoke: assignment(newScope, 'a'), grant: assignment(oldScope, 'a') })
  const scene = {
    subject: back,
    side: 'primary',
    spec: { target: 'primary', stages: [{ name: 'grant', after: [], steps: [], tasks: [back], trouble: 'goOn' }] },
  } satisfies Scene
  expect(await see(grantAccess, { ...scene, ...access({}) })).toBe('notBegun')
  expect(await see(grantAccess, { ...scene, ...access({ [newScope]: [granted] }) })).toBe('underway')
  expect(await see(grantAccess, { ...scene, ...access({ [oldScope]: [assignment(oldScope, 'a')] }) })).toBe('done')
})

test('who still has access is told', async () => {
  const scene = access({ [oldScope]: [assignment(oldScope, 'b')] })
  expect((await look(grantAccess, { subject, ...scene })).detail).toBe(
    `b at ${oldScope} still has access to the primary side`,
  )
})

test('a look is as old as its oldest listing', async () => {
  const scene = { subject, ...access({}), enteredAt: now - 9, startedAt: { assignments: now - 3 } }
  expect((await look(grantAccess, scene)).readAt).toBe(now - 3)
})

test('one grant is sent, on the new side', async () => {
  const { came, sent } = await begin(grantAccess, { subject, ...access({}) })
  expect({ came, sent }).toEqual({ came: 'accepted', sent: [`grant ${newScope} ${JSON.stringify(subject.grant)}`] })
})

test.each<[string, Scene, string]>([
  ['nothing is sent when a scope cannot be read', access({ [oldScope]: gone }), 'refused:unavailable'],
  [
    'nothing is sent on a listing older than 10 s',
    { ...access({}), enteredAt: 0, startedAt: { assignments: now - 10_001 } },
    'refused:unproven',
  ],
])('%s', async (_, scene, came) => {
  expect(await begin(grantAccess, { subject, ...scene })).toEqual({ came, sent: [] })
})
