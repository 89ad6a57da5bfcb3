import { describe, expect, test } from 'vitest'
import { removeHost } from '../../../src/lib/steps/remove-host.ts'
import { before, gone, host, hostSubject, ids, minute, now, session } from '../../support/step-things.ts'
import { begin, look, type Scene, see } from '../../support/steps.ts'

const dead = host({ lastHeartbeat: now - 91 * 24 * 60 * minute, status: 'Unavailable' })
const scene: Scene = { subject: hostSubject, hosts: [dead], sessions: [], power: { [ids.newVm]: 'deallocated' } }

test.each<[string, Partial<Scene>, string]>([
  ['a dead host that is off is to be removed', {}, 'notBegun'],
  ['so is one that is stopped', { power: { [ids.newVm]: 'stopped' } }, 'notBegun'],
  ['so is one whose VM is gone: there is nobody to disturb', { power: {} }, 'notBegun'],
  ['one with sessions never is', { sessions: [session(1)] }, 'faulted:conflict'],
  ['nor one whose VM runs', { power: { [ids.newVm]: 'running' } }, 'faulted:conflict'],
  ['nor one that is just being started', { power: { [ids.newVm]: 'starting' } }, 'faulted:conflict'],
  ['a power state that is new to us is not off', { power: { [ids.newVm]: 'unknown' } }, 'faulted:conflict'],
  ['one that is alive needs nothing', { hosts: [host()] }, 'done'],
  ['missing once proves nothing', { hosts: [] }, 'underway'],
  ['missing from the same listing again proves nothing', { hosts: [], memo: { goneAt: now } }, 'underway'],
  ['missing from a second listing is gone', { hosts: [], memo: { goneAt: now - 5 }, enteredAt: now - 9 }, 'done'],
  ['another letter case is the same host', { hosts: [{ ...dead, name: 'AVD-1' }] }, 'notBegun'],
  ['a listing that fails tells nothing', { hosts: gone }, 'couldNotLook:unavailable!'],
  ['sessions that cannot be read tell nothing', { sessions: gone }, 'couldNotLook:unavailable!'],
  ['power that cannot be read tells nothing', { power: gone }, 'couldNotLook:unavailable!'],
  ['an older listing proves nothing', { startedAt: { sessionHosts: before } }, 'underway'],
])('%s', async (_, parts, wanted) => {
  expect(await see(removeHost, { ...scene, ...parts })).toBe(wanted)
})

test('one that is listed again after it was missing has to be missing twice more', async () => {
  expect((await look(removeHost, { ...scene, memo: { goneAt: now - 5 } })).memo).toEqual({ goneAt: false })
})

test('a host that is alive ends the repair with its heartbeat', async () => {
  expect(await look(removeHost, { ...scene, hosts: [host()] })).toMatchObject({
    isEnough: true,
    facts: { provenAt: now, found: 'running' },
  })
})

describe('the begin', () => {
  test('removes the record, without force', async () => {
    expect(await begin(removeHost, scene)).toEqual({ came: 'accepted', sent: [`removeHost ${ids.newPool} avd-1`] })
  })

  test.each<[string, Partial<Scene>, string]>([
    ['somebody has signed in', { sessions: [session(1)] }, 'refused:conflict'],
    ['somebody has started it', { power: { [ids.newVm]: 'running' } }, 'refused:conflict'],
    ['nobody can say who is signed in', { sessions: gone }, 'refused:unavailable'],
  ])('is not sent when by now %s', async (_, parts, came) => {
    expect(await begin(removeHost, { ...scene, ...parts })).toEqual({ came, sent: [] })
  })
})
