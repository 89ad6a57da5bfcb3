import { expect, test } from 'vitest'
import { failoverVm } from '../../../src/lib/steps/failover-vm.ts'
import {
  before,
  committedItem,
  desktop,
  gone,
  ids,
  item,
  job,
  now,
  pendingItem,
  spec,
} from '../../support/step-things.ts'
import { begin, look, type Scene, see, stageOf } from '../../support/steps.ts'

const subject = desktop
const ready = { items: [item()], jobs: [] }
const begun = { attempt: 1, begunAt: before, enteredAt: before, memo: { jobBefore: 'old' } }
const old = job('old', 'failed')
const withState = (protectionState: string, allowedOperations: readonly string[] = [], activeLocation = 'Primary') => ({
  items: [item({ protectionState, allowedOperations, activeLocation })],
  jobs: [],
})

test.each<[string, Scene, string]>([
  ['Protected and allowed is to be begun', ready, 'notBegun'],
  ['an older job that failed does not matter', { ...ready, jobs: [old] }, 'notBegun'],
  [
    'before our first begin, the failure of somebody else is not ours',
    { ...ready, jobs: [job('theirs', 'failed'), old], memo: { jobBefore: 'old' } },
    'notBegun',
  ],
  ['commit pending is done, whoever did it', { items: [pendingItem()], jobs: [] }, 'done'],
  ['committed is done', { items: [committedItem()], jobs: [] }, 'done'],
  [
    'a commit that runs is done with the failover',
    { items: [pendingItem()], jobs: [job('c', 'running', { scenario: 'CommitFailover' })] },
    'done',
  ],
  ['a word that is new, with Recovery active, is done', withState('SomethingNew', [], 'Recovery'), 'done'],
  [
    'a Protected item has its failover before it',
    withState('Protected', ['UnplannedFailover'], 'Recovery'),
    'notBegun',
  ],
  ['words have no letter case', withState('PROTECTED', ['unplannedfailover']), 'notBegun'],
  [
    'a running failover is underway though the item does not show it',
    { ...ready, jobs: [job('j', 'running')] },
    'underway',
  ],
  ['it is underway though the item shows the end', { items: [pendingItem()], jobs: [job('j', 'running')] }, 'underway'],
  [
    'a job without items is found by the name of its VM',
    { ...ready, jobs: [job('j', 'running', { items: [], target: 'AVD-1' })] },
    'underway',
  ],
  [
    'the job of another VM does not matter',
    { ...ready, jobs: [job('j', 'running', { items: ['opaque-2'] })] },
    'notBegun',
  ],
  [
    'the job that the item names as running is waited for',
    {
      items: [item({ currentJob: '/x/replicationJobs/j' })],
      jobs: [job('j', 'running', { scenario: 'TestFailover', items: [], target: '' })],
    },
    'underway',
  ],
  [
    'one that is over is not',
    { items: [item({ currentJob: 'j' })], jobs: [job('j', 'succeeded', { scenario: 'Enable' })] },
    'notBegun',
  ],
  ['the job None is no job', { items: [item({ currentJob: '/x/replicationJobs/None' })], jobs: [] }, 'notBegun'],
  [
    'an unlisted job of long ago does not matter while failover is allowed',
    { items: [item({ currentJob: 'j' })], jobs: [] },
    'notBegun',
  ],
  ['after a begin it does', { items: [item({ currentJob: 'j' })], jobs: [], ...begun }, 'underway'],
  [
    'an item under a new id is found by its VM',
    { items: [item({ id: `${ids.vault}/x`, sourceVmId: ids.oldVm.toUpperCase() })], jobs: [] },
    'notBegun',
  ],
  [
    'ids have no letter case',
    { items: [item({ id: ids.item.replace('/s', '/S'), sourceVmId: 'x' })], jobs: [] },
    'notBegun',
  ],
  ['missing from the listing tells nothing', { items: [], jobs: [] }, 'couldNotLook:notFound!'],
  ['items unread tell nothing', { ...ready, items: gone }, 'couldNotLook:unavailable!'],
  ['jobs unread tell nothing', { ...ready, jobs: gone }, 'couldNotLook:unavailable!'],
  ['older items prove nothing', { ...ready, startedAt: { replicatedItems: before } }, 'underway'],
  ['older jobs prove nothing', { ...ready, startedAt: { jobs: before } }, 'underway'],
  ['a failover that is not allowed is a fault', withState('Protected', ['DisableProtection']), 'faulted:rejected'],
  ['so is an initial replication', withState('UnprotectedStatesBegin'), 'faulted:rejected'],
  ['no list of operations tells nothing', withState('Protected'), 'couldNotLook:unreadable!'],
  [
    'a word that is new to us tells nothing',
    withState('Protecting2', ['UnplannedFailover']),
    'couldNotLook:unreadable!',
  ],
  ['no word tells nothing', withState('', ['UnplannedFailover']), 'couldNotLook:unreadable!'],
  [
    'after a begin, not allowed is waited for',
    { ...withState('Protected', ['DisableProtection']), ...begun },
    'underway',
  ],
  ['after a begin without a trace it is not begun', { ...ready, jobs: [old], ...begun }, 'notBegun'],
  [
    'a failed job of this attempt is a fault that may pass',
    { ...ready, jobs: [job('new', 'failed'), old], ...begun },
    'faulted:jobFailed!',
  ],
  [
    'for want of room too',
    { ...ready, jobs: [job('new', 'failed', { errorCode: 'AllocationFailed' })], ...begun },
    'faulted:noCapacity!',
  ],
  [
    'an item that protects the machine at the other side is no way there',
    { items: [item({ id: `${ids.vault}/turned`, sourceVmId: ids.newVm })], jobs: [] },
    'couldNotLook:notFound!',
  ],
  [
    'for want of quota it does not pass',
    { ...ready, jobs: [job('new', 'failed', { errorCode: '28031' })], ...begun },
    'faulted:noQuota',
  ],
  [
    'one that a person cancelled is not begun again',
    { ...ready, jobs: [job('new', 'cancelled')], ...begun },
    'faulted:jobFailed',
  ],
  [
    'a failed job is no fault while the item is on its way back',
    { ...withState('Cleaning'), jobs: [job('new', 'failed')], ...begun },
    'underway',
  ],
  [
    'a failed job of an item that has failed over is done',
    { items: [pendingItem()], jobs: [job('new', 'failed')], ...begun },
    'done',
  ],
  [
    'a job that succeeded is waited for until the item shows it',
    { ...ready, jobs: [job('new', 'succeeded')], ...begun },
    'underway',
  ],
  [
    'the first job there ever was is ours',
    { ...ready, jobs: [job('new', 'failed')], ...begun, memo: { jobBefore: '' } },
    'faulted:jobFailed!',
  ],
  [
    'without a memory, a job since the begin is ours',
    { ...ready, jobs: [job('new', 'failed', { startedAt: now })], ...begun, memo: {} },
    'faulted:jobFailed!',
  ],
  [
    'and one before it is not',
    { ...ready, jobs: [job('new', 'failed', { startedAt: before - 1 })], ...begun, memo: {} },
    'notBegun',
  ],
  ['nor one without a time', { ...ready, jobs: [old], ...begun, memo: {} }, 'notBegun'],
])('%s', async (_, scene, wanted) => {
  expect(await see(failoverVm, { subject, ...scene })).toBe(wanted)
})

