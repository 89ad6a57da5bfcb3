import { expect, test } from 'vitest'
import type { Subject } from '../../../src/lib/machine/spec.ts'
import type { Application } from '../../../src/lib/model/azure.ts'
import { copyApplication } from '../../../src/lib/steps/copy-application.ts'
import { gone, ids } from '../../support/step-things.ts'
import { begin, type Scene, see } from '../../support/steps.ts'

const id = `${ids.newScope}/applications/notes`
const settings = { filePath: 'C:\\notes.exe', commandLineSetting: 'DoNotAllow', iconIndex: '0' }
const subject: Subject = { kind: 'application', key: 'new-desktop/notes', id, settings }
const seen = (more: Readonly<Record<string, string>> = {}): Application => ({
  id,
  name: 'notes',
  settings: { ...settings, ...more },
})

test.each<[string, Scene, string]>([
  ['one that does not exist is to be made', {}, 'notBegun'],
  ['one that is alike is done', { application: seen() }, 'done'],
  ['one that starts something else is to be made alike', { application: seen({ filePath: 'C:\\x.exe' }) }, 'notBegun'],
  [
    'one with arguments of its own is to be made alike',
    { application: seen({ commandLineArguments: '/x' }) },
    'notBegun',
  ],
  ['what is not written by a fix does not count', { application: seen({ objectId: '1' }) }, 'done'],
  ['a read that fails tells nothing', { application: gone }, 'couldNotLook:unavailable!'],
])('%s', async (_, scene, wanted) => {
  expect(await see(copyApplication, { subject, ...scene })).toBe(wanted)
})

test('the begin sends all of its settings', async () => {
  const { came, sent } = await begin(copyApplication, { subject })
  expect([came, sent]).toEqual(['accepted', [`putApplication ${id} ${JSON.stringify(settings)}`]])
})
