import { describe, expect, it } from 'vitest'
import { minutes } from '../../../src/lib/core/time.ts'
import type { ReplicatedItem } from '../../../src/lib/model/azure.ts'
import {
  committedItem,
  homewardItem,
  itemOf,
  now,
  pendingItem,
  personalSeen,
  planOf,
  planText,
  previewOf,
  vmIdOf,
  vmOf,
  withSide,
} from '../../support/plans.ts'

const names = ['pc-1', 'pc-2', 'pc-3'] as const
/** All three run on the secondary; the machines they left are still there, switched off. */
const away = withSide(personalSeen, 'secondary', { vms: names.map((name) => vmOf('rg-pw', name, 'ukwest')) })
const homeward = { ...away, replicatedItems: names.map((name) => homewardItem(name)) }

const failback = (items: readonly ReplicatedItem[], request: Readonly<Record<string, unknown>> = {}, seen = away) =>
  previewOf({
    pair: 'personal',
    seen: { ...seen, replicatedItems: items },
    pairState: { activeSide: 'secondary' },
    request: { kind: 'failback', acceptOut: 'all', ...request },
  })
const decisionOf = (...input: Parameters<typeof failback>) => {
  const decision = failback(...input).hosts.find(({ host }) => host === 'pc-1')
  return decision && `${decision.decision}: ${decision.code}`
}
const tasksOf = (...input: Parameters<typeof failback>) =>
  failback(...input).spec?.stages.find(({ name }) => name === 'desktops')?.tasks ?? []

describe('which desktops go home', () => {
  it.each<[string, readonly ReplicatedItem[], string]>([
    ['one that is protected towards home', [homewardItem('pc-1')], 'in: moves'],
    ['one that is committed and not protected again', [committedItem('pc-1')], 'out: notReprotected'],
    ['one whose failover is to be committed', [pendingItem('pc-1')], 'out: notReprotected'],
    [
      'one that is being protected',
      [homewardItem('pc-1', { protectionState: 'UnprotectedStatesBegin' })],
      'out: notReady',
    ],
    ['one protected towards another region', [homewardItem('pc-1', { targetLocation: 'ukwest' })], 'out: wrongRegion'],
    ['one that has never left', [itemOf('pc-1')], 'skipped: alreadyThere'],
    [
      'one that is home and committed',
      [homewardItem('pc-1', { protectionState: 'UnplannedFailoverCommitted', failedOverAt: now })],
      'skipped: alreadyFailedOver',
    ],
    [
      'one that is home and to be committed',
      [homewardItem('pc-1', { protectionState: 'UnplannedFailoverCommitPendingStatesBegin' })],
      'skipped: commitPending',
    ],
    ['one without any item', [], 'out: notReplicated'],
  ])('%s', (_, items, expected) => {
    expect(decisionOf([...items, homewardItem('pc-2')])).toBe(expected)
  })

  it('goes by the item of the machine that runs, when the one before it is still listed', () => {
    expect(decisionOf([committedItem('pc-1'), homewardItem('pc-1')])).toBe('in: moves')
    expect(decisionOf([homewardItem('pc-1'), committedItem('pc-1')])).toBe('in: moves')
    const home = homewardItem('pc-1', { protectionState: 'UnplannedFailoverCommitted', failedOverAt: now })
    expect(decisionOf([committedItem('pc-1'), home, homewardItem('pc-2')])).toBe('skipped: alreadyFailedOver')
  })

  it('fails over again after a full circle, by the item that is listed then', () => {
    const again = itemOf('pc-1', { id: '/again/pc-1' })
    const items = [homewardItem('pc-1', { protectionState: 'UnplannedFailoverCommitted', failedOverAt: now }), again]
    const { spec } = previewOf({
      pair: 'personal',
      seen: { ...away, replicatedItems: items },
      request: { acceptOut: 'all' },
    })
    const [task] = spec?.stages.find(({ name }) => name === 'desktops')?.tasks ?? []
    expect(task).toMatchObject({ key: 'pc-1', itemId: '/again/pc-1' })
  })

  it('does not choose between an item that has left and one of the same machine that has not', () => {
    expect(decisionOf([committedItem('pc-1'), itemOf('pc-1', { id: '/another' }), homewardItem('pc-2')])).toBe(
      'out: ambiguousVm',
    )
  })

  it('finds an item by its machine, whatever name it goes by', () => {
    expect(decisionOf([homewardItem('pc-1', { vmName: 'desk-of-ada' })])).toBe('in: moves')
  })

  it('goes to the machine that was left, when Site Recovery does not say where', () => {
    const { targetResourceGroupId: _, ...item } = homewardItem('pc-1')
    expect(tasksOf([item])).toMatchObject([{ targetVmId: vmIdOf('rg-p', 'pc-1') }])
    const gone = withSide(away, 'primary', { vms: [] })
    expect(decisionOf([item, homewardItem('pc-2')], {}, gone)).toBe('out: noTarget')
  })

  it('goes by the region where both sides have one resource group', () => {
    const plan = planOf(planText.replace(', vmResourceGroup: rg-pw', ''))
    const items = names.map((name) => homewardItem(name, { sourceVmId: vmIdOf('rg-p', name) }))
    const codesFor = (kind: string) =>
      previewOf({
        pair: 'personal',
        plan,
        seen: { ...personalSeen, replicatedItems: items },
        request: { kind },
      }).hosts.map(({ code }) => code)
    expect(codesFor('failback')).toEqual(['moves', 'moves', 'moves'])
    expect(codesFor('failover')).toEqual(['alreadyThere', 'alreadyThere', 'alreadyThere'])
  })

  it('tells two items of one name apart by the resource groups of the pair', () => {
    const stranger = homewardItem('pc-1', { id: '/other', sourceVmId: vmIdOf('rg-elsewhere', 'pc-1') })
    expect(tasksOf([stranger, homewardItem('pc-1')])).toMatchObject([{ itemId: homewardItem('pc-1').id }])
  })

  it('leaves the machine of the secondary, and enters the one of the primary', () => {
    expect(tasksOf([homewardItem('pc-1')])[0]).toMatchObject({
      sourceVmId: vmIdOf('rg-pw', 'pc-1'),
      targetVmId: vmIdOf('rg-p', 'pc-1'),
      itemId: homewardItem('pc-1').id,
      extensions: 0,
    })
  })

  it('says on which side each desktop is that goes', () => {
    expect(failback(homeward.replicatedItems).hosts.map(({ side }) => side)).toEqual(names.map(() => 'secondary'))
    expect(failback(homeward.replicatedItems).spec).toMatchObject({ kind: 'failback', target: 'primary', out: [] })
  })

  it('refuses while the primary is said to be down', () => {
    const { refusals } = failback(homeward.replicatedItems, { primaryIsDown: true })
    expect(refusals.map(({ code }) => code)).toEqual(['wrongTarget'])
  })

  it('refuses until those that have no way back are accepted', () => {
    const items = [committedItem('pc-1'), homewardItem('pc-2'), homewardItem('pc-3')]
    expect(failback(items, { acceptOut: [] }).refusals).toMatchObject([{ code: 'hostsOut', subjects: ['pc-1'] }])
    expect(failback(items, { acceptOut: ['pc-1'] }).refusals).toEqual([])
  })

  it('asks for cores only of those that have left no machine at home', () => {
    const full = withSide(away, 'primary', { quotas: [{ name: 'cores', used: 8, limit: 12 }] })
    expect(failback(homeward.replicatedItems, {}, full).refusals).toEqual([])
    const gone = withSide(full, 'primary', { vms: [vmOf('rg-p', 'pc-1', 'uksouth')] })
    expect(failback(homeward.replicatedItems, {}, gone).refusals).toMatchObject([
      { code: 'noQuota', message: 'Not enough cores in uksouth.', subjects: ['cores: 8 needed, 4 free'] },
    ])
  })
})

