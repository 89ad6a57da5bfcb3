import { describe, expect, test } from 'vitest'
import type { Subject } from '../../../src/lib/machine/spec.ts'
import { setPoolProperty } from '../../../src/lib/steps/set-pool-property.ts'
import { gone, hostSubject, ids } from '../../support/step-things.ts'
import { begin, type Scene, see } from '../../support/steps.ts'

const subject: Subject = {
  kind: 'poolProperty',
  key: 'loadbalancertype',
  name: 'loadBalancerType',
  value: 'BreadthFirst',
  before: 'DepthFirst',
}
const unset: Subject = {
  kind: 'poolProperty',
  key: 'customrdpproperty',
  name: 'customRdpProperty',
  value: 'audiomode:i:0',
}
const has = (settings: Readonly<Record<string, string>>): Scene => ({ pool: { settings } })

test.each<[string, Scene, string]>([
  ['what is so already is done', has({ loadBalancerType: 'BreadthFirst' }), 'done'],
  ['what is as planning saw it is to be begun', has({ loadBalancerType: 'DepthFirst' }), 'notBegun'],
  ['what somebody has set since is left alone', has({ loadBalancerType: 'Persistent' }), 'faulted:unproven'],
  ['what somebody has unset since is left alone', has({}), 'faulted:unproven'],
  ['what was not set is to be begun while it is not', { ...has({}), subject: unset }, 'notBegun'],
  ['empty is as good as not set', { ...has({ customRdpProperty: '' }), subject: unset }, 'notBegun'],
  [
    'what is set by now is left alone',
    { ...has({ customRdpProperty: 'audiomode:i:1' }), subject: unset },
    'faulted:unproven',
  ],
  ['letter case in values counts', has({ loadBalancerType: 'breadthfirst' }), 'faulted:unproven'],
  ['a pool whose settings nobody told is not taken for one that has none', { pool: {} }, 'couldNotLook:unreadable!'],
  ['a read that fails tells nothing', { pool: gone }, 'couldNotLook:unavailable!'],
])('%s', async (_, scene, wanted) => {
  expect(await see(setPoolProperty, { subject, ...scene })).toBe(wanted)
})

describe('the begin', () => {
  test('sets that one property of the pool of its side', async () => {
    const { came, sent } = await begin(setPoolProperty, { subject, ...has({ loadBalancerType: 'DepthFirst' }) })
    expect([came, sent]).toEqual(['accepted', [`poolProperty ${ids.newPool} loadBalancerType "BreadthFirst"`]])
    const other = await begin(setPoolProperty, { subject, side: 'primary', ...has({ loadBalancerType: 'DepthFirst' }) })
    expect(other.sent[0]).toContain(ids.oldPool)
  })

  test.each<[string, Scene, string]>([
    ['somebody has set it in between', has({ loadBalancerType: 'Persistent' }), 'refused:unproven'],
    ['it cannot be read again', { pool: gone }, 'refused:unavailable'],
  ])('sends nothing when %s', async (_, scene, wanted) => {
    expect(await begin(setPoolProperty, { subject, ...scene })).toEqual({ came: wanted, sent: [] })
  })
})

test('another subject is a bug in a runbook', async () => {
  await expect(see(setPoolProperty, { subject: hostSubject, ...has({}) })).rejects.toThrow('not made for')
})
