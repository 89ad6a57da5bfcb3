import { expect, test } from 'vitest'
import { verifyAccess } from '../../../src/lib/steps/verify-access.ts'
import { assignment, before, gone, ids } from '../../support/step-things.ts'
import { look, type Scene, see } from '../../support/steps.ts'

const { oldScope, otherOldScope, newScope } = ids
const moved = {
  [oldScope]: [],
  [otherOldScope]: [],
  [newScope]: [assignment(newScope, 'a'), assignment(newScope.toUpperCase(), 'B')],
}
const halfWay = { ...moved, [newScope]: [assignment(newScope, 'a')] }
const access = (parts: Scene['access']): Scene => ({ access: { ...moved, ...parts } })

test.each<[string, Scene, string]>([
  ['everybody here and nobody there is done', { access: moved }, 'done'],
  ['a missing grant is waited for', { access: halfWay }, 'notBegun'],
  ['access left over there is waited for', access({ [otherOldScope]: [assignment(otherOldScope, 'a')] }), 'notBegun'],
  ['so is access from above', access({ [oldScope]: [assignment('/', 'b')] }), 'notBegun'],
  ['principals outside the mapping do not matter', access({ [oldScope]: [assignment(oldScope, 'z')] }), 'done'],
  ['the old side unread is not empty', access({ [oldScope]: gone }), 'couldNotLook:unavailable!'],
  ['the new side unread is not granted', access({ [newScope]: gone }), 'couldNotLook:unavailable!'],
  ['an older listing proves nothing', { access: moved, startedAt: { assignments: before } }, 'underway'],
])('%s', async (_, scene, wanted) => {
  expect(await see(verifyAccess, scene)).toBe(wanted)
})

test.each<[string, Scene, string]>([
  ['who is without access is told', { access: halfWay }, 'without access yet: Group b'],
  [
    'who has the old side is told',
    access({ [oldScope]: [assignment(oldScope, 'a')] }),
    `a at ${oldScope} has access to the primary side`,
  ],
])('%s', async (_, scene, detail) => {
  expect((await look(verifyAccess, scene)).detail).toBe(detail)
})
