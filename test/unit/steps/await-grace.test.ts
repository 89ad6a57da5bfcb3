import { expect, test } from 'vitest'
import { awaitGrace } from '../../../src/lib/steps/await-grace.ts'
import { desktop, gone, minute, now, session } from '../../support/step-things.ts'
import { look, type Scene, see } from '../../support/steps.ts'

const people = { sessions: [session(1)] }

test.each<[string, Scene, string]>([
  ['people on the host are waited for', people, 'notBegun'],
  ['nobody on the host at first is done at once', { sessions: [] }, 'done'],
  ['people who leave later do not shorten it', { sessions: [], memo: { waits: true } }, 'notBegun'],
  ['one millisecond before the end is not over', { ...people, enteredAt: now - 5 * minute + 1 }, 'notBegun'],
  ['the end is over', { ...people, enteredAt: now - 5 * minute }, 'done'],
  ['it is over even if nobody can be counted', { sessions: gone, enteredAt: now - 5 * minute }, 'done'],
  ['sessions that cannot be read are not none', { sessions: gone }, 'couldNotLook:unavailable!'],
])('%s', async (_, scene, wanted) => {
  expect(await see(awaitGrace, { subject: desktop, startedAt: { userSessions: now }, ...scene })).toBe(wanted)
})

test('the next look comes when the grace is over, and knows that it waits', async () => {
  expect(await look(awaitGrace, { subject: desktop, ...people, enteredAt: now - minute })).toMatchObject({
    lookAfter: 4 * minute,
    memo: { waits: true },
  })
})