test.each<[string, Scene, string]>([
  ['no job before the begin is remembered as none', ready, ''],
  ['the newest one is remembered', { ...ready, jobs: [job('newer', 'succeeded'), old] }, 'newer'],
  ['jobs of other kinds are not', { ...ready, jobs: [job('r', 'succeeded', { scenario: 'Reprotect' }), old] }, 'old'],
  [
    'a failed attempt is remembered, so that the next one has its own',
    { ...ready, jobs: [job('new', 'failed'), old], ...begun },
    'new',
  ],
])('%s', async (_, scene, jobBefore) => {
  expect((await look(failoverVm, { subject, ...scene })).memo).toEqual({ jobBefore })
})

test('a look is as old as the older of its two listings', async () => {
  const scene = { subject, ...ready, enteredAt: 0, startedAt: { jobs: now - 3, replicatedItems: now - 2 } }
  expect((await look(failoverVm, scene)).readAt).toBe(now - 3)
})

test.each<[string, Scene, string]>([
  ['with the primary up, its VM is shut down first', {}, 'Required'],
  ['with the primary down, it is not asked', { spec: { primaryIsDown: true } }, 'NotRequired'],
  ['on the way home it is always', { spec: { primaryIsDown: true, target: 'primary' } }, 'Required'],
])('%s', async (_, scene, word) => {
  expect(await begin(failoverVm, { subject, ...ready, ...scene })).toEqual({
    came: 'accepted',
    sent: [`failover ${ids.item} {"sourceSiteOperations":"${word}"}`],
  })
})

