import { describe, expect, test } from 'vitest'
import type { Told } from '../../../../src/lib/inbound/site-recovery/notice.ts'
import { eventOf, readNotice } from '../../../../src/lib/inbound/site-recovery/read-notice.ts'
import {
  commonAlert,
  container,
  gridEvent,
  handshake,
  item,
  legacyAlert,
  operations,
  planContext,
  vault,
} from './bodies.ts'

const now = Date.parse('2026-03-14T21:10:00Z')

const toldBy = (body: unknown, at = now): readonly Told[] => {
  const notice = readNotice(body, at)
  if (notice.kind !== 'told') throw new Error(JSON.stringify(notice))
  return notice.told
}
const events = (body: unknown, at = now) =>
  toldBy(body, at).map((told) => {
    if (told.kind !== 'event') throw new Error(told.why)
    return eventOf(told, at)
  })
const one = (body: unknown, at = now) => {
  const [event] = events(body, at)
  if (!event) throw new Error('nothing was told')
  return event
}

describe('an activity-log alert', () => {
  test.each([
    ['common schema', commonAlert({ scope: item('Desk-1').replace('/subscriptions', '/Subscriptions') })],
    ['older schema', legacyAlert({ scope: item('Desk-1') })],
    [
      'older schema, with words in two languages',
      legacyAlert(
        { scope: item('Desk-1') },
        { status: { value: 'Accepted', localizedValue: 'Angenommen' }, operationName: { value: operations.failover } },
      ),
    ],
    ['a signal without its blank', commonAlert({ scope: item('Desk-1') }, { signalType: 'ActivityLog' })],
  ])('of a failover in the %s is a reason to look until something has failed over', (_, body) => {
    expect(one(body)).toMatchObject({
      source: 'activityLog',
      vaultId: vault.toLowerCase(),
      itemIds: [item('desk-1').toLowerCase()],
      vms: [],
      what: 'unplannedFailover Accepted',
      awaits: 'failover',
      receivedAt: now,
      settled: [],
    })
  })

  test('of a commit, a reprotection or a failover that failed is a reason to look once', () => {
    expect(one(commonAlert({ operation: operations.commit }))).not.toHaveProperty('awaits')
    expect(one(commonAlert({ operation: operations.reprotect, scope: container }))).toMatchObject({
      itemIds: [],
      vms: [],
    })
    expect(one(commonAlert({ status: 'Failed' }))).not.toHaveProperty('awaits')
  })

  test('of another recovery point is a reason to look for that', () => {
    expect(one(legacyAlert({ operation: operations.applyPoint }))).toMatchObject({ awaits: 'recoveryPoint' })
  })

  test('of a whole recovery plan names the plan and no machine', () => {
    const scope = `${vault}/replicationRecoveryPlans/Desktops`
    expect(one(commonAlert({ operation: operations.planFailover, scope }))).toMatchObject({
      recoveryPlan: 'desktops',
      itemIds: [],
      awaits: 'failover',
    })
  })

  test.each([
    ['test failover', commonAlert({ operation: operations.testFailover }), 'test failover'],
    ['repair of replication', commonAlert({ operation: operations.repair }), 'leaves the extensions'],
    [
      'restart of a machine',
      commonAlert({ operation: 'Microsoft.Compute/virtualMachines/restart/action' }),
      'no action on a Recovery',
    ],
    ['service health', commonAlert({}, { monitoringService: 'ServiceHealth' }), 'no administrative'],
    ['service health, older schema', legacyAlert({}, { eventSource: 'ServiceHealth' }), 'no administrative'],
    ['alert that is over', commonAlert({}, { monitorCondition: 'Resolved' }), 'over'],
    [
      'budget, which has null for most',
      commonAlert({}, { signalType: null, monitoringService: 'CostAlerts', alertTargetIDs: null }),
      'no administrative',
    ],
    ['failover of nobody knows what', commonAlert({ scope: '/subscriptions/s' }), 'which vault'],
  ])('of a %s is ignored, with the reason', (_, body, why) => {
    expect(toldBy(body)).toEqual([{ kind: 'ignored', what: expect.any(String), why: expect.stringContaining(why) }])
  })
})