describe('what is switched on again at home', () => {
  const settleOf = (items: readonly ReplicatedItem[], seen = away, request = {}) =>
    previewOf({
      pair: 'personal',
      seen: { ...seen, replicatedItems: items },
      pairState: {
        activeSide: 'secondary',
        restore: { primary: ['enableStartOnConnect'], secondary: [] },
      },
      request: { kind: 'failback', acceptOut: 'all', ...request },
    }).spec?.stages.find(({ name }) => name === 'settle')

  it('is what the failover had switched off', () => {
    expect(settleOf(homeward.replicatedItems)?.steps).toMatchObject([{ step: 'enableStartOnConnect', side: 'primary' }])
  })

  it('is also what somebody has switched on since, for the way home switches it off', () => {
    const pool = { id: away.primary.hostPool?.id ?? '', enabled: true, hostPoolId: 'hp' }
    const seen = withSide(away, 'primary', { scalingPlans: [{ id: 'sp', name: 'sp', pools: [pool] }] })
    expect(settleOf(homeward.replicatedItems, seen)?.steps.map(({ step }) => step)).toEqual([
      'enableScalingPlan',
      'enableStartOnConnect',
    ])
    const off = [{ id: 'sp', name: 'sp', pools: [{ ...pool, enabled: false }] }]
    const left = settleOf(homeward.replicatedItems, withSide(away, 'primary', { scalingPlans: off }))
    expect(left?.steps.map(({ step }) => step)).toEqual(['enableStartOnConnect'])
  })

  it('stays off while somebody is left on the other side', () => {
    expect(settleOf([committedItem('pc-1'), homewardItem('pc-2'), homewardItem('pc-3')])).toBeUndefined()
    expect(settleOf(homeward.replicatedItems, away, { hosts: ['pc-1'] })).toBeUndefined()
    expect(settleOf([itemOf('pc-1'), homewardItem('pc-2'), homewardItem('pc-3')])).toBeDefined()
  })
})

it('takes the newer of two failovers of one machine', () => {
  const old = committedItem('pc-1', { failedOverAt: now - minutes(600) })
  const newer = homewardItem('pc-1', {
    protectionState: 'UnplannedFailoverCommitPendingStatesBegin',
    failedOverAt: now,
  })
  for (const items of [
    [old, newer],
    [newer, old],
  ])
    expect(decisionOf([...items, homewardItem('pc-2')])).toBe('skipped: commitPending')
})
