/** Access of a side with more application groups than could be listed one by one in time. */
import { expect, it } from 'vitest'
import type { Subject } from '../../../src/lib/machine/spec.ts'
import { desktopVirtualizationUser, type RoleAssignment } from '../../../src/lib/model/azure.ts'
import { grantAccess } from '../../../src/lib/steps/grant-access.ts'
import { type Scene, see } from '../../support/steps.ts'

const group = (side: string) => `/subscriptions/sub/resourceGroups/rg-${side}`
const scopeOf = (side: string, i: number) =>
  `${group(side)}/providers/Microsoft.DesktopVirtualization/applicationGroups/ag-${i}`
const within = (side: string) => group(side).toLowerCase()

const held = (scope: string, principalId: string): RoleAssignment => ({
  id: `${scope}/providers/Microsoft.Authorization/roleAssignments/${principalId}`,
  name: principalId,
  scope,
  principalId,
  principalType: 'Group',
  roleDefinitionId: desktopVirtualizationUser,
})

const moves: readonly Extract<Subject, { kind: 'assignment' }>[] = Array.from({ length: 12 }, (_, i) => ({
  kind: 'assignment',
  key: `move-${i}`,
  groupName: `group-${i}`,
  principalId: `group-${i}`,
  revoke: held(scopeOf('old', i), `group-${i}`),
  grant: held(scopeOf('new', i), `group-${i}`),
}))
const scene = (left: readonly RoleAssignment[]): Scene => ({
  subject: moves[0] as Subject,
  spec: {
    stages: [{ name: 'grant', after: [], steps: [], tasks: moves, trouble: 'ask' }],
    applicationGroups: { primary: moves.map((_, i) => scopeOf('old', i)), secondary: [] },
    target: 'secondary',
  },
  access: { [scopeOf('new', 0)]: [] },
  within: { [within('old')]: left },
})

it('is read by one list of their resource group', async () => {
  expect(await see(grantAccess, scene([]))).toBe('notBegun')
})

it.each([
  ['one of the application groups', held(scopeOf('old', 11), 'group-3')],
  ['the resource group', held(group('old'), 'group-3')],
  ['the subscription', held('/subscriptions/sub', 'group-3')],
])('is found where it was given for %s', async (_, left) => {
  expect(await see(grantAccess, scene([left]))).toBe('underway')
})

it.each([
  [
    'other things of the resource group',
    held(`${group('old')}/providers/Microsoft.Compute/virtualMachines/vm-1`, 'group-3'),
  ],
  ['people whom nobody moves', held(scopeOf('old', 11), 'somebody')],
])('is not that of %s', async (_, left) => {
  expect(await see(grantAccess, scene([left]))).toBe('notBegun')
})

it('is read one by one where the right to read is given for the application groups alone', async () => {
  const forbidden = { code: 'forbidden', message: 'AuthorizationFailed', retryable: true } as const
  const each = Object.fromEntries(moves.map((_, i) => [scopeOf('old', i), [] as RoleAssignment[]]))
  const { access } = scene([])
  const denied = { ...scene([]), within: { [within('old')]: forbidden } }
  expect(await see(grantAccess, { ...denied, access: { ...access, ...each } })).toBe('notBegun')
  const one = { [scopeOf('old', 5)]: [held(scopeOf('old', 5), 'group-5')] }
  expect(await see(grantAccess, { ...denied, access: { ...access, ...each, ...one } })).toBe('underway')
})

it('is unknown when the list cannot be read', async () => {
  const throttled = { code: 'throttled', message: '429', retryable: true } as const
  expect(await see(grantAccess, { ...scene([]), within: { [within('old')]: throttled } })).toBe(
    'couldNotLook:throttled!',
  )
})
