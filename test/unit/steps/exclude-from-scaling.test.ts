import { expect, test } from 'vitest'
import { excludeFromScaling } from '../../../src/lib/steps/exclude-from-scaling.ts'
import { gone, hostSubject, ids, spec } from '../../support/step-things.ts'
import { begin, type Scene, see } from '../../support/steps.ts'

const { exclusionTag: _, ...untagged } = spec.secondary
const withoutTag = { spec: { secondary: untagged } }

test.each<[string, Scene, string]>([
  ['a host with the tag is done', { vm: { tags: { NoScaling: 'avd-failover:op-1' } } }, 'done'],
  ['the tag of a person serves as well', { vm: { tags: { NoScaling: '' } } }, 'done'],
  ['tag names have no letter case', { vm: { tags: { noscaling: 'x' } } }, 'done'],
  ['a host without the tag is to be begun', { vm: { tags: { owner: 'x' } } }, 'notBegun'],
  ['no tag in the plan: nothing to do', withoutTag, 'done'],
  ['hosts that were handed back are not kept from autoscale again', { isHandedBack: true, vm: { tags: {} } }, 'done'],
  ['a VM that cannot be read tells nothing', { vm: gone }, 'couldNotLook:unavailable!'],
])('%s', async (_, scene, wanted) => {
  expect(await see(excludeFromScaling, { subject: hostSubject, ...scene })).toBe(wanted)
})

test('the other tags stay', async () => {
  expect(await begin(excludeFromScaling, { subject: hostSubject, vm: { tags: { owner: 'x' } } })).toEqual({
    came: 'accepted',
    sent: [`tags ${ids.newVm} {"owner":"x","NoScaling":"avd-failover:op-1"}`],
  })
})

test.each<[string, Scene, string]>([
  ['a tag that a person set in between is left alone', { vm: { tags: { noScaling: 'mine' } } }, 'accepted'],
  ['no tag in the plan sends nothing', withoutTag, 'accepted'],
  ['nothing is overwritten unread', { vm: gone }, 'refused:unavailable'],
])('%s', async (_, scene, came) => {
  expect(await begin(excludeFromScaling, { subject: hostSubject, ...scene })).toEqual({ came, sent: [] })
})
