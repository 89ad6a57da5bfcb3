import { expect, test } from 'vitest'
import { includeInScaling } from '../../../src/lib/steps/include-in-scaling.ts'
import { gone, hostSubject, ids } from '../../support/step-things.ts'
import { begin, look, type Scene, see } from '../../support/steps.ts'

const person = { vm: { tags: { NoScaling: 'set by hand' } } }

test.each<[string, Scene, string]>([
  ['a host without the tag is done', { vm: { tags: {} } }, 'done'],
  ['our tag is to be taken off', { vm: { tags: { NoScaling: 'avd-failover:op-1' } } }, 'notBegun'],
  ['so is the one of an earlier operation', { vm: { tags: { noscaling: 'avd-failover:op-0' } } }, 'notBegun'],
  ['the tag of a person stays', person, 'done'],
  ['a VM that cannot be read tells nothing', { vm: gone }, 'couldNotLook:unavailable!'],
])('%s', async (_, scene, wanted) => {
  expect(await see(includeInScaling, { subject: hostSubject, ...scene })).toBe(wanted)
})

test('a tag that stays is told', async () => {
  expect((await look(includeInScaling, { subject: hostSubject, ...person })).detail).toContain('stays')
})

test.each<[string, Scene, readonly string[]]>([
  [
    'only our tag goes',
    { vm: { tags: { owner: 'x', noscaling: 'avd-failover:op-0' } } },
    [`tags ${ids.newVm} {"owner":"x"}`],
  ],
  ['a person who took the tag over in between keeps it', person, []],
])('%s', async (_, scene, sent) => {
  expect(await begin(includeInScaling, { subject: hostSubject, ...scene })).toEqual({ came: 'accepted', sent })
})
