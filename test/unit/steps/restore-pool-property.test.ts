import { expect, test } from 'vitest'
import type { Subject } from '../../../src/lib/machine/spec.ts'
import { restorePoolProperty } from '../../../src/lib/steps/restore-pool-property.ts'
import { gone, ids } from '../../support/step-things.ts'
import { begin, type Scene, see } from '../../support/steps.ts'

const subject: Subject = {
  kind: 'poolProperty',
  key: 'maxsessionlimit',
  name: 'maxSessionLimit',
  value: '12',
  before: '8',
}
const unset: Subject = {
  kind: 'poolProperty',
  key: 'customrdpproperty',
  name: 'customRdpProperty',
  value: 'audiomode:i:0',
}
const has = (settings: Readonly<Record<string, string>>): Scene => ({ pool: { settings } })

test.each<[string, Scene, string]>([
  ['what is as it was is done', has({ maxSessionLimit: '8' }), 'done'],
  ['what was set is to be set back', has({ maxSessionLimit: '12' }), 'notBegun'],
  ['what somebody has set since is left alone', has({ maxSessionLimit: '16' }), 'faulted:unproven'],
  ['what was not set is done when it is not', { ...has({}), subject: unset }, 'done'],
  ['what was not set is to be emptied', { ...has({ customRdpProperty: 'audiomode:i:0' }), subject: unset }, 'notBegun'],
  ['a read that fails tells nothing', { pool: gone }, 'couldNotLook:unavailable!'],
])('%s', async (_, scene, wanted) => {
  expect(await see(restorePoolProperty, { subject, ...scene })).toBe(wanted)
})

test('it sends what planning saw', async () => {
  const { sent } = await begin(restorePoolProperty, { subject, ...has({ maxSessionLimit: '12' }) })
  expect(sent).toEqual([`poolProperty ${ids.newPool} maxSessionLimit "8"`])
})

test('it empties what was not set', async () => {
  const { sent } = await begin(restorePoolProperty, { subject: unset, ...has({ customRdpProperty: 'audiomode:i:0' }) })
  expect(sent).toEqual([`poolProperty ${ids.newPool} customRdpProperty ""`])
})

test('it does not work against somebody', async () => {
  const came = await begin(restorePoolProperty, { subject, ...has({ maxSessionLimit: '16' }) })
  expect(came).toEqual({ came: 'refused:unproven', sent: [] })
})
