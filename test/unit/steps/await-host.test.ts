import { describe, expect, test } from 'vitest'
import { awaitHost } from '../../../src/lib/steps/await-host.ts'
import { before, desktop, gone, host, hostSubject, minute, now } from '../../support/step-things.ts'
import { look, type Scene, see } from '../../support/steps.ts'

const { lastHeartbeat: _, ...mute } = host()
const stale = host({ lastHeartbeat: now - 3 * minute - 1 })
const recent = { hosts: [host({ lastHeartbeat: now - minute })] }

test.each<[string, Scene, string]>([
  ['Available with a fresh heartbeat is done', { hosts: [host()] }, 'done'],
  ['a heartbeat of three minutes ago is fresh', { hosts: [host({ lastHeartbeat: now - 3 * minute })] }, 'done'],
  ['Available with an old heartbeat is not', { hosts: [stale] }, 'notBegun'],
  ['Available without a heartbeat is not', { hosts: [mute] }, 'notBegun'],
  ['NeedsAssistance lets users connect', { hosts: [host({ status: 'NeedsAssistance' })] }, 'done'],
  ['status words have no letter case', { hosts: [host({ status: 'available' })] }, 'done'],
  ['Unavailable is not, however fresh', { hosts: [host({ status: 'Unavailable' })] }, 'notBegun'],
  ['a word that is new to us is not', { hosts: [host({ status: 'Hibernating' })] }, 'notBegun'],
  ['no status is not', { hosts: [host({ status: '' })] }, 'notBegun'],
  ['a heartbeat from before the step will do for a host', { ...recent, enteredAt: now - 1 }, 'done'],
  [
    'but not for a desktop: it may be the old VM that sent it',
    { ...recent, subject: desktop, enteredAt: now - minute },
    'notBegun',
  ],
  [
    'a desktop heard of after the step began is done',
    { ...recent, subject: desktop, enteredAt: now - 2 * minute },
    'done',
  ],
  ['missing from the listing tells nothing', { hosts: [] }, 'couldNotLook:notFound!'],
  ['a listing that fails tells nothing', { hosts: gone }, 'couldNotLook:unavailable!'],
  ['an older listing proves nothing', { hosts: [host()], startedAt: { sessionHosts: before } }, 'underway'],
])('%s', async (_, scene, wanted) => {
  expect(await see(awaitHost, { subject: hostSubject, ...scene })).toBe(wanted)
})

test.each<[string, Scene, string | undefined]>([
  ['a healthy host needs no words', { hosts: [host()] }, undefined],
  [
    'a failed check is told',
    { hosts: [host({ status: 'NeedsAssistance' })] },
    'needs assistance: a check failed, users can connect',
  ],
  ['the age of a heartbeat is told', { hosts: [stale] }, 'Available, but last heartbeat 3 min 00 s ago'],
  ['a missing heartbeat is told', { hosts: [{ ...mute, status: 'Shutdown' }] }, 'Shutdown, no heartbeat'],
])('%s', async (_, scene, detail) => {
  expect((await look(awaitHost, { subject: hostSubject, ...scene })).detail).toBe(detail)
})

describe('of a host that is woken', () => {
  const keepAlive = { stayOn: 120 * minute, maxOnTime: 480 * minute, patches: 'none' } as const
  const woken: Scene = { subject: hostSubject, spec: { keepAlive }, enteredAt: now - 2 * minute, ...recent }

  test('only a heartbeat from after the start is a proof', async () => {
    expect(await see(awaitHost, woken)).toBe('done')
    expect(await see(awaitHost, { ...woken, enteredAt: now - minute })).toBe('notBegun')
    expect((await look(awaitHost, { ...woken, enteredAt: now - minute })).facts).toBeUndefined()
  })

  test('the first and the newest are kept, whatever its health', async () => {
    const ill = { ...woken, hosts: [host({ lastHeartbeat: now - minute, status: 'Unavailable' })] }
    expect(await look(awaitHost, ill)).toMatchObject({
      seen: { kind: 'notBegun' },
      facts: { provenAt: now - minute, aliveSince: now - minute },
    })
    expect((await look(awaitHost, { ...ill, facts: { aliveSince: 7 } })).facts).toMatchObject({ aliveSince: 7 })
  })

  test('a failover keeps none of it', async () => {
    expect((await look(awaitHost, { ...woken, spec: {} })).facts).toBeUndefined()
  })
})

test('it only waits', () => {
  expect(awaitHost.begin).toBeUndefined()
})
