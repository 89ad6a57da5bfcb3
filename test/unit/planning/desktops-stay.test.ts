import { describe, expect, it } from 'vitest'
import type { ReplicatedItem } from '../../../src/lib/model/azure.ts'
import {
  committedItem,
  homewardItem,
  itemOf,
  pendingItem,
  personalSeen,
  planOf,
  planText,
  previewOf,
  storageIdOf,
  vmIdOf,
  withoutPart,
} from '../../support/plans.ts'

type Kind = 'reprotect' | 'restoreExtensions' | 'commit' | 'changeRecoveryPoint'

const planned = (kind: Kind, items: readonly ReplicatedItem[], request: Readonly<Record<string, unknown>> = {}) =>
  previewOf({
    pair: 'personal',
    seen: { ...personalSeen, replicatedItems: items },
    request: {
      kind,
      ...(kind === 'changeRecoveryPoint' && { recoveryPoint: 'latestCrashConsistent' }),
      ...request,
    },
  })
const codesOf = (...input: Parameters<typeof planned>) =>
  planned(...input).hosts.map(({ decision, code }) => `${decision}: ${code}`)

const underway = homewardItem('pc-1', { protectionState: 'UnprotectedStatesBegin' })
const leaving = itemOf('pc-1', { protectionState: 'UnplannedFailoverStatesBegin', allowedOperations: [] })