describe('events of Event Grid', () => {
  test('are told one by one, those that do not matter with the reason', () => {
    const body = [
      gridEvent(),
      gridEvent({ id: 'e-2', operation: operations.reprotect, scope: container }),
      gridEvent({ id: 'e-3', type: 'Microsoft.Resources.ResourceActionFailure' }),
      gridEvent({ id: 'e-4', type: 'Microsoft.Resources.ResourceWriteSuccess' }),
    ]
    expect(
      toldBy(body).map((told) => (told.kind === 'event' ? [told.event.what, told.event.awaits] : told.why)),
    ).toEqual([
      ['unplannedFailover Succeeded', 'failover'],
      ['switchprotection Succeeded', undefined],
      ['unplannedFailover Failed', undefined],
      'It tells of no action on a resource.',
    ])
  })

  test('begin with a handshake that is answered with its code', () => {
    expect(readNotice([handshake], now)).toEqual({ kind: 'handshake', validationCode: 'ABC-123' })
    expect(readNotice([{ ...handshake, data: {} }], now)).toMatchObject({ kind: 'refused' })
  })
})

describe('the context of a recovery plan', () => {
  test('names the machines of its group', () => {
    expect(one(planContext())).toMatchObject({
      source: 'recoveryPlan',
      vms: ['desk-1', 'desk-2'],
      recoveryPlan: 'desktops',
      awaits: 'failover',
    })
  })

  test('before a group has moved names none', () => {
    expect(one(planContext({}, ['', '']))).toMatchObject({ vms: [] })
    expect(one(planContext({ VmMap: null, GroupId: 2 }))).toMatchObject({ vms: [] })
  })

  test('of a test failover is ignored', () => {
    expect(toldBy(planContext({ FailoverType: 'Test' }))).toMatchObject([
      { kind: 'ignored', why: expect.stringContaining('test failover') },
    ])
  })
})

describe('what is neither', () => {
  test.each([
    [null],
    ['text'],
    [{}],
    [[]],
    [[{ id: 'e-1' }]],
    [{ schemaId: 'somebody/elses' }],
    [{ schemaId: 'azureMonitorCommonAlertSchema', data: {} }],
    [{ schemaId: 'Microsoft.Insights/activityLogs', data: { context: {} } }],
    [{ specversion: '1.0', type: 'x' }],
    [{ RecoveryPlanName: 'desktops' }],
    [planContext({ VmMap: { a: '@{RoleName=desk-1}' } })],
    [{ value: [] }],
  ])('%j is refused with the reason', (body) => {
    expect(readNotice(body, now)).toMatchObject({
      kind: 'refused',
      problems: [{ message: expect.stringMatching(/\w{3}/) }],
    })
  })
})

describe('the same event', () => {
  const idOf = (body: unknown, at = now) => one(body, at).id

  test('has the same id whenever and however it is delivered', () => {
    const ids = [
      idOf(commonAlert()),
      idOf(commonAlert({}, { firedDateTime: '2026-03-14T21:09:00Z' }), now + 60_000),
      idOf(commonAlert({ status: 'Started' })),
      idOf(legacyAlert()),
    ]
    expect(new Set(ids).size).toBe(1)
    expect(idOf([gridEvent()])).toBe(idOf([gridEvent({ id: 'e-9' })], now + 86_400_000))
    expect(idOf(planContext())).toBe(idOf(planContext({}, ['desk-2', 'desk-1']), now + 60_000))
  })

  test('is no other: of another machine, action, request or end', () => {
    const ids = [
      idOf(commonAlert()),
      idOf(commonAlert({ scope: item('desk-2') })),
      idOf(commonAlert({ operation: operations.commit })),
      idOf(commonAlert({ correlation: 'c-2' })),
      idOf(commonAlert({ status: 'Succeeded' })),
      idOf(commonAlert({ status: 'Failed' })),
      idOf(planContext()),
      idOf(planContext({ GroupId: '2' })),
      idOf(planContext({ FailoverDirection: 'SecondaryToPrimary' })),
      idOf(planContext({}, ['desk-1'])),
    ]
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('is none that comes a day later, where nothing in it tells one from the other', () => {
    const nameless = commonAlert({ correlation: '' }, { originAlertId: null })
    const bare = {
      ...nameless,
      data: { ...nameless.data, alertContext: { ...nameless.data.alertContext, eventDataId: '' } },
    }
    for (const body of [planContext(), bare]) {
      expect(idOf(body)).toBe(idOf(body, now + 60_000))
      expect(idOf(body)).not.toBe(idOf(body, now + 86_400_000))
    }
  })
})
