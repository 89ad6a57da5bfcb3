import { expect, test } from 'vitest'
import { createPortalUser } from '../../sim/estate/portal-failover.ts'
import type { Signal, SignalKind } from '../../sim/estate/signals.ts'
import { hours, minutes, seconds } from '../../src/lib/core/time.ts'
import { createReplicatedWorld } from './sim-replicated-world.ts'

function world(fleet: Parameters<typeof createReplicatedWorld>[1] = {}, kinds?: readonly SignalKind[]) {
  const made = createReplicatedWorld({}, { switches: { reprotect: [hours(1), hours(1)] }, ...fleet })
  const posted: (Signal & { readonly at: number })[] = []
  const portal = createPortalUser(made.sim, {
    post: (signal) => posted.push({ ...signal, at: made.clock.now() }),
    at: (when, effect) => void made.clock.at(when, effect),
    ...(kinds && { kinds }),
  })
  const items = () => [...made.sim.estate.replicatedItems.values()]
  const bodies = <T>(kind: SignalKind) => posted.filter((one) => one.kind === kind).map(({ body }) => body as T)
  return { ...made, posted, portal, items, bodies }
}

type Alert = { data: { alertContext: { status: string; operationName: string; correlationId: string } } }
type Context = {
  RecoveryPlanName: string
  GroupId: string
  FailoverDirection: string
  VmMap: Record<string, { RoleName: string; ResourceGroupName: string }>
}

test('a failover in the portal posts its stages in both schemas, and an event when it was accepted', async () => {
  const { portal, items, later, bodies, posted, sim } = world()
  const [first] = items()
  expect(portal.failOver(items().slice(0, 1))).toEqual([first])
  expect(portal.failOver(items().slice(0, 1))).toEqual([])
  await later(minutes(5))
  const alerts = bodies<Alert>('commonAlert').map(({ data }) => data.alertContext)
  expect(alerts.map(({ status }) => status)).toEqual(['Started', 'Accepted', 'Succeeded'])
  expect(new Set(alerts.map(({ correlationId }) => correlationId)).size).toBe(1)
  expect(alerts[0]?.operationName).toContain('/replicationProtectedItems/unplannedFailover/action')
  expect(bodies('legacyAlert')).toHaveLength(3)
  const [event] = posted.filter(({ kind }) => kind === 'eventGrid')
  expect(event?.body).toMatchObject([{ eventType: 'Microsoft.Resources.ResourceActionSuccess', dataVersion: '2' }])
  expect(first?.state.now()).toBe('CommitPending')
  expect((event?.at ?? 0) - (posted[0]?.at ?? 0)).toBe(seconds(2))
  const accepted = sim.ledger.events().filter(({ kind }) => kind === 'failoverAccepted')
  expect(accepted).toMatchObject([{ by: 'person' }])
})

test('commit and reprotect can be done there, too', async () => {
  const { portal, items, later, bodies } = world({}, ['commonAlert'])
  portal.failOver(items())
  await later(minutes(5))
  expect(portal.commit(items())).toHaveLength(3)
  await later(minutes(2))
  expect(portal.reprotect(items())).toHaveLength(3)
  await later(hours(2))
  expect(items().map(({ state, fabric }) => [state.now(), fabric])).toEqual(
    items().map(() => ['Protected', 'asr-a2a-default-ukwest']),
  )
  expect(bodies('commonAlert')).toHaveLength(27)
  expect(bodies('eventGrid')).toEqual([])
})

test('a recovery plan fails its groups over one after the other, and its runbook posts before and after each', async () => {
  const { portal, items, later, bodies, sim } = world({ personalVms: 6, users: 6, consistencyGroup: 2 }, [
    'recoveryPlanContext',
  ])
  const [a, b, c, d, e, f] = items()
  if (!a || !b || !c || !d || !e || !f) throw new Error('the fleet is too small')
  portal.runRecoveryPlan({ name: 'rp-desktops', groups: [[a, b], [c], [d, e]] })
  await later(minutes(15))
  const contexts = bodies<Context>('recoveryPlanContext')
  expect(contexts.map(({ GroupId }) => GroupId)).toEqual(['1', '1', '2', '2', '3', '3'])
  const roles = contexts.map(({ VmMap }) => Object.values(VmMap).map(({ RoleName }) => RoleName))
  expect(roles).toEqual([['', ''], [a.vmName, b.vmName], [''], [c.vmName], ['', ''], [d.vmName, e.vmName]])
  expect(Object.values(contexts[1]?.VmMap ?? {})[0]?.ResourceGroupName).toBe('rg-avd-personal-ukwest')
  expect(contexts[0]?.FailoverDirection).toBe('PrimaryToSecondary')
  expect(f.state.now()).toBe('Protected')
  const accepted = sim.ledger.events().filter(({ kind }) => kind === 'failoverAccepted')
  expect(accepted.map((event) => 'vm' in event && event.vm)).toEqual([a, b, c, d, e].map(({ vm }) => vm))
})

test('a test of a recovery plan says so and leaves the items protected', async () => {
  const { portal, items, later, bodies } = world({}, ['recoveryPlanContext', 'commonAlert'])
  portal.runRecoveryPlan({ name: 'rp-desktops', groups: [items()], type: 'Test' })
  await later(minutes(10))
  expect(bodies('recoveryPlanContext')).toMatchObject([{ FailoverType: 'Test' }, { FailoverType: 'Test' }])
  expect(bodies<Alert>('commonAlert')[0]?.data.alertContext.operationName).toContain(
    'replicationRecoveryPlans/testFailover/action',
  )
  expect(items().map(({ state }) => state.now())).toEqual(['Protected', 'Protected', 'Protected'])
})
