import { describe, expect, it } from 'vitest'
import { hours, minutes } from '../../../src/lib/core/time.ts'
import type { Fence } from '../../../src/lib/ports/gateways.ts'
import type { GroupView } from '../../../src/lib/ports/steps.ts'
import { failoverVm } from '../../../src/lib/steps/failover-vm.ts'
import { desktop, ids, item, job, now, pendingItem, spec } from '../../support/step-things.ts'
import { type Scene, stageOf } from '../../support/steps.ts'

const second = { key: 'avd-2', host: 'avd-2', itemId: `${ids.item}-2`, sourceVmId: `${ids.oldVm}-2` }
const mates = [{ key: 'avd-1', host: 'avd-1', itemId: ids.item, sourceVmId: ids.oldVm }, second]
const group = { name: 'sql', planId: '/plans/rp-sql', planName: 'rp-sql', mates }
const secondItem = item({ id: second.itemId, name: 'opaque-2', vmName: 'avd-2', sourceVmId: second.sourceVmId })
const { id, name, vmName, sourceVmId } = secondItem
const movedItem = pendingItem({ id, name, vmName, sourceVmId })
const fence: Fence = { notAfter: Number.MAX_SAFE_INTEGER }

type Agreed = Awaited<ReturnType<GroupView['state']>>
type Given = {
  readonly isSecond?: boolean
  readonly agreed?: Agreed
  readonly standing?: Awaited<ReturnType<GroupView['mate']>>
  readonly scene?: Scene
  readonly planItems?: readonly string[]
}

const begunAgo = (ago: number) => ({
  attempt: 1,
  begunAt: now - ago,
  enteredAt: now - ago,
  memo: { jobBefore: '', planJobBefore: '' },
})

function scened({ isSecond = false, agreed = { kind: 'open' }, standing = 'waiting', scene = {}, planItems }: Given) {
  const acts: string[] = []
  const view: GroupView = {
    state: async () => agreed,
    mate: async () => standing,
    begin: async () => {
      acts.push('begin')
      return agreed.kind !== 'back'
    },
    reopen: async () => {
      acts.push('reopen')
    },
  }
  const { context, sent } = stageOf({
    subject: { ...desktop, ...(isSecond && second), group: 0 },
    items: [item(), secondItem],
    jobs: [],
    ...scene,
    spec: { ...scene.spec, consistencyGroups: [group] },
  })
  const { gateways } = context
  const itemIds = planItems ?? mates.map(({ itemId }) => itemId)
  const recoveryPlans = async () => ({ kind: 'ok', value: [{ id: '/Plans/rp-SQL', name: 'rp-sql', itemIds }] }) as const
  const siteRecovery = { ...gateways.siteRecovery, recoveryPlans }
  return { context: { ...context, group: view, gateways: { ...gateways, siteRecovery } }, sent, acts }
}

async function see(given: Given): Promise<string> {
  const { seen, waits, isJoined, detail } = await failoverVm.look(scened(given).context)
  const mark = waits ? ' waits' : isJoined ? ' joined' : ''
  const fault = 'fault' in seen ? `${seen.fault.retryable ? '!' : ''}: ${seen.fault.message}` : ''
  return `${seen.kind}${mark}${fault}${waits ? `: ${detail}` : ''}`
}

const failed = { jobs: [job('j', 'failed', { errorCode: '70038', errorMessage: 'no' })], ...begunAgo(minutes(5)) }
const ofPlan = (state: 'running' | 'failed') => [job('p', state, { target: 'RP-sql', items: [], errorMessage: 'no' })]

