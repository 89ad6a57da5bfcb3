import { describe, expect, test } from 'vitest'
import type { Fault } from '../../../src/lib/core/fault.ts'
import { reprotectVm } from '../../../src/lib/steps/reprotect-vm.ts'
import {
  before,
  committedItem,
  desktop,
  gone,
  ids,
  item,
  job,
  minute,
  now,
  pendingItem,
} from '../../support/step-things.ts'
import { begin, look, type Scene, see, stageOf } from '../../support/steps.ts'

const cacheStorage = { secondary: '/subscriptions/sub-b/cache' }
const own = (scene: Scene): Scene => ({
  subject: desktop,
  jobs: [],
  ...scene,
  spec: { kind: 'reprotect', cacheStorage, ...scene.spec },
})
const failedOverAt = Date.UTC(2026, 2, 14, 21)
const committed = committedItem({ failedOverAt })
const turned = (protectionState: string, parts = {}) =>
  item({ id: `${ids.vault}/turned`, sourceVmId: ids.newVm, targetVmId: ids.oldVm, protectionState, ...parts })
const turn = (name: string, state: 'running' | 'succeeded' | 'failed' | 'cancelled', parts = {}) =>
  job(name, state, { scenario: 'SwitchReplicationGroupProtection', ...parts })
const begun: Partial<Scene> = { attempt: 1, begunAt: before, enteredAt: before, memo: { jobBefore: 'old' } }

test.each<[string, Scene, string]>([
  ['committed and allowed is to be begun', { items: [committed] }, 'notBegun'],
  ['so is one without a list of operations', { items: [committedItem({ allowedOperations: [] })] }, 'notBegun'],
  [
    'an older job that failed does not matter',
    { items: [committed], jobs: [turn('old', 'failed')], memo: { jobBefore: 'old' } },
    'notBegun',
  ],
  [
    'one that is not allowed yet is waited for',
    { items: [committedItem({ allowedOperations: ['DisableProtection'] })] },
    'underway',
  ],
  ['a job that runs is waited for', { items: [committed], jobs: [turn('j', 'running')] }, 'underway'],
  [
    'so is one that is over before it shows',
    { items: [committed], jobs: [turn('j', 'succeeded')], ...begun },
    'underway',
  ],
  ['the new item is waited for', { items: [turned('UnprotectedStatesBegin', { allowedOperations: [] })] }, 'underway'],
  ['also beside the old one', { items: [committed, turned('UnprotectedStatesBegin')] }, 'underway'],
  [
    'and when its job failed: nothing can be begun on it',
    { items: [turned('UnprotectedStatesBegin')], jobs: [turn('j', 'failed')], ...begun },
    'underway',
  ],
  ['protected from where it runs is done', { items: [turned('Protected')] }, 'done'],
  ['whatever the old item says', { items: [committed, turned('Protected')] }, 'done'],
  ['protected from the other side is done: it runs there', { items: [item()] }, 'done'],
  [
    'a failed job of this attempt may pass',
    { items: [committed], jobs: [turn('j', 'failed', { errorCode: '28031' })], ...begun },
    'faulted:noQuota!',
  ],
  [
    'one that a person cancelled is not begun again',
    { items: [committed], jobs: [turn('j', 'cancelled')], ...begun },
    'faulted:jobFailed',
  ],
  ['a commit may take a moment to show', { items: [pendingItem()] }, 'couldNotLook:unproven!'],
  ['and not longer', { items: [pendingItem()], enteredAt: now - 31 * minute }, 'faulted:rejected'],
  ['a word that is new to us tells nothing', { items: [item({ protectionState: 'New' })] }, 'couldNotLook:unreadable!'],
  ['missing from the listing tells nothing', { items: [] }, 'couldNotLook:notFound!'],
  ['items unread tell nothing', { items: gone }, 'couldNotLook:unavailable!'],
  [
    'an unlisted job of long ago does not matter while it is allowed',
    { items: [committedItem({ currentJob: 'x' })] },
    'notBegun',
  ],
  ['after a begin it does', { items: [committedItem({ currentJob: 'x' })], ...begun }, 'underway'],
])('%s', async (_, scene, wanted) => {
  expect(await see(reprotectVm, own(scene))).toBe(wanted)
})

test('a failed attempt is remembered, so that the next one has its own', async () => {
  const scene = own({ items: [committed], jobs: [turn('j', 'failed'), turn('old', 'failed')], ...begun })
  expect((await look(reprotectVm, scene)).memo).toEqual({ jobBefore: 'j' })
  expect((await look(reprotectVm, own({ items: [committed], jobs: [turn('old', 'failed')] }))).memo).toEqual({
    jobBefore: 'old',
  })
})

