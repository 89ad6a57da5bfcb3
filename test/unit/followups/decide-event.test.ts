import { describe, expect, test } from 'vitest'
import { hours, minutes } from '../../../src/lib/core/time.ts'
import { decideEvent } from '../../../src/lib/followups/decide-event.ts'
import { machinesOf, type OwnWork, type PairNow } from '../../../src/lib/followups/machines.ts'
import type { ReplicatedItem, ReplicationJob } from '../../../src/lib/model/azure.ts'
import type { SiteRecoveryEvent } from '../../../src/lib/ports/follow-ups.ts'
import { planOf } from '../../support/plans.ts'
import { committed, event, item, itemId, job, moved, reprotected, start } from './scene.ts'

const pair = planOf().pairs[1] as PairNow['pair']

type Seen = {
  readonly items?: readonly ReplicatedItem[]
  readonly jobs?: readonly ReplicationJob[]
  readonly own?: OwnWork
  readonly after?: number
  readonly isAway?: true
}

function decide(told: SiteRecoveryEvent, { items = [], jobs = [], own = 'none', after = minutes(1), isAway }: Seen) {
  const now = start + after
  const known: PairNow = {
    pair,
    ...(!isAway && { machines: machinesOf(pair, { hosts: ['pc-1.contoso.local', 'pc-2', 'pc-3'], items, jobs }) }),
    listedAt: isAway ? 0 : now,
    ownWork: () => own,
  }
  const { notes, event: left } = decideEvent(told, [known], now)
  return { notes, hosts: notes.map(({ host }) => host), settled: left.settled, ended: left.ended?.how }
}

describe('a failover that was told of', () => {
  test('is no reason to do anything while the machine is where it was', () => {
    expect(decide(event(), { items: [item('pc-1')] })).toEqual({ notes: [], hosts: [], settled: [], ended: undefined })
  })

  test('and that is under way is looked at again', () => {
    expect(decide(event(), { items: [moved('pc-1')], jobs: [job('pc-1')] }).hosts).toEqual([])
    expect(decide(event(), { items: [item('pc-1')], jobs: [job('pc-1')] }).ended).toBeUndefined()
  })

  test('and that has happened is noted for the side where the machine runs, by a name that tells it from the next', () => {
    const { notes, settled, ended } = decide(event(), {
      items: [moved('pc-1', start - 5)],
      jobs: [job('pc-1', { state: 'succeeded' })],
    })
    expect(notes).toMatchObject([
      {
        pairId: 'personal',
        id: `restoreExtensions-pc-1.contoso.local-${start - 5}`,
        kind: 'restoreExtensions',
        host: 'pc-1.contoso.local',
        side: 'secondary',
        tries: 0,
      },
    ])
    expect(settled).toEqual(['personal/pc-1.contoso.local'])
    expect(ended).toContain('every machine')
    const other = event({ id: 'other', source: 'recoveryPlan', itemIds: [], vms: ['PC-1'] })
    expect(decide(other, { items: [moved('pc-1', start - 5)] }).notes[0]?.id).toBe(notes[0]?.id)
    expect(decide(event(), { items: [moved('pc-1', start - 4)] }).notes[0]?.id).not.toBe(notes[0]?.id)
  })

  test('and that failed is nothing to wait for, once its job is sure to be listed', () => {
    const seen = { items: [item('pc-1')], jobs: [job('pc-1', { state: 'failed' as const })] }
    expect(decide(event(), seen).ended).toBeUndefined()
    expect(decide(event(), { ...seen, after: minutes(6) })).toMatchObject({
      hosts: [],
      ended: expect.stringContaining('every machine'),
    })
    const again = { ...seen, jobs: [...seen.jobs, job('pc-1', { name: 'second' })], after: minutes(6) }
    expect(decide(event(), again).ended).toBeUndefined()
  })

  test.each([
    ['open', [], undefined],
    ['over', [], 'settled: every machine it names'],
    ['none', ['pc-1.contoso.local'], 'settled: every machine it names'],
  ] as const)('by an operation of ours whose task is %s is noted by nobody else', (own, hosts, ended) => {
    expect(decide(event(), { items: [moved('pc-1')], own })).toMatchObject({ hosts, ended })
  })

  test('of machines by name is settled one by one', () => {
    const told = event({ itemIds: [], vms: ['pc-1', 'pc-2'] })
    const first = decide(told, { items: [moved('pc-1'), item('pc-2')] })
    expect(first).toMatchObject({ hosts: ['pc-1.contoso.local'], ended: undefined })
    const second = decide({ ...told, settled: first.settled }, { items: [moved('pc-1'), moved('pc-2')] })
    expect(second).toMatchObject({ hosts: ['pc-2'], ended: expect.stringContaining('every machine') })
  })

  test('of a whole recovery plan is about every machine of its vault, for hours', () => {
    const told = event({ itemIds: [], recoveryPlan: 'desktops' })
    expect(decide(told, { items: [moved('pc-1'), item('pc-2'), moved('pc-3')] })).toMatchObject({
      hosts: ['pc-1.contoso.local', 'pc-3'],
      ended: undefined,
    })
    expect(decide(told, { items: [item('pc-2')], after: hours(4) }).ended).toContain('for hours')
  })

  test('of another vault is not about these machines', () => {
    expect(decide(event({ vaultId: '/subscriptions/x' }), { items: [moved('pc-1')] }).hosts).toEqual([])
  })

  test('before the listing was made is not judged by it', () => {
    const told = event({ receivedAt: start + minutes(1) })
    expect(decide(told, { items: [moved('pc-1')] })).toMatchObject({ hosts: [], ended: undefined })
  })

  test('is forgotten after four hours, but not while Azure is away or an operation of ours still works on it', () => {
    const late = { after: hours(4) }
    expect(decide(event(), { items: [item('pc-1')], ...late }).ended).toContain('for hours')
    expect(decide(event(), { ...late, isAway: true }).ended).toBeUndefined()
    expect(decide(event(), { items: [moved('pc-1')], own: 'open', ...late }).ended).toBeUndefined()
    expect(decide(event(), { isAway: true, after: hours(24) }).ended).toContain('for a day')
  })

  test('of a machine that is missing from the list may come true', () => {
    expect(decide(event(), { items: [item('pc-2')] }).ended).toBeUndefined()
  })
})

