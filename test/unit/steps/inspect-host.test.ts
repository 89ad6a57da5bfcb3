import { expect, test } from 'vitest'
import { inspectHost } from '../../../src/lib/steps/inspect-host.ts'
import { before, gone, host, hostSubject, ids, minute, now, session } from '../../support/step-things.ts'
import { look, type Scene, see } from '../../support/steps.ts'

const vm = ids.newVm
const off: Scene = { power: { [vm]: 'deallocated' } }
const on: Scene = { power: { [vm]: 'running' }, hosts: [host({ lastHeartbeat: now - minute })], sessions: [] }
const silent = [host({ lastHeartbeat: now - 4 * minute })]

test.each<[string, Scene, string]>([
  ['a deallocated host is at rest', off, 'done'],
  ['what AVD still lists as its sessions is left over', { ...off, sessions: [session(1)] }, 'done'],
  ['a stopped one is too', { power: { [vm]: 'stopped' } }, 'done'],
  ['one that somebody starts is waited for', { power: { [vm]: 'starting' } }, 'notBegun'],
  ['one that is on its way down is waited for', { power: { [vm]: 'deallocating' } }, 'notBegun'],
  ['a word that is new to us is waited for', { power: { [vm]: 'unknown' } }, 'notBegun'],
  ['one that runs and is alive is done', on, 'done'],
  ['one that runs without a sign of life is waited for', { ...on, hosts: silent }, 'notBegun'],
  ['one that is in use is done, alive or not', { ...on, hosts: silent, sessions: [session(1)] }, 'done'],
  ['power that cannot be read tells nothing', { power: gone }, 'couldNotLook:unavailable!'],
  ['sessions that cannot be read are not none', { ...on, sessions: gone }, 'couldNotLook:unavailable!'],
  ['a host that is not listed tells nothing', { ...on, hosts: [] }, 'couldNotLook:notFound!'],
  ['older listings prove nothing', { ...on, startedAt: { userSessions: before } }, 'underway'],
])('%s', async (_, scene, wanted) => {
  expect(await see(inspectHost, { subject: hostSubject, ...scene })).toBe(wanted)
})

test.each<[string, Scene, unknown]>([
  ['a host at rest goes on to be woken', off, { isEnough: undefined, facts: undefined }],
  [
    'a host that runs needs no more',
    on,
    { isEnough: true, facts: { provenAt: now - minute, found: 'running' }, detail: 'runs already' },
  ],
  [
    'a host in use is left alone, and is proven as well',
    { ...on, sessions: [session(1), session(2)] },
    { isEnough: true, facts: { provenAt: now - minute, found: 'inUse' }, detail: 'in use: 2 sessions' },
  ],
  [
    'a heartbeat that is no sign of life proves nothing',
    { ...on, hosts: silent, sessions: [session(1)] },
    { isEnough: true, facts: { found: 'inUse' } },
  ],
])('%s', async (_, scene, wanted) => {
  const found = await look(inspectHost, { subject: hostSubject, ...scene })
  expect({ isEnough: undefined, facts: undefined, ...found }).toMatchObject(wanted as object)
})
