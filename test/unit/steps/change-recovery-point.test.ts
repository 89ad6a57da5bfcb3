import { expect, test } from 'vitest'
import { changeRecoveryPoint } from '../../../src/lib/steps/change-recovery-point.ts'
import { before, committedItem, desktop, gone, ids, item, job, now, pendingItem } from '../../support/step-things.ts'
import { begin, look, type Scene, see, stageOf } from '../../support/steps.ts'

const subject = desktop
const change = (name: string, state: 'running' | 'succeeded' | 'failed' | 'cancelled', parts = {}) =>
  job(name, state, { scenario: 'ApplyRecoveryPoint', ...parts })
const ready = { items: [pendingItem()], jobs: [job('f', 'succeeded')] }
const begun = { attempt: 1, begunAt: before, enteredAt: before, memo: { jobBefore: '' } }

test.each<[string, Scene, string]>([
  ['a failover that is not committed is to be changed', ready, 'notBegun'],
  ['so is one without a list of operations', { ...ready, items: [pendingItem({ allowedOperations: [] })] }, 'notBegun'],
  [
    'where it is not allowed now it is waited for',
    { ...ready, items: [pendingItem({ allowedOperations: ['Commit'] })] },
    'underway',
  ],
  ["an earlier change is not this one's", { ...ready, jobs: [change('c', 'succeeded')] }, 'notBegun'],
  [
    'also after a begin',
    { ...ready, jobs: [change('c', 'succeeded')], ...begun, memo: { jobBefore: 'c' } },
    'notBegun',
  ],
  ['one that runs is waited for', { ...ready, jobs: [change('c', 'running')] }, 'underway'],
  ['a failover that still runs is waited for', { ...ready, jobs: [job('f', 'running')] }, 'underway'],
  ['a job of this attempt that succeeded is done', { ...ready, jobs: [change('c', 'succeeded')], ...begun }, 'done'],
  ['one that failed may pass', { ...ready, jobs: [change('c', 'failed')], ...begun }, 'faulted:jobFailed!'],
  [
    'for want of quota it does not',
    { ...ready, jobs: [change('c', 'failed', { errorCode: '28031' })], ...begun },
    'faulted:noQuota',
  ],
  [
    'one that a person cancelled is not begun again',
    { ...ready, jobs: [change('c', 'cancelled')], ...begun },
    'faulted:jobFailed',
  ],
  ['a committed one cannot be changed', { items: [committedItem()], jobs: [] }, 'faulted:rejected'],
  ['nor one that was not failed over', { items: [item()], jobs: [] }, 'faulted:rejected'],
  [
    'nor one that is being protected',
    { items: [item({ protectionState: 'UnprotectedStatesBegin' })], jobs: [] },
    'faulted:rejected',
  ],
  [
    'a word that is new to us tells nothing',
    { ...ready, items: [item({ protectionState: 'New' })] },
    'couldNotLook:unreadable!',
  ],
  [
    'it is not done while the item says such a word',
    { items: [item({ protectionState: 'New' })], jobs: [change('c', 'succeeded')], ...begun },
    'couldNotLook:unreadable!',
  ],
  ['missing from the listing tells nothing', { items: [], jobs: [] }, 'couldNotLook:notFound!'],
  ['jobs unread tell nothing', { ...ready, jobs: gone }, 'couldNotLook:unavailable!'],
])('%s', async (_, scene, wanted) => {
  expect(await see(changeRecoveryPoint, { subject, ...scene })).toBe(wanted)
})

test.each<[string, Scene, string]>([
  [
    'the newest change before the begin is remembered',
    { ...ready, jobs: [job('f', 'succeeded'), change('c', 'failed')] },
    'c',
  ],
  ['so is the one that failed', { ...ready, jobs: [change('c2', 'failed')], ...begun }, 'c2'],
])('%s', async (_, scene, jobBefore) => {
  expect((await look(changeRecoveryPoint, { subject, ...scene })).memo).toEqual({ jobBefore })
})

const point = (name: string, ago: number, kind: string) => ({
  id: `${ids.item}/recoveryPoints/${name}`,
  time: now - ago,
  kind,
})
const points = [
  point('app2', 30, 'ApplicationConsistent'),
  point('app1', 40, 'ApplicationConsistent'),
  point('crash1', 10, 'CrashConsistent'),
  point('crash2', 20, 'CrashConsistent'),
]

test.each<[string, NonNullable<Scene['spec']>['recoveryPoint'] & {}, string]>([
  ['the newest of all', 'latest', 'crash1'],
  ['the newest of all that are processed', 'latestProcessed', 'crash1'],
  ['the newest that applications agreed to', 'latestAppConsistent', 'app2'],
  ['the newest of a crash', 'latestCrashConsistent', 'crash1'],
  ['the one that is named', { id: `${ids.item.toUpperCase()}/recoveryPoints/CRASH2` }, 'crash2'],
])('%s is asked for', async (_, recoveryPoint, name) => {
  expect(await begin(changeRecoveryPoint, { subject, ...ready, points, spec: { recoveryPoint } })).toEqual({
    came: 'accepted',
    sent: [`changeRecoveryPoint ${ids.item} "${ids.item}/recoveryPoints/${name}"`],
  })
})

test.each<[string, Scene, object]>([
  [
    'a named one that is gone does not come back',
    { points, spec: { recoveryPoint: { id: '/gone' } } },
    { code: 'notFound', retryable: false },
  ],
  [
    'one of a kind may be made yet',
    { points: points.slice(2), spec: { recoveryPoint: 'latestAppConsistent' } },
    { code: 'notFound', retryable: true, message: expect.stringMatching('latestAppConsistent') },
  ],
  [
    'points that cannot be listed may be later',
    { points: gone, spec: { recoveryPoint: 'latest' } },
    { code: 'unavailable', retryable: true },
  ],
])('%s: nothing is sent', async (_, scene, fault) => {
  const { context, sent } = stageOf({ subject, ...ready, ...scene })
  expect(await changeRecoveryPoint.begin?.(context, { notAfter: 1 })).toMatchObject({ kind: 'refused', fault })
  expect(sent).toEqual([])
})

test('it makes machines, so it keeps to the pace of failovers', () => {
  expect(changeRecoveryPoint.limits.paced).toBe('failovers')
  expect(changeRecoveryPoint.limiter?.(stageOf({ subject, side: 'primary' }).context)).toBe('sub-b/ukwest')
})

test('a conflict is left to the next look', async () => {
  const answer = () => ({
    kind: 'refused' as const,
    fault: { code: 'conflict' as const, message: '409', retryable: false },
  })
  expect((await begin(changeRecoveryPoint, { subject, ...ready, points, answer })).came).toBe('unknown:conflict')
})
