import { describe, expect, test } from 'vitest'
import { revokeStrayAccess } from '../../../src/lib/steps/revoke-stray-access.ts'
import { assignment, before, gone, ids, move, now } from '../../support/step-things.ts'
import { begin, type Scene, see } from '../../support/steps.ts'

/** On the old side by mistake, on the new one where people work. */
const stray = assignment(ids.oldScope, 'a')
const kept = assignment(ids.newScope, 'a')
const base: Scene = { subject: move('a'), side: 'primary', access: { [ids.oldScope]: [stray], [ids.newScope]: [kept] } }
const access = (old: readonly object[] | object, there: readonly object[] | object) =>
  ({ [ids.oldScope]: old, [ids.newScope]: there }) as NonNullable<Scene['access']>

test.each<[string, Scene, string]>([
  ['access on both sides is to be taken away', {}, 'notBegun'],
  ['access that is gone is done', { access: access([], [kept]) }, 'done'],
  [
    'the id is compared without letter case',
    { access: access([{ ...stray, id: stray.id.toUpperCase() }], [kept]) },
    'notBegun',
  ],
  [
    'one made anew since is not the one on record',
    { access: access([{ ...stray, id: `${stray.id}2` }], [kept]) },
    'done',
  ],
  ['the only access a group has is left to it', { access: access([stray], []) }, 'faulted:unproven'],
  [
    'another group keeping its access proves nothing',
    { access: access([stray], [assignment(ids.newScope, 'b')]) },
    'faulted:unproven',
  ],
  [
    'access inherited from above is not what is kept',
    { access: access([stray], [{ ...kept, scope: '/subscriptions/sub-b' }]) },
    'faulted:unproven',
  ],
  ['a listing that fails tells nothing', { access: access(gone, [kept]) }, 'couldNotLook:unavailable!'],
  ['nor does one of the other side', { access: access([stray], gone) }, 'couldNotLook:unavailable!'],
  [
    'a listing from before the begin proves nothing',
    { enteredAt: before, begunAt: now, startedAt: { assignments: before } },
    'underway',
  ],
])('%s', async (_, scene, wanted) => {
  expect(await see(revokeStrayAccess, { ...base, ...scene })).toBe(wanted)
})

describe('the begin', () => {
  test('deletes that assignment and no other', async () => {
    const others = [stray, assignment(ids.oldScope, 'b')]
    expect(await begin(revokeStrayAccess, { ...base, access: access(others, [kept]) })).toEqual({
      came: 'accepted',
      sent: [`revoke ${stray.id}`],
    })
  })

  test.each<[string, Scene, string]>([
    ['the group has lost the other one in between', { access: access([stray], []) }, 'refused:unproven'],
    ['the other side cannot be listed', { access: access([stray], gone) }, 'refused:unavailable'],
    ['its own cannot be listed', { access: access(gone, [kept]) }, 'refused:unavailable'],
    [
      'listings are too old to begin on',
      { startedAt: { assignments: now - 10_001 }, enteredAt: now - 60_000 },
      'refused:unproven',
    ],
    ['it is gone already', { access: access([], [kept]) }, 'accepted'],
  ])('sends nothing when %s', async (_, scene, wanted) => {
    expect(await begin(revokeStrayAccess, { ...base, ...scene })).toEqual({ came: wanted, sent: [] })
  })
})
