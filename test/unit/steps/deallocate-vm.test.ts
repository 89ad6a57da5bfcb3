import { expect, test } from 'vitest'
import { deallocateVm } from '../../../src/lib/steps/deallocate-vm.ts'
import { before, gone, hostSubject, ids, now, session } from '../../support/step-things.ts'
import { begin, look, type Scene, see } from '../../support/steps.ts'

const vm = ids.newVm
const subject = hostSubject
const running = { power: { [vm]: 'running' as const } }
const inUse = { ...running, sessions: [session(1), session(2), session(3, 'avd-2')] }

test.each<[string, Scene, string]>([
  ['deallocated is done', { power: { [vm]: 'deallocated' } }, 'done'],
  ['deallocating is underway', { power: { [vm]: 'deallocating' } }, 'underway'],
  ['starting is waited for', { power: { [vm]: 'starting' } }, 'underway'],
  ['a word that is new to us is waited for', { power: { [vm]: 'unknown' } }, 'underway'],
  ['running with nobody on it is to be begun', { ...running, sessions: [session(1, 'avd-2')] }, 'notBegun'],
  [
    'stopped is to be begun whatever sessions are listed',
    { power: { [vm]: 'stopped' }, sessions: [session(1)] },
    'notBegun',
  ],
  ['nobody is shut off', inUse, 'couldNotLook:conflict!'],
  ['sessions that cannot be read are not none', { ...running, sessions: gone }, 'couldNotLook:unavailable!'],
  [
    'an older session listing is not none',
    { ...running, sessions: [], startedAt: { userSessions: before } },
    'underway',
  ],
  ['missing from the listing tells nothing', { power: {} }, 'couldNotLook:notFound!'],
])('%s', async (_, scene, wanted) => {
  expect(await see(deallocateVm, { subject, ...scene })).toBe(wanted)
})

test('who is in the way is told by name and number', async () => {
  expect((await look(deallocateVm, { subject, ...inUse })).detail).toBe('avd-1 still has 2 sessions')
})

test('a look is as old as the older of its two listings', async () => {
  const scene = { subject, ...running, sessions: [], enteredAt: now - 9, startedAt: { userSessions: now - 4 } }
  expect((await look(deallocateVm, scene)).readAt).toBe(now - 4)
})

test.each<[string, Scene, string, readonly string[]]>([
  ['an empty host is deallocated', { ...running, sessions: [] }, 'accepted', [`deallocate ${vm}`]],
  ['a stopped one too', { power: { [vm]: 'stopped' } }, 'accepted', [`deallocate ${vm}`]],
  ['somebody who signed in after the look is not shut off', inUse, 'refused:conflict', []],
  ['nothing is sent when the sessions cannot be read', { ...running, sessions: gone }, 'refused:unavailable', []],
  [
    'nothing is sent on sessions older than 10 s',
    { ...running, sessions: [], enteredAt: 0, startedAt: { userSessions: now - 10_001 } },
    'refused:unproven',
    [],
  ],
])('%s', async (_, scene, came, sent) => {
  expect(await begin(deallocateVm, { subject, ...scene })).toEqual({ came, sent })
})
