import { expect, test } from 'vitest'
import { signOutUsers } from '../../../src/lib/steps/sign-out-users.ts'
import { before, gone, host, hostSubject, now, session } from '../../support/step-things.ts'
import { begin, look, type Scene, see } from '../../support/steps.ts'

const subject = hostSubject
const none = { sessions: [] }
const empty = host({ sessions: 0 })
const inUse = host({ sessions: 1 })
const many = Array.from({ length: 51 }, (_, i) => session(i + 1))

test.each<[string, Scene, string]>([
  ['nobody left, and the host counts nobody, is done', { sessions: [session(1, 'avd-2')], hosts: [empty] }, 'done'],
  [
    'nobody listed, and the host counts somebody: one listing may have missed him',
    { ...none, hosts: [inUse] },
    'underway',
  ],
  ['nobody listed, and nobody knows what the host counts', { ...none, hosts: gone }, 'underway'],
  [
    'nobody listed, and the count is older than the step',
    { ...none, hosts: [empty], startedAt: { sessionHosts: before } },
    'underway',
  ],
  ['nobody on a second listing, too, is done', { ...none, hosts: [inUse], memo: { emptyAt: now - 1 } }, 'done'],
  ['the same listing again is no second one', { ...none, hosts: [inUse], memo: { emptyAt: now } }, 'underway'],
  ['somebody left is to be signed out', { sessions: [session(1)] }, 'notBegun'],
  ['the host is found in any letter case', { sessions: [session(1, 'AVD-1')] }, 'notBegun'],
  ['a disconnected session counts', { sessions: [{ ...session(1), state: 'Disconnected' }] }, 'notBegun'],
  ['sessions that cannot be read are not none', { sessions: gone }, 'couldNotLook:unavailable!'],
  ['a listing from before the step is not proof', { sessions: [], startedAt: { userSessions: before } }, 'underway'],
  [
    'who was asked to leave is given the time',
    { sessions: [session(1)], begunAt: now - 90_000, attempt: 1 },
    'underway',
  ],
  [
    'who is still there after that is asked again',
    { sessions: [session(1)], begunAt: now - 100_000, attempt: 1 },
    'notBegun',
  ],
  ['more than one begin can ask are not waited for', { sessions: many, begunAt: now - 20_000, attempt: 1 }, 'notBegun'],
  [
    'nor one from before the begin',
    { sessions: [], enteredAt: 0, begunAt: now, attempt: 1, startedAt: { userSessions: before } },
    'underway',
  ],
])('%s', async (_, scene, wanted) => {
  expect(await see(signOutUsers, { subject, ...scene })).toBe(wanted)
})

test('how many are left is told', async () => {
  expect((await look(signOutUsers, { subject, sessions: [session(1)] })).detail).toBe('1 session left')
})

test('at most 50 are signed out in one begin', async () => {
  const { came, sent } = await begin(signOutUsers, { subject, sessions: many })
  expect(came).toBe('accepted')
  expect(sent).toHaveLength(50)
  expect(sent[0]).toBe('signOut avd-1/1')
})

test.each<[string, Scene, string]>([
  ['lost answers are unknown', { answer: () => ({ kind: 'unknown', fault: gone }) }, 'unknown:unavailable'],
  ['refused by all is refused', { answer: () => ({ kind: 'refused', fault: gone }) }, 'refused:unavailable'],
  [
    'a begin that has only just been recorded does not ask for a newer listing',
    { begunAt: now, enteredAt: now - 5, startedAt: { userSessions: now - 5 } },
    'accepted',
  ],
  [
    'nobody is signed out on an old listing',
    { enteredAt: 0, startedAt: { userSessions: now - 10_001 } },
    'refused:unproven',
  ],
])('%s', async (_, scene, came) => {
  expect((await begin(signOutUsers, { subject, sessions: [session(1)], ...scene })).came).toBe(came)
})