describe('the first one of a consistency group', () => {
  it.each<[string, Given, RegExp]>([
    ['begins when all others wait', {}, /^notBegun$/],
    ['waits for those that come', { standing: 'coming' }, /^notBegun waits: waits for avd-2$/],
    [
      'waits four hours at most',
      { standing: 'coming', scene: { enteredAt: now - hours(4) - 1 } },
      /^faulted: .*in vain for avd-2/,
    ],
    ['gives up when one is gone', { standing: 'gone' }, /^faulted: .*has lost avd-2/],
    ['gives up when one has gone before', { standing: 'beyond' }, /^faulted: .*gone without it: avd-2/],
    ['gives up when the group has turned back', { agreed: { kind: 'back', since: 0 } }, /^faulted: .*turned back/],
    [
      'waits for a machine that Site Recovery is busy with',
      { scene: { items: [item(), { ...secondItem, protectionState: 'Resync' }] } },
      /^notBegun waits: waits for avd-2: Resync$/,
    ],
    [
      'begins nothing twice while another machine is on its way',
      { agreed: { kind: 'begun' }, scene: { items: [item(), movedItem], ...begunAgo(minutes(5)) } },
      /^underway$/,
    ],
    [
      'tries again when nothing came of it anywhere',
      { agreed: { kind: 'begun' }, scene: begunAgo(minutes(5)) },
      /^notBegun$/,
    ],
    ['begins no failed plan again by itself', { agreed: { kind: 'begun' }, scene: failed }, /^faulted: no$/],
  ])('%s', async (_, given, expected) => {
    expect(await see(given)).toMatch(expected)
  })

  it('takes as many slots as there are machines, and one alone takes one', () => {
    expect(failoverVm.slots?.(scened({}).context)).toBe(2)
    expect(failoverVm.slots?.({ ...scened({}).context, subject: desktop })).toBe(1)
  })

  it('sends one request on the plan, once everybody is bound to it', async () => {
    const { context, sent, acts } = scened({ scene: { spec: { recoveryPoint: 'latestProcessed' } } })
    expect(await failoverVm.begin?.(context, fence)).toMatchObject({ kind: 'accepted' })
    expect(acts).toEqual(['begin'])
    expect(sent).toHaveLength(1)
    expect(sent[0]).toMatch(/^failoverPlan \/plans\/rp-sql .*"recoveryPoint":"latestProcessed"/)
  })

  it.each<[string, Given, readonly string[]]>([
    ['one has turned back', { agreed: { kind: 'back', since: 0 } }, ['begin']],
    ['somebody has put another machine into the plan', { planItems: [ids.item, second.itemId, 'other'] }, []],
    ['the plan is empty', { planItems: [] }, []],
    ['the plan has another machine instead', { planItems: [ids.item, 'other'] }, []],
    ['a point of one machine is asked for', { scene: { spec: { recoveryPoint: { id: 'p' } } } }, []],
  ])('sends nothing when %s', async (_, given, expected) => {
    const { context, sent, acts } = scened(given)
    expect(await failoverVm.begin?.(context, fence)).toMatchObject({ kind: 'refused', fault: { retryable: false } })
    expect([acts, sent]).toEqual([expected, []])
  })

  it('lets the others go when the request is refused, and not when its answer is lost', async () => {
    const fault = { code: 'throttled', message: '429', retryable: true } as const
    const sending = async (kind: 'refused' | 'unknown') => {
      const { context, acts } = scened({ scene: { answer: () => ({ kind, fault }) } })
      expect(await failoverVm.begin?.(context, fence)).toMatchObject({ kind })
      return acts
    }
    expect(await sending('refused')).toEqual(['begin', 'reopen'])
    expect(await sending('unknown')).toEqual(['begin'])
  })
})

describe('another one of a consistency group', () => {
  const other = { isSecond: true } as const
  const begun = { ...other, agreed: { kind: 'begun' } } as const
  it.each<[string, Given, RegExp]>([
    ['waits until the group is begun', other, /^notBegun waits: waits for its consistency group sql$/],
    ['goes on with the group', begun, /^underway joined$/],
    ['goes on with the group whatever its item says', { ...begun, scene: { items: [] } }, /^underway joined$/],
    [
      'has arrived when its item has',
      { ...other, agreed: { kind: 'back', since: now }, scene: { items: [item(), movedItem] } },
      /^done$/,
    ],
    ['waits for its own job to show', { ...begun, scene: begunAgo(minutes(5)) }, /^underway$/],
    [
      'waits while the plan runs',
      { ...begun, standing: 'beyond', scene: { ...begunAgo(minutes(5)), jobs: ofPlan('running') } },
      /^underway$/,
    ],
    ['fails with the plan', { ...begun, scene: { ...begunAgo(minutes(5)), jobs: ofPlan('failed') } }, /^faulted: no$/],
    [
      'does not judge by what was listed right after the begin',
      { ...begun, standing: 'beyond', scene: begunAgo(minutes(0.9)) },
      /^underway$/,
    ],
    [
      'is let in again when the group has gone without it',
      { ...begun, standing: 'beyond', scene: begunAgo(minutes(1)) },
      /^faulted: .*gone without it/,
    ],
    ['does not wait for one that is gone', { ...other, standing: 'gone' }, /^faulted: .*avd-1, which turned back/],
    ['does not wait for one that has moved', { ...other, standing: 'beyond' }, /^faulted: .*gone without it/],
    ['turns back with the group', { ...other, agreed: { kind: 'back', since: now } }, /^faulted: .*turned back/],
    [
      'waits until what was begun before that would show',
      { ...other, agreed: { kind: 'back', since: now + 1 } },
      /^underway$/,
    ],
  ])('%s', async (_, given, expected) => {
    expect(await see(given)).toMatch(expected)
  })

  it('is a bug where the operation does not know its group', async () => {
    const { context } = scened({})
    await expect(failoverVm.look({ ...context, spec })).rejects.toThrow('does not know')
  })
})
