import { expect, test } from 'vitest'
import { revokeAccess } from '../../../src/lib/steps/revoke-access.ts'
import { assignment, before, gone, ids, move, now, roleId, spec } from '../../support/step-things.ts'
import { begin, look, type Scene, see } from '../../support/steps.ts'

const scope = ids.oldScope
const subject = move('a')
const ours = assignment(scope, 'a')
const remade = assignment(scope, 'a', { id: `${scope}/remade`, name: 'remade' })
const inherited = assignment('/subscriptions/sub-a', 'a')
const secondRole = assignment(scope, 'a', { id: `${scope}/second`, roleDefinitionId: roleId('app-user') })
const twoRoles = { accessRoles: [...spec.accessRoles, 'APP-USER'] }
const bothPlanned = {
  ...twoRoles,
  stages: [{ ...spec.stages[0], tasks: [subject, move('a', { key: 'a2', revoke: secondRole })] }] as typeof spec.stages,
}
const none = { access: { [scope]: [] } }
/** We have deleted it ourselves. */
const begun = { enteredAt: 0, begunAt: before, attempt: 1 }

test.each<[string, Scene, string]>([
  ['nothing recorded is nothing to revoke', { subject: { ...subject, revoke: undefined } as never }, 'done'],
  ['no access left after our begin is done', { ...none, ...begun }, 'done'],
  ['absent although we have not begun: one listing may have missed it', none, 'underway'],
  ['absent from a second listing, too, is done', { ...none, memo: { absentAt: now - 1 } }, 'done'],
  ['the same listing again is no second one', { ...none, memo: { absentAt: now } }, 'underway'],
  ['the assignment itself is to be revoked', { access: { [scope]: [ours] } }, 'notBegun'],
  ['so is the same one under another name', { access: { [scope]: [remade] } }, 'notBegun'],
  ['another principal does not matter', { access: { [scope]: [assignment(scope, 'b')] }, ...begun }, 'done'],
  [
    'a role that is no access does not matter',
    { access: { [scope]: [{ ...ours, roleDefinitionId: roleId('reader') }] }, ...begun },
    'done',
  ],
  [
    'ids are compared without letter case, role definitions by their GUID',
    {
      access: {
        [scope]: [
          {
            ...ours,
            scope: scope.toUpperCase(),
            principalId: 'A',
            roleDefinitionId: roleId(spec.accessRoles[0] ?? '')
              .replace('sub-a', 'sub-z')
              .toUpperCase(),
          },
        ],
      },
    },
    'notBegun',
  ],
  [
    'another group of the plan, forgotten by planning, stops it before anything is taken away',
    { access: { [scope]: [ours, assignment(scope, 'F')] }, spec: { groups: ['a', 'b', 'f'] } },
    'faulted:unproven',
  ],
  [
    'a forgotten group without access here does not matter',
    { access: { [scope]: [ours, assignment(ids.newScope, 'f')] }, spec: { groups: ['a', 'b', 'f'] } },
    'notBegun',
  ],
  [
    'nor does a role of theirs that is no access',
    {
      access: { [scope]: [ours, assignment(scope, 'f', { roleDefinitionId: roleId('reader') })] },
      spec: { groups: ['f'] },
    },
    'notBegun',
  ],
  [
    'nor a group that another task takes care of',
    { access: { [scope]: [ours, assignment(scope, 'b')] }, spec: { groups: ['a', 'b'] } },
    'notBegun',
  ],
  [
    'access of such a group that its own task does not take away stops it as well',
    {
      access: { [scope]: [ours, assignment(scope, 'b', { roleDefinitionId: roleId('app-user') })] },
      spec: { ...twoRoles, groups: ['a', 'b'] },
    },
    'faulted:unproven',
  ],
  ['access from above cannot be revoked here', { access: { [scope]: [inherited] } }, 'faulted:unproven'],
  ['ours goes first even then', { access: { [scope]: [inherited, ours] } }, 'notBegun'],
  [
    'another role that nobody planned to revoke is a fault',
    { access: { [scope]: [secondRole] }, spec: twoRoles },
    'faulted:unproven',
  ],
  ['one that another task revokes is waited for', { access: { [scope]: [secondRole] }, spec: bothPlanned }, 'underway'],
  ['a listing that fails proves nothing', { access: { [scope]: gone } }, 'couldNotLook:unavailable!'],
  ['a listing from before the step proves nothing', { ...none, startedAt: { assignments: before } }, 'underway'],
  [
    'nor one from before the begin',
    { ...none, enteredAt: 0, begunAt: now, attempt: 1, startedAt: { assignments: before } },
    'underway',
  ],
  ['a listing begun after the begin does', { ...none, enteredAt: 0, begunAt: before, attempt: 1 }, 'done'],
])('%s', async (_, scene, wanted) => {
  expect(await see(revokeAccess, { subject, side: 'primary', ...scene })).toBe(wanted)
})

test('access that remains is told with who, where and which role', async () => {
  const { detail } = await look(revokeAccess, { subject, access: { [scope]: [inherited] } })
  expect(detail).toBe(`Access remains that was not planned: a at /subscriptions/sub-a, role ${spec.accessRoles[0]}`)
})

test.each<[string, Scene, string, readonly string[]]>([
  ['the assignment is deleted', { access: { [scope]: [ours] } }, 'accepted', [`revoke ${ours.id}`]],
  ['the one that was re-made is deleted', { access: { [scope]: [remade] } }, 'accepted', [`revoke ${remade.id}`]],
  ['what was not recorded is not', { access: { [scope]: [inherited, secondRole] }, spec: twoRoles }, 'accepted', []],
  ['nothing is deleted unread', { access: { [scope]: gone } }, 'refused:unavailable', []],
  [
    'nothing is deleted on an old listing',
    { access: { [scope]: [ours] }, startedAt: { assignments: before } },
    'refused:unproven',
    [],
  ],
])('%s', async (_, scene, came, sent) => {
  expect(await begin(revokeAccess, { subject, side: 'primary', ...scene })).toEqual({ came, sent })
})