test.each<[string, Scene, string]>([
  ['the item is named as the vault names it', { items: [item({ id: `${ids.vault}/x` })] }, `${ids.vault}/x`],
  ['as planned when the vault cannot be asked', { items: gone }, ids.item],
])('%s', async (_, scene, id) => {
  expect((await begin(failoverVm, { subject, ...scene })).sent[0]).toMatch(`failover ${id} `)
})

test('a conflict is left to the next look', async () => {
  const answer = () => ({
    kind: 'refused' as const,
    fault: { code: 'conflict' as const, message: '409', retryable: false },
  })
  expect((await begin(failoverVm, { subject, ...ready, answer })).came).toBe('unknown:conflict')
})

test('failovers share a limiter by target subscription and region, whichever side the step is on', () => {
  expect(failoverVm.limits.paced).toBe('failovers')
  expect(failoverVm.limiter?.(stageOf({ subject, side: 'primary' }).context)).toBe('sub-b/ukwest')
})

test('replicated desktops without a vault are a bug', async () => {
  const { vaultId: _, ...rest } = spec
  const { context } = stageOf({ subject, ...ready })
  await expect(failoverVm.look({ ...context, spec: rest })).rejects.toThrow('no vault')
})

const processed = { spec: { recoveryPoint: 'latestProcessed' }, subject, ...ready } as const
const point = (name: string, time: number) => ({
  id: `${ids.item}/recoveryPoints/${name}`,
  time,
  kind: 'CrashConsistent',
})

test('the newest processed point is named where the plan asks for it, in whatever order they come', async () => {
  const points = [point('p1', now - 900_000), point('p3', now - 300_000), point('p2', now - 600_000)]
  const options = `{"sourceSiteOperations":"Required","recoveryPointId":"${ids.item}/recoveryPoints/p3"}`
  expect(await begin(failoverVm, { ...processed, points })).toEqual({
    came: 'accepted',
    sent: [`failover ${ids.item} ${options}`],
  })
})

test.each<[string, Scene['points'], string]>([
  ['there is none', [], 'refused:notFound'],
  ['they cannot be listed', gone, 'refused:unavailable'],
])('nothing is begun while the plan asks for a processed point and %s', async (_, points, came) => {
  expect(await begin(failoverVm, { ...processed, points: points ?? [] })).toEqual({ came, sent: [] })
})

test('a missing point is said by name and tried again', async () => {
  const { context } = stageOf({ ...processed, points: [] })
  expect(await failoverVm.begin?.(context, { notAfter: 10_000 })).toMatchObject({
    kind: 'refused',
    fault: { retryable: true, message: expect.stringMatching(/no processed recovery point/) },
  })
})

test('room comes and goes in minutes: so long it waits', async () => {
  const seenAfter = async (errorCode: string) =>
    (await look(failoverVm, { subject, ...ready, jobs: [job('new', 'failed', { errorCode })], ...begun })).seen
  expect(await seenAfter('AllocationFailed')).toMatchObject({ fault: { retryAfter: 300_000 } })
  expect(await seenAfter('SkuNotAvailable')).not.toHaveProperty('fault.retryAfter')
  expect(await seenAfter('70038')).not.toHaveProperty('fault.retryAfter')
})

test.each<[NonNullable<Scene['spec']>['recoveryPoint'] & {}, string]>([
  ['latestProcessed', 'p3'],
  ['latestAppConsistent', 'app'],
  ['latestCrashConsistent', 'p3'],
  [{ id: `${ids.item}/recoveryPoints/p1` }, 'p1'],
])('the point asked for is named (%s)', async (recoveryPoint, name) => {
  const app = { ...point('app', now - 800_000), kind: 'ApplicationConsistent' }
  const points = [point('p1', now - 900_000), app, point('p3', now - 300_000)]
  const { sent } = await begin(failoverVm, { subject, ...ready, points, spec: { recoveryPoint } })
  expect(sent[0]).toMatch(`"recoveryPointId":"${ids.item}/recoveryPoints/${name}"`)
})
