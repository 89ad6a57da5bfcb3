import { describe, expect, test } from 'vitest'
import { commitFailover } from '../../../src/lib/steps/commit-failover.ts'
import {
  before,
  committedItem,
  desktop,
  gone,
  host,
  ids,
  item,
  job,
  minute,
  now,
  pendingItem,
} from '../../support/step-things.ts'
import { begin, look, type Scene, see } from '../../support/steps.ts'

const subject = desktop
const commit = (name: string, state: 'running' | 'succeeded' | 'failed' | 'cancelled') =>
  job(name, state, { scenario: 'CommitFailover' })
const ready = { items: [pendingItem()], jobs: [job('f', 'succeeded')], hosts: [host()] }
const begun = { attempt: 1, begunAt: before, enteredAt: before, memo: { jobBefore: '' } }

test.each<[string, Scene, string]>([
  ['committed is done', { items: [committedItem()], jobs: [] }, 'done'],
  [
    'in any letter case',
    { items: [committedItem({ protectionState: 'unplannedfailovercommitted' })], jobs: [] },
    'done',
  ],
  ['commit pending and allowed is to be begun', ready, 'notBegun'],
  [
    'so is commit pending without a list of operations',
    { ...ready, items: [pendingItem({ allowedOperations: [] })] },
    'notBegun',
  ],
  [
    'commit pending and not allowed is waited for',
    { ...ready, items: [pendingItem({ allowedOperations: ['ChangePit'] })] },
    'underway',
  ],
  ['a running commit is underway', { ...ready, jobs: [commit('c', 'running')] }, 'underway'],
  ['a failover that still runs is underway', { ...ready, jobs: [job('f', 'running')] }, 'underway'],
  [
    'a failed job of this attempt is a fault that may pass',
    { ...ready, jobs: [commit('c', 'failed')], ...begun },
    'faulted:jobFailed!',
  ],
  [
    'an older failed job is not',
    { ...ready, jobs: [commit('c', 'failed')], ...begun, memo: { jobBefore: 'c' } },
    'notBegun',
  ],
  ["a failed failover is not this step's", { ...ready, jobs: [job('f', 'failed')], ...begun }, 'notBegun'],
  [
    'a job that succeeded is waited for until the item shows it',
    { ...ready, jobs: [commit('c', 'succeeded')], ...begun },
    'underway',
  ],
  ['an item that was not failed over tells nothing', { items: [item()], jobs: [] }, 'couldNotLook:unproven!'],
  [
    'a word that is new to us tells nothing',
    { items: [item({ protectionState: 'New' })], jobs: [] },
    'couldNotLook:unproven!',
  ],
  ['missing from the listing tells nothing', { items: [], jobs: [] }, 'couldNotLook:notFound!'],
  ['jobs unread tell nothing', { ...ready, jobs: gone }, 'couldNotLook:unavailable!'],
  ['an older listing proves nothing', { ...ready, startedAt: { jobs: before } }, 'underway'],
])('%s', async (_, scene, wanted) => {
  expect(await see(commitFailover, { subject, ...scene })).toBe(wanted)
})

test.each<[string, Scene, string]>([
  [
    'the newest commit before the begin is remembered',
    { ...ready, jobs: [job('f', 'succeeded'), commit('c', 'failed')] },
    'c',
  ],
  ['so is the one that failed', { ...ready, jobs: [commit('c2', 'failed')], ...begun }, 'c2'],
])('%s', async (_, scene, jobBefore) => {
  expect((await look(commitFailover, { subject, ...scene })).memo).toEqual({ jobBefore })
})

test('one commit is sent', async () => {
  expect(await begin(commitFailover, { subject, ...ready })).toEqual({ came: 'accepted', sent: [`commit ${ids.item}`] })
})

test('a conflict is left to the next look', async () => {
  const answer = () => ({
    kind: 'refused' as const,
    fault: { code: 'conflict' as const, message: '409', retryable: false },
  })
  expect((await begin(commitFailover, { subject, ...ready, answer })).came).toBe('unknown:conflict')
})

describe('before a commit the desktop is alive', () => {
  const silent = { ...ready, hosts: [host({ lastHeartbeat: now - 4 * minute })] }
  const late = { memo: { silentSince: now - 11 * minute } }
  const [blind, blindForLong] = [119, 121].map((since) => ({ memo: { unreadSince: now - since * minute } }))

  test.each<[string, Scene, string]>([
    ['a silent one is waited for', silent, 'underway'],
    ['so is one that is not listed', { ...ready, hosts: [] }, 'couldNotLook:notFound!'],
    ['hosts unread tell nothing', { ...ready, hosts: gone }, 'couldNotLook:unavailable!'],
    ['one that is silent for long is left uncommitted', { ...silent, ...late }, 'done'],
    ['Azure is waited for longer', { ...ready, hosts: gone, ...blind }, 'couldNotLook:unavailable!'],
    [
      'and one that cannot be read for very long is left uncommitted',
      { ...ready, hosts: gone, ...blindForLong },
      'done',
    ],
    ['one that is alive late is committed', { ...ready, ...late }, 'notBegun'],
    ['a commit somebody else sent needs no proof', { ...silent, jobs: [commit('c', 'running')] }, 'underway'],
    ['a person who asks for the commit is believed', { ...silent, spec: { kind: 'commit' } }, 'notBegun'],
  ])('%s', async (_, scene, wanted) => {
    expect(await see(commitFailover, { subject, ...scene })).toBe(wanted)
  })

  test('what is left uncommitted is told, for a person', async () => {
    const { lacks } = await look(commitFailover, { subject, ...silent, ...late })
    expect(lacks).toMatchObject({ code: 'needsPerson', message: expect.stringMatching(/^not committed/) })
    expect(await look(commitFailover, { subject, ...ready, ...late })).not.toHaveProperty('lacks')
    const unread = await look(commitFailover, { subject, ...ready, hosts: gone, ...blindForLong })
    expect(unread.lacks).toMatchObject({ code: 'needsPerson', message: expect.stringMatching(/could not be read/) })
  })
})

describe('a commit by itself', () => {
  const own = { subject, spec: { kind: 'commit' as const } }
  const again = (protectionState: string) => item({ id: `${ids.vault}/new`, sourceVmId: ids.newVm, protectionState })

  test.each<[string, string]>([
    ['is done when the VM is protected again', 'Protected'],
    ['is done while it is being protected again', 'UnprotectedStatesBegin'],
  ])('%s', async (_, state) => {
    expect(await see(commitFailover, { ...own, items: [again(state)], jobs: [] })).toBe('done')
    expect(await see(commitFailover, { subject, items: [again(state)], jobs: [] })).toBe('couldNotLook:notFound!')
  })
})