describe('since when it is unprotected', () => {
  test('is what the item that was failed over says, and kept', async () => {
    const found = await look(reprotectVm, own({ items: [committed], jobs: [turn('j', 'running')] }))
    expect(found.facts).toEqual({ unprotectedSince: failedOverAt })
    expect(found.detail).toMatch('unprotected since 2026-03-14T21:00:00Z')
  })

  test('is still told when a new item has taken its place', async () => {
    const found = await look(
      reprotectVm,
      own({ items: [turned('UnprotectedStatesBegin')], facts: { unprotectedSince: failedOverAt } }),
    )
    expect(found.detail).toMatch('unprotected since 2026-03-14T21:00:00Z')
    expect(found.facts).toEqual({ unprotectedSince: failedOverAt })
  })

  test('is left out where nobody knows', async () => {
    const found = await look(reprotectVm, own({ items: [turned('UnprotectedStatesBegin')] }))
    expect(found).not.toHaveProperty('facts')
    expect(found.detail).toBe('UnprotectedStatesBegin')
  })
})

describe('waiting is cheap', () => {
  test.each<[number, number]>([
    [0, 5 * minute],
    [1, 5 * minute - 1],
    [4 * minute, minute],
    [7 * minute, 3 * minute],
  ])('all look together on the full five minutes (%d)', async (past, after) => {
    const at = Math.ceil(now / (5 * minute)) * 5 * minute + past
    const scene = own({ items: [turned('UnprotectedStatesBegin')], now: at, enteredAt: before })
    expect((await look(reprotectVm, scene)).lookAfter).toBe(after)
  })

  test('a newer listing is not waited for that long', async () => {
    const scene = own({ items: [committed], startedAt: { jobs: before } })
    expect((await look(reprotectVm, scene)).lookAfter).toBeLessThan(10_000)
  })

  test.each([
    [1, 5],
    [2, 10],
    [4, 40],
    [5, 60],
    [500, 60],
  ])('after attempt %d that failed it waits %d min', async (attempt, wait) => {
    const failed = await look(reprotectVm, own({ items: [committed], jobs: [turn('j', 'failed')], ...begun, attempt }))
    expect(failed.seen).toMatchObject({ fault: { retryAfter: wait * minute } })
  })

  test('a region may be away for days', () => {
    const { timeout, maxAttempts } = reprotectVm.limits
    expect(timeout).toBeGreaterThanOrEqual(24 * 60 * minute)
    expect(maxAttempts * 60 * minute).toBeGreaterThan(30 * 24 * 60 * minute)
  })
})

describe('a begin', () => {
  const refusal = (fault: Partial<Fault>) => () => ({
    kind: 'refused' as const,
    fault: { code: 'rejected' as const, message: 'no', retryable: false, ...fault },
  })
  const faultOf = async (scene: Scene) => {
    const begun = await reprotectVm.begin?.(stageOf(own({ items: [committed], attempt: 2, ...scene })).context, {
      notAfter: 1,
    })
    return begun?.kind === 'accepted' ? begun : { kind: begun?.kind, ...begun?.fault }
  }

  test('goes through the storage account of the region where the machine runs', async () => {
    expect(await begin(reprotectVm, own({ items: [committed] }))).toEqual({
      came: 'accepted',
      sent: [`reprotect ${ids.item} {"cacheStorageId":"/subscriptions/sub-b/cache"}`],
    })
  })

  test('is about the item as the vault has it now', async () => {
    const moved = committedItem({ id: `${ids.vault}/moved` })
    expect((await begin(reprotectVm, own({ items: [moved] }))).sent[0]).toMatch(`reprotect ${ids.vault}/moved `)
  })

  test.each<[string, Scene, object]>([
    [
      'what the other region refuses is asked for again',
      { answer: refusal({}) },
      { kind: 'refused', retryable: true, retryAfter: 10 * minute },
    ],
    ['not earlier than Azure wants', { answer: refusal({ retryAfter: 60 * minute }) }, { retryAfter: 60 * minute }],
    [
      'what we may not do is not',
      { answer: refusal({ code: 'forbidden' }) },
      { kind: 'refused', code: 'forbidden', retryable: false },
    ],
    [
      'what is not understood is not',
      { answer: refusal({ code: 'unreadable' }) },
      { kind: 'refused', retryable: false },
    ],
    ['a conflict is left to the next look', { answer: refusal({ code: 'conflict' }) }, { kind: 'unknown' }],
    [
      'over budget is no refusal of Azure',
      { answer: refusal({ code: 'overBudget', retryable: true, retryAfter: 7 }) },
      { kind: 'refused', retryAfter: 7 },
    ],
    [
      'a plan without a storage account there is for a person',
      { spec: { cacheStorage: { primary: '/x' } } },
      { kind: 'refused', code: 'rejected', retryable: false },
    ],
    ['without the vault nothing is sent', { items: gone }, { kind: 'refused', code: 'unproven', retryable: true }],
  ])('%s', async (_, scene, wanted) => {
    expect(await faultOf(scene)).toMatchObject(wanted)
  })
})