describe('news that come late', () => {
  const late = { receivedAt: start, after: minutes(1) }

  test('of a failover that was committed since are noted all the same', () => {
    expect(decide(event(), { items: [committed('pc-1')], ...late }).hosts).toEqual(['pc-1.contoso.local'])
  })

  test('of a machine that was protected again since are noted, also while its data is copied', () => {
    for (const items of [[reprotected('pc-1')], [reprotected('pc-1', { protectionState: 'UnprotectedStatesBegin' })]]) {
      const jobs = [job('pc-1', { scenario: 'SwitchReplicationGroupProtection' })]
      expect(decide(event(), { items, jobs, ...late }).notes).toMatchObject([{ side: 'secondary' }])
    }
  })

  test('from a recovery plan are told from early ones by their direction', () => {
    const told = event({ itemIds: [], vms: ['pc-1'], towards: 'secondary' })
    expect(decide(told, { items: [reprotected('pc-1')] }).notes).toMatchObject([{ side: 'secondary' }])
    expect(decide(told, { items: [item('pc-1')] }).notes).toEqual([])
    expect(decide({ ...told, towards: 'primary' }, { items: [reprotected('pc-1')] }).notes).toEqual([])
  })
})

describe('a failback', () => {
  test('is noted for the primary', () => {
    const back = reprotected('pc-1', {
      protectionState: 'UnplannedFailoverCommitted',
      activeLocation: 'Recovery',
      failedOverAt: start,
    })
    expect(decide(event({ itemIds: [back.id] }), { items: [back] }).notes).toMatchObject([{ side: 'primary' }])
  })
})

describe('a commit or a reprotection', () => {
  const once = (() => {
    const { awaits: _, ...rest } = event()
    return rest
  })()

  test('is looked at once', () => {
    expect(decide(once, { items: [item('pc-1')] })).toMatchObject({ hosts: [], ended: expect.any(String) })
    expect(decide(once, { items: [committed('pc-1')] }).hosts).toEqual(['pc-1.contoso.local'])
  })

  test('waits where a commit is being made, and not where a machine is being protected', () => {
    const as = (protectionState: string) => decide(once, { items: [moved('pc-1', start, { protectionState })] })
    expect(as('UnplannedFailoverCommitStatesBegin')).toMatchObject({ hosts: [], ended: undefined })
    expect(as('UnprotectedStatesBegin')).toMatchObject({ hosts: [], ended: expect.any(String) })
  })

  test('and again where nobody could look, or a job is at work', () => {
    expect(decide(once, { isAway: true }).ended).toBeUndefined()
    expect(
      decide(once, { items: [moved('pc-1')], jobs: [job('pc-1', { scenario: 'CommitFailover' })] }).ended,
    ).toBeUndefined()
  })
})

describe('another recovery point', () => {
  const told = event({ awaits: 'recoveryPoint', itemIds: [itemId('pc-1')] })
  const point = job('pc-1', { name: 'point-1', scenario: 'ApplyRecoveryPoint', state: 'succeeded' })

  test('makes the machine anew: a need of its own, once its job is over', () => {
    expect(decide(told, { items: [moved('pc-1')] }).hosts).toEqual([])
    expect(decide(told, { items: [moved('pc-1')], jobs: [{ ...point, state: 'running' }] }).hosts).toEqual([])
    const { notes } = decide(told, { items: [moved('pc-1')], jobs: [point] })
    expect(notes[0]?.id).toBe('restoreExtensions-pc-1.contoso.local-point-point-1')
  })

  test('that was not applied, or by an operation of ours, needs nothing', () => {
    expect(decide(told, { items: [moved('pc-1')], jobs: [{ ...point, state: 'failed' }] })).toMatchObject({
      hosts: [],
      ended: expect.any(String),
    })
    expect(decide(told, { items: [moved('pc-1')], jobs: [point], own: 'over' })).toMatchObject({
      hosts: [],
      ended: expect.any(String),
    })
    expect(decide(told, { items: [moved('pc-1')], jobs: [point], own: 'open' })).toMatchObject({
      hosts: [],
      ended: undefined,
    })
  })
})
