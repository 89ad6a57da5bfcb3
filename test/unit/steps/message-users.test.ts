import { expect, test } from 'vitest'
import { messageUsers } from '../../../src/lib/steps/message-users.ts'
import { before, gone, hostSubject, session } from '../../support/step-things.ts'
import { begin, look, type Scene, see } from '../../support/steps.ts'

const subject = hostSubject
const two = { sessions: [session(1), session(2), session(3, 'avd-2')] }
const refusedFor = (...users: readonly string[]) => ({
  answer: (line: string) =>
    users.some((user) => line.includes(user))
      ? { kind: 'refused' as const, fault: gone }
      : { kind: 'ok' as const, value: undefined },
})

test.each<[string, Scene, string]>([
  ['people on the host are to be told', two, 'notBegun'],
  ['nobody on the host is done', { sessions: [session(1, 'avd-2')] }, 'done'],
  ['told once is done, without another look', { attempt: 1, sessions: gone }, 'done'],
  ['sessions that cannot be read are not none', { sessions: gone }, 'couldNotLook:unavailable!'],
  ['an older listing is not none', { sessions: [], startedAt: { userSessions: before } }, 'underway'],
])('%s', async (_, scene, wanted) => {
  expect(await see(messageUsers, { subject, ...scene })).toBe(wanted)
})

test('that there was nobody to tell is told', async () => {
  expect((await look(messageUsers, { subject, sessions: [] })).detail).toBe('nobody to tell')
})

test('every session of the host gets the message, and no other', async () => {
  expect((await begin(messageUsers, { subject, ...two })).sent).toEqual([
    'message avd-1/1 "Moving" "Please save your work."',
    'message avd-1/2 "Moving" "Please save your work."',
  ])
})

test.each<[string, Scene, string]>([
  ['one that refuses does not matter', refusedFor('avd-1/1'), 'accepted'],
  ['all that refuse do', refusedFor('avd-1/'), 'refused:unavailable'],
  [
    'refused by one and lost for the other is unknown',
    { answer: (line) => ({ kind: line.includes('avd-1/1') ? 'refused' : 'unknown', fault: gone }) },
    'unknown:unavailable',
  ],
  ['lost answers are unknown', { answer: () => ({ kind: 'unknown', fault: gone }) }, 'unknown:unavailable'],
])('%s', async (_, scene, came) => {
  expect((await begin(messageUsers, { subject, ...two, ...scene })).came).toBe(came)
})

test('it is not tried twice', () => {
  expect(messageUsers.limits.maxAttempts).toBe(1)
})