describe('who takes part where nobody moves', () => {
  it.each<[Kind, string, ReplicatedItem, string]>([
    ['reprotect', 'committed', committedItem('pc-1'), 'in: reprotects'],
    ['reprotect', 'not committed', pendingItem('pc-1'), 'skipped: commitPending'],
    ['reprotect', 'protected again', homewardItem('pc-1'), 'skipped: alreadyProtected'],
    ['reprotect', 'on its way to protection', underway, 'skipped: protectionUnderway'],
    ['reprotect', 'being failed over', leaving, 'out: notReady'],
    ['reprotect', 'at home', itemOf('pc-1'), 'skipped: otherSide'],
    ['restoreExtensions', 'committed', committedItem('pc-1'), 'in: restores'],
    ['restoreExtensions', 'not committed', pendingItem('pc-1'), 'in: restores'],
    ['restoreExtensions', 'protected again', homewardItem('pc-1'), 'in: restores'],
    ['restoreExtensions', 'being failed over', leaving, 'out: notReady'],
    ['restoreExtensions', 'at home', itemOf('pc-1'), 'skipped: otherSide'],
    ['commit', 'not committed', pendingItem('pc-1'), 'in: commits'],
    ['commit', 'committed', committedItem('pc-1'), 'skipped: alreadyCommitted'],
    ['commit', 'protected again', homewardItem('pc-1'), 'skipped: notFailedOver'],
    ['changeRecoveryPoint', 'not committed', pendingItem('pc-1'), 'in: repoints'],
    ['changeRecoveryPoint', 'committed', committedItem('pc-1'), 'skipped: alreadyCommitted'],
    ['changeRecoveryPoint', 'protected again', homewardItem('pc-1'), 'skipped: notFailedOver'],
  ])('%s: one that is %s', (kind, _, item, expected) => {
    expect(codesOf(kind, [item, pendingItem('pc-2')], { side: 'secondary' })[0]).toBe(expected)
  })

  it('leaves a desktop at home alone, unless somebody names it', () => {
    const items = [itemOf('pc-1'), itemOf('pc-2'), itemOf('pc-3')]
    expect(codesOf('restoreExtensions', items, { side: 'primary' })).toEqual(Array(3).fill('skipped: notFailedOver'))
    expect(codesOf('restoreExtensions', items, { side: 'primary', hosts: ['pc-1'] })[0]).toBe('in: restores')
  })

  it('works on the side where most of them run, which the request may say otherwise', () => {
    const home = (name: string) => homewardItem(name, { protectionState: 'UnplannedFailoverCommitted' })
    const items = [committedItem('pc-1'), home('pc-2'), home('pc-3')]
    expect(planned('reprotect', items).spec?.target).toBe('primary')
    expect(codesOf('reprotect', items)).toEqual(['skipped: otherSide', 'in: reprotects', 'in: reprotects'])
    expect(planned('reprotect', items, { side: 'secondary' }).spec?.target).toBe('secondary')
    expect(planned('reprotect', [committedItem('pc-1'), home('pc-2')]).spec?.target).toBe('secondary')
  })

  it('names the machine that runs, and the one on the other side', () => {
    const taskOf = (item: ReplicatedItem) => planned('restoreExtensions', [item]).spec?.stages[0]?.tasks[0]
    const machines = { sourceVmId: vmIdOf('rg-p', 'pc-1'), targetVmId: vmIdOf('rg-pw', 'pc-1').toLowerCase() }
    expect(taskOf(committedItem('pc-1'))).toMatchObject({ ...machines, itemId: committedItem('pc-1').id })
    expect(taskOf(homewardItem('pc-1'))).toMatchObject({ ...machines, itemId: homewardItem('pc-1').id })
  })

  it('is not refused because of who cannot be part of it, nor because the primary is dark', () => {
    const { refusals, warnings } = planned('restoreExtensions', [leaving, committedItem('pc-2')])
    expect(refusals).toEqual([])
    expect(warnings.map(({ code, subjects }) => [code, subjects])).toContainEqual(['hostsOut', ['pc-1']])
    const dark = withoutPart(withoutPart(personalSeen, 'primary', 'vms'), 'primary', 'sessionHosts')
    const seen = { ...dark, replicatedItems: [committedItem('pc-1')] }
    for (const kind of ['reprotect', 'restoreExtensions'])
      expect(previewOf({ pair: 'personal', seen, request: { kind } }).refusals).toEqual([])
  })

  it('is refused for the primary while that is down', () => {
    const items = [itemOf('pc-1')]
    const request = { side: 'primary', hosts: ['pc-1'], primaryIsDown: true }
    const { refusals } = planned('restoreExtensions', items, request)
    expect(refusals).toMatchObject([{ code: 'wrongTarget', message: expect.stringContaining('The machines run') }])
  })

  it('has nothing to do where nobody is in need', () => {
    const { refusals } = planned('commit', [committedItem('pc-1')])
    expect(refusals).toMatchObject([{ code: 'nothingToDo', message: 'There is no desktop in need of it.' }])
    expect(planned('commit', [leaving]).refusals).toMatchObject([
      { code: 'nothingLeft', message: 'None of the desktops can be part of it.' },
    ])
  })

  it('says on which side each of them is, and has nothing to say of the health of a replication that is over', () => {
    const items = [committedItem('pc-1', { replicationHealth: 'Critical' })]
    const { hosts, warnings } = planned('reprotect', items)
    expect(hosts.map(({ side }) => side)).toEqual(['secondary', 'secondary', 'secondary'])
    expect(warnings).toEqual([])
  })

  it('is planned from what was seen before, where nothing newer could be read', () => {
    const primary = { ...personalSeen.primary, gaps: [{ what: 'sessionHosts', reason: 'no answer' }] }
    const gaps = [{ what: 'replicatedItems', reason: 'no answer' }]
    const seen = { ...personalSeen, primary, gaps, replicatedItems: [committedItem('pc-1')] }
    const { refusals, warnings } = previewOf({ pair: 'personal', seen, request: { kind: 'reprotect' } })
    expect(refusals).toEqual([])
    expect(warnings).toMatchObject([{ code: 'inventoryGap', subjects: ['primary: sessionHosts', 'replicatedItems'] }])
    const { replicatedItems: _, ...unread } = seen
    expect(previewOf({ pair: 'personal', seen: unread, request: { kind: 'reprotect' } }).refusals[0]?.code).toBe(
      'inventoryGap',
    )
  })

  it('asks for no cores', () => {
    const items = ['pc-1', 'pc-2', 'pc-3'].map(pendingItem)
    const seen = {
      ...personalSeen,
      secondary: { ...personalSeen.secondary, quotas: [{ name: 'cores', used: 12, limit: 12 }] },
    }
    const request = { kind: 'changeRecoveryPoint', recoveryPoint: 'latest' }
    expect(previewOf({ pair: 'personal', seen: { ...seen, replicatedItems: items }, request }).refusals).toEqual([])
  })
})

