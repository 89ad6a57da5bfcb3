import { expect, test } from 'vitest'
import { restoreAccess } from '../../../src/lib/steps/restore-access.ts'
import { assignment, before, gone, ids, move, now } from '../../support/step-things.ts'
import { begin, look, type Scene, see } from '../../support/steps.ts'

const { oldScope, newScope } = ids
const recorded = {
  ...assignment(oldScope, 'a'),
  condition: 'only at work',
  conditionVersion: '2.0',
  description: 'old',
}
const subject = move('a', { revoke: recorded })
const nowhere = { [oldScope]: [], [newScope]: [] }

test.each<[string, Scene, string]>([
  ['nothing recorded is nothing to restore', { subject: { ...subject, revoke: undefined } as never }, 'done'],
  ['an assignment that is there is done', { access: { [oldScope]: [recorded] } }, 'done'],
  ['under another name too', { access: { [oldScope]: [{ ...recorded, id: 'x', name: 'x' }] } }, 'done'],
  [
    'one from above is not the recorded one',
    { access: { ...nowhere, [oldScope]: [assignment('/', 'a')] } },
    'notBegun',
  ],
  ['access to neither side is to be restored', { access: nowhere }, 'notBegun'],
  ['nobody gets both sides', { access: { ...nowhere, [newScope]: [assignment(newScope, 'A')] } }, 'faulted:conflict'],
  [
    'not by another group of the pair either',
    { access: { ...nowhere, [newScope]: [assignment(newScope, 'b')] } },
    'faulted:conflict',
  ],
  [
    'principals outside the mapping do not matter',
    { access: { ...nowhere, [newScope]: [assignment(newScope, 'z')] } },
    'notBegun',
  ],
  ['the other side unread is not empty', { access: { ...nowhere, [newScope]: gone } }, 'couldNotLook:unavailable!'],
  [
    'an older listing proves nothing',
    { access: { [oldScope]: [recorded] }, startedAt: { assignments: before } },
    'underway',
  ],
])('%s', async (_, scene, wanted) => {
  expect(await see(restoreAccess, { subject, side: 'primary', ...scene })).toBe(wanted)
})

test('who has the other side is told', async () => {
  const access = { ...nowhere, [newScope]: [assignment(newScope, 'b')] }
  expect((await look(restoreAccess, { subject, access })).detail).toContain(
    `b at ${newScope} has access to the secondary`,
  )
})

test('exactly what was recorded is put back', async () => {
  const { came, sent } = await begin(restoreAccess, { subject, access: nowhere })
  const { id: _, ...rest } = recorded
  expect(came).toBe('accepted')
  expect(sent).toHaveLength(1)
  expect(JSON.parse(sent[0]?.slice(`grant ${oldScope} `.length) ?? '')).toEqual(rest)
})

test.each<[string, Scene, string]>([
  [
    'nothing is put back beside the other side',
    { access: { [newScope]: [assignment(newScope, 'a')] } },
    'refused:conflict',
  ],
  ['nothing is put back unread', { access: { [newScope]: gone } }, 'refused:unavailable'],
  [
    'nothing is put back on a listing older than 10 s',
    { access: nowhere, enteredAt: 0, startedAt: { assignments: now - 10_001 } },
    'refused:unproven',
  ],
])('%s', async (_, scene, came) => {
  expect(await begin(restoreAccess, { subject, ...scene })).toEqual({ came, sent: [] })
})
