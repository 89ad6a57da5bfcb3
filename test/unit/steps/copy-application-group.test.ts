import { describe, expect, test } from 'vitest'
import type { Subject } from '../../../src/lib/machine/spec.ts'
import type { ApplicationGroup } from '../../../src/lib/model/azure.ts'
import { copyApplicationGroup } from '../../../src/lib/steps/copy-application-group.ts'
import { gone, ids } from '../../support/step-things.ts'
import { begin, type Scene, see } from '../../support/steps.ts'

const group = {
  id: ids.newScope,
  hostPoolId: ids.newPool,
  location: 'ukwest',
  type: 'RemoteApp',
  settings: { friendlyName: 'Office', showInFeed: 'true' },
} as const
const subject: Subject = { kind: 'applicationGroup', key: 'new-desktop', ...group }
const seen = (traits: Partial<ApplicationGroup> = {}): ApplicationGroup => ({
  name: 'new-desktop',
  ...group,
  ...traits,
})

test.each<[string, Scene, string]>([
  ['one that does not exist is to be made', {}, 'notBegun'],
  ['one that is alike is done', { applicationGroup: seen() }, 'done'],
  [
    'the id of its pool is compared without letter case',
    { applicationGroup: seen({ hostPoolId: ids.newPool.toUpperCase() }) },
    'done',
  ],
  ['one that differs is to be changed', { applicationGroup: seen({ settings: { friendlyName: 'Old' } }) }, 'notBegun'],
  [
    'one that says more is to be changed',
    { applicationGroup: seen({ settings: { ...group.settings, description: 'x' } }) },
    'notBegun',
  ],
  [
    'what is not written by a fix does not count',
    { applicationGroup: seen({ settings: { ...group.settings, kind: 'x' } }) },
    'done',
  ],
  ["another pool's is left alone", { applicationGroup: seen({ hostPoolId: ids.oldPool }) }, 'faulted:rejected'],
  ['one of another type is left alone', { applicationGroup: seen({ type: 'Desktop' }) }, 'faulted:rejected'],
  ['a read that fails tells nothing', { applicationGroup: gone }, 'couldNotLook:unavailable!'],
])('%s', async (_, scene, wanted) => {
  expect(await see(copyApplicationGroup, { subject, ...scene })).toBe(wanted)
})

describe('the begin', () => {
  test('makes one that does not exist, for the pool of the side', async () => {
    const { id, ...rest } = group
    const { came, sent } = await begin(copyApplicationGroup, { subject })
    expect([came, sent]).toEqual(['accepted', [`putGroup ${id} ${JSON.stringify(rest)}`]])
  })

  test('changes nothing but settings of one that exists', async () => {
    const { sent } = await begin(copyApplicationGroup, { subject, applicationGroup: seen({ settings: {} }) })
    expect(sent).toEqual([`setGroup ${ids.newScope} ${JSON.stringify(group.settings)}`])
  })

  test.each<[string, Scene, string]>([
    ["another pool's has come in between", { applicationGroup: seen({ hostPoolId: ids.oldPool }) }, 'refused:rejected'],
    ['it cannot be read again', { applicationGroup: gone }, 'refused:unavailable'],
  ])('sends nothing when %s', async (_, scene, wanted) => {
    expect(await begin(copyApplicationGroup, { subject, ...scene })).toEqual({ came: wanted, sent: [] })
  })
})
