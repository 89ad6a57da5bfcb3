import { expect, test } from 'vitest'
import { undrainHost } from '../../../src/lib/steps/undrain-host.ts'
import { before, desktop, gone, host, hostSubject, ids, now } from '../../support/step-things.ts'
import { begin, look, type Scene, see } from '../../support/steps.ts'

test.each<[string, Scene, string]>([
  ['a host that is so already is done', { hosts: [host({ allowNewSession: true })] }, 'done'],
  ['a host the other way is to be begun', { hosts: [host({ allowNewSession: false })] }, 'notBegun'],
  ['the name is found in any letter case', { hosts: [host({ name: 'AVD-1', allowNewSession: true })] }, 'done'],
  [
    'so is the name in the plan',
    { subject: { ...desktop, host: 'Avd-1' }, hosts: [host({ allowNewSession: true })] },
    'done',
  ],
  ['a host missing from the listing tells nothing', { hosts: [host({ name: 'avd-2' })] }, 'couldNotLook:notFound!'],
  ['a listing that fails tells nothing', { hosts: gone }, 'couldNotLook:unavailable!'],
  [
    'a listing from before the step proves nothing',
    { hosts: [host({ allowNewSession: true })], startedAt: { sessionHosts: before } },
    'underway',
  ],
  [
    'a listing from before the begin proves nothing',
    { hosts: [host({ allowNewSession: true })], enteredAt: before, startedAt: { sessionHosts: before }, begunAt: now },
    'underway',
  ],
])('%s', async (_, scene, wanted) => {
  expect(await see(undrainHost, { subject: hostSubject, ...scene })).toBe(wanted)
})

test('a look is as old as its listing', async () => {
  const scene = { subject: hostSubject, hosts: [host()], enteredAt: before - 5, startedAt: { sessionHosts: before } }
  expect((await look(undrainHost, scene)).readAt).toBe(before)
})

test('a listing that is too old is asked for again soon', async () => {
  const scene = { subject: hostSubject, hosts: [host()], startedAt: { sessionHosts: before } }
  expect(await look(undrainHost, scene)).toMatchObject({ readAt: before, lookAfter: 2_000 })
})

test('it works on a desktop as on a host', async () => {
  expect((await begin(undrainHost, { subject: desktop, side: 'primary' })).sent).toEqual([
    `allowNewSession ${ids.oldPool} avd-1 true`,
  ])
})

test.each<[string, Scene, object | undefined]>([
  ['a desktop on the side that is entered is ready from then on', { subject: desktop }, { readyAt: now }],
  ['on the side that is left it is not', { subject: desktop, side: 'primary' }, undefined],
  ['a host of many users is none', { subject: hostSubject }, undefined],
  ['nor is one that lets nobody in yet', { subject: desktop, hosts: [host({ allowNewSession: false })] }, undefined],
])('%s', async (_, scene, facts) => {
  expect((await look(undrainHost, { hosts: [host({ allowNewSession: true })], ...scene })).facts).toEqual(facts)
})