describe('what the spec says of replication', () => {
  const cacheStorage = { primary: storageIdOf('cachep'), secondary: storageIdOf('caches') }
  const auto = planOf(planText.replace(/(cacheStorage: .*)\n/, '$1\n      start: auto\n    commit: manual\n'))
  const specOf = (kind: string, items: readonly ReplicatedItem[], plan = auto, request = {}) =>
    previewOf({
      pair: 'personal',
      plan,
      seen: { ...personalSeen, replicatedItems: items },
      request: { kind, acceptOut: 'all', ...request },
    }).spec

  it('names the storage that is replicated through, for protecting again alone', () => {
    expect(specOf('reprotect', [committedItem('pc-1')])?.cacheStorage).toEqual(cacheStorage)
    expect(specOf('commit', [pendingItem('pc-1')])?.cacheStorage).toBeUndefined()
  })

  it('says what follows a move: protecting again and reminders, as far as the plan wants them', () => {
    const reminder = { commitReminder: { remindEvery: 4 * 3_600_000 } }
    const all = ['pc-1', 'pc-2', 'pc-3'].map((name) => itemOf(name))
    expect(specOf('failover', all)?.followUps).toEqual({ reprotect: true, ...reminder })
    expect(specOf('failover', all, planOf())?.followUps).toBeUndefined()
    expect(specOf('reprotect', [committedItem('pc-1')])?.followUps).toBeUndefined()
    const change = { recoveryPoint: 'latest' }
    expect(specOf('changeRecoveryPoint', [pendingItem('pc-1')], auto, change)?.followUps).toEqual(reminder)
  })

  it('takes the recovery point of the request before that of the plan', () => {
    const all = ['pc-1', 'pc-2', 'pc-3'].map((name) => itemOf(name))
    expect(specOf('failover', all)?.recoveryPoint).toBe('latest')
    expect(specOf('failover', all, auto, { recoveryPoint: 'latestProcessed' })?.recoveryPoint).toBe('latestProcessed')
  })

  it('warns of an older recovery point only where one is used', () => {
    const plan = planOf(planText.replace(/(cacheStorage: .*)\n/, '$1\n    recoveryPoint: latestAppConsistent\n'))
    const seen = { ...personalSeen, replicatedItems: [pendingItem('pc-1'), committedItem('pc-2'), itemOf('pc-3')] }
    const warned = ['failover', 'commit', 'reprotect', 'restoreExtensions'].filter((kind) =>
      previewOf({ pair: 'personal', plan, seen, request: { kind } }).warnings.some(
        ({ code }) => code === 'recoveryPointOlder',
      ),
    )
    expect(warned).toEqual(['failover'])
  })

  it('lets users wait for extensions where the plan wants it', () => {
    const plan = planOf(planText.replace(/(cacheStorage: .*)\n/, '$1\n    extensions: { before: users }\n'))
    const all = ['pc-1', 'pc-2', 'pc-3'].map((name) => itemOf(name))
    const isFirst = (given: typeof plan) => {
      const steps =
        specOf('failover', all, given)
          ?.stages.at(-1)
          ?.steps.map(({ step }) => step) ?? []
      return steps.indexOf('restoreExtensions') < steps.indexOf('awaitHost')
    }
    expect([isFirst(plan), isFirst(planOf())]).toEqual([true, false])
  })

  it('leaves the commit out where a person commits', () => {
    const all = ['pc-1', 'pc-2', 'pc-3'].map((name) => itemOf(name))
    const stepsOf = (plan = auto) =>
      specOf('failover', all, plan)
        ?.stages.at(-1)
        ?.steps.map(({ step }) => step) ?? []
    expect(stepsOf()).not.toContain('commitFailover')
    expect(stepsOf(planOf())).toContain('commitFailover')
  })
})
