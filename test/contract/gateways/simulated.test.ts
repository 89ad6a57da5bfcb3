/** Each gateway against the simulated Azure; what really happened is read from its ledger. */
import { describe, expect, test } from 'vitest'
import type { FaultRule } from '../../../sim/arm/faults.ts'
import { createMemoryStorage } from '../../../sim/storage/memory-storage.ts'
import { silentLog } from '../../../sim/virtual/app.ts'
import { createFleetView } from '../../../src/lib/execution/fleet-view.ts'
import { createListingStore } from '../../../src/lib/storage/listing-store.ts'
import { simulated } from './simulated.ts'

const pooled = { pooledHosts: 4, users: 8, groups: 2, applicationGroups: 2, scalingPlans: true } as const
const personal = { personalVms: 3, users: 3 } as const
const okOf = <T>(answer: { readonly kind: string; readonly value?: T }): T => {
  if (answer.kind !== 'ok') throw new Error(JSON.stringify(answer))
  return answer.value as T
}

describe('happy paths', () => {
  test('a pool is read: hosts, sessions, groups, plans, VMs and quotas', async () => {
    const { gateways, ids, settled } = simulated(pooled)
    const { avd, compute } = gateways
    const { primary, secondary } = ids.pooled
    const hosts = okOf(await settled(avd.sessionHosts(primary.hostPool)))
    expect(hosts.map(({ name, status }) => [name, status])).toEqual(
      primary.vms.map((id) => [id.split('/').at(-1), 'Available']),
    )
    const sessions = okOf(await settled(avd.userSessions(primary.hostPool)))
    expect(sessions.every(({ host }) => hosts.some(({ name }) => name === host))).toBe(true)
    expect(sessions.length).toBeGreaterThan(0)
    const group = primary.resourceGroup.split('/').at(-1) ?? ''
    const groups = okOf(await settled(avd.applicationGroups(ids.subscription, group)))
    expect(groups.map(({ type }) => type).sort()).toEqual(['Desktop', 'RemoteApp'])
    const plans = okOf(await settled(avd.scalingPlans(primary.hostPool)))
    expect(plans).toMatchObject([{ exclusionTag: ids.exclusionTag, pools: [{ enabled: true }] }])
    const far = secondary.resourceGroup.split('/').at(-1) ?? ''
    const vms = okOf(await settled(compute.vms(ids.subscription, far)))
    const powers = okOf(await settled(compute.powerStates(ids.subscription)))
    expect(vms.map(({ id }) => powers.get(id.toLowerCase()))).toEqual(Array(4).fill('deallocated'))
    expect(okOf(await settled(compute.quotas(ids.subscription, 'ukwest'))).length).toBeGreaterThan(0)
  })

  test('drain, sign-out, start, tags and the scaling plan really happen', async () => {
    const { gateways, ids, settled, fence, later, events } = simulated(pooled)
    const { avd, compute } = gateways
    const { primary, secondary } = ids.pooled
    const [session] = okOf(await settled(avd.userSessions(primary.hostPool)))
    const vm = secondary.vms[0] ?? ''
    okOf(await settled(avd.setAllowNewSession(primary.hostPool, session?.host ?? '', false, fence())))
    okOf(await settled(avd.sendMessage(session?.id ?? '', 'Moving', 'Please save your work', fence())))
    okOf(await settled(avd.signOut(session?.id ?? '', fence())))
    okOf(await settled(compute.setTags(vm, { [ids.exclusionTag]: 'x' }, fence())))
    okOf(await settled(compute.start(vm, fence())))
    const [plan] = okOf(await settled(avd.scalingPlans(primary.hostPool)))
    if (plan) okOf(await settled(avd.setScalingPlanEnabled(plan, primary.hostPool, false, fence())))
    okOf(await settled(avd.setStartVmOnConnect(primary.hostPool, false, fence())))
    await later(300_000)
    const power = okOf(await settled(compute.powerStates(ids.subscription)))
    for (const kind of [
      'drainSet',
      'messageSent',
      'sessionEnded',
      'tagsSet',
      'startAccepted',
      'scalingPlanSet',
      'startOnConnectSet',
    ]) {
      expect([kind, events(kind).length]).toEqual([kind, 1])
    }
    expect(power.get(vm.toLowerCase())).toBe('running')
    expect(okOf(await settled(compute.vm(vm))).tags).toMatchObject({ [ids.exclusionTag]: 'x' })
    okOf(await settled(compute.deallocate(vm, fence())))
    expect(events('deallocateAccepted')).toHaveLength(1)
  })

  test('a desktop fails over and is committed, one POST each, and nothing polls', async () => {
    const { gateways, ids, settled, fence, later, events, calls } = simulated(personal)
    const { siteRecovery } = gateways
    const { vault } = ids.personal
    const [item] = okOf(await settled(siteRecovery.items(vault)))
    const begun = okOf(
      await settled(siteRecovery.failover(item?.id ?? '', { sourceSiteOperations: 'Required' }, fence())),
    )
    expect(events('failoverAccepted')).toMatchObject([{ job: begun.job }])
    expect(okOf(await settled(siteRecovery.jobs(vault)))).toMatchObject([{ name: begun.job, items: [item?.name] }])
    await later(400_000)
    expect(okOf(await settled(siteRecovery.jobs(vault)))).toMatchObject([{ state: 'succeeded' }])
    okOf(await settled(siteRecovery.commit(item?.id ?? '', fence())))
    await later(100_000)
    const after = okOf(await settled(siteRecovery.items(vault))).find(({ id }) => id === item?.id)
    expect(after?.protectionState).toBe('UnplannedFailoverCommitted')
    expect(after?.targetVmId).toBeDefined()
    expect(calls('POST')).toHaveLength(2)
    expect(calls('GET').filter(({ action }) => /operation/i.test(action))).toEqual([])
  })

  test('the recovery points of a desktop are listed, and the newest can be failed over to', async () => {
    const { gateways, ids, settled, fence, events } = simulated(personal)
    const { siteRecovery } = gateways
    const [item] = okOf(await settled(siteRecovery.items(ids.personal.vault)))
    const points = okOf(await settled(siteRecovery.recoveryPoints(item?.id ?? '')))
    expect(points.length).toBeGreaterThan(1)
    const [first, second] = points.toSorted((a, b) => b.time - a.time)
    expect((first?.time ?? 0) - (second?.time ?? 0)).toBe(300_000)
    const options = { sourceSiteOperations: 'Required', recoveryPointId: first?.id ?? '' } as const
    okOf(await settled(siteRecovery.failover(item?.id ?? '', options, fence())))
    expect(events('failoverAccepted')).toHaveLength(1)
  })

  test('access is taken and given back as it was', async () => {
    const { gateways, ids, settled, fence, events } = simulated(pooled)
    const { access } = gateways
    const scope = ids.pooled.primary.applicationGroups[0] ?? ''
    const [assignment] = okOf(await settled(access.assignments(scope)))
    if (!assignment) throw new Error('the fleet has no access')
    expect(okOf(await settled(access.rolesThatUseApplications(scope)))).toContain(
      assignment.roleDefinitionId.split('/').at(-1)?.toLowerCase(),
    )
    okOf(await settled(access.revoke(assignment.id, fence())))
    okOf(await settled(access.revoke(assignment.id, fence())))
    expect(okOf(await settled(access.assignments(scope))).map(({ id }) => id)).not.toContain(assignment.id)
    okOf(await settled(access.grant(assignment, fence())))
    okOf(await settled(access.grant(assignment, fence())))
    const { name: _, ...unnamed } = assignment
    okOf(await settled(access.grant(unnamed, fence())))
    expect(okOf(await settled(access.assignments(scope)))).toContainEqual(assignment)
    expect([events('revoked').length, events('granted').length]).toEqual([1, 1])
  })
})

const trouble = (kind: FaultRule['kind'], action: RegExp): FaultRule => ({ kind, action, times: 1 })
const failoverAction = /unplannedFailover\/action$/i

describe('a failover whose answer is spoilt', () => {
  test.each<[kind: FaultRule['kind'], outcome: string, reallyHappened: number]>([
    ['throttledWithWait', 'refused throttled', 0],
    ['throttledWithoutWait', 'refused throttled', 0],
    ['conflict', 'refused conflict', 0],
    ['forbiddenOnce', 'refused forbidden', 0],
    ['errorBefore', 'unknown outcomeUnknown', 0],
    ['errorAfter', 'unknown outcomeUnknown', 1],
    ['resetBefore', 'unknown outcomeUnknown', 0],
    ['resetAfter', 'unknown outcomeUnknown', 1],
    ['hangBefore', 'unknown outcomeUnknown', 0],
    ['hangAfter', 'unknown outcomeUnknown', 1],
    ['htmlBody', 'unknown outcomeUnknown', 1],
    ['foreignPollingHost', 'ok', 1],
  ])('by %s is %s, and is sent once', async (kind, outcome, reallyHappened) => {
    const { gateways, ids, settled, fence, later, events, calls, sim } = simulated(personal, [
      trouble(kind, failoverAction),
    ])
    const [item] = okOf(await settled(gateways.siteRecovery.items(ids.personal.vault)))
    const answer = await settled(
      gateways.siteRecovery.failover(item?.id ?? '', { sourceSiteOperations: 'Required' }, fence()),
    )
    await later(60_000)
    expect(answer.kind === 'ok' ? 'ok' : `${answer.kind} ${answer.fault.code}`).toBe(outcome)
    expect(sim.faults.counts()[kind]).toBe(1)
    expect(events('failoverAccepted')).toHaveLength(reallyHappened)
    expect(calls('POST')).toHaveLength(1)
    expect(events('tokenToForeignHost')).toEqual([])
  })
})

test('a slow answer is cut off after 10 s, not waited for', async () => {
  const { gateways, ids, settled, clock } = simulated(pooled, [{ kind: 'hangBefore', action: /sessionhosts\/read$/i }])
  const began = clock.now()
  const answer = await settled(gateways.avd.sessionHosts(ids.pooled.primary.hostPool))
  expect(answer).toMatchObject({ kind: 'refused', fault: { code: 'timedOut' } })
  expect(clock.now() - began).toBe(10_000)
})

test('after the fence the simulated Azure sees no request', async () => {
  const { gateways, ids, settled, fence, later, calls } = simulated(pooled)
  const late = fence()
  await later(10_001)
  const answer = await settled(gateways.compute.start(ids.pooled.secondary.vms[0] ?? '', late))
  expect(answer).toMatchObject({ kind: 'refused', fault: { code: 'fenced' } })
  expect(calls('POST')).toEqual([])
})

test.each([
  ['odd words, fields and letter case', 'oddBody', 'ok'],
  ["a proxy's page", 'htmlBody', 'refused unreadable'],
  ['half a page', 'truncatedBody', 'refused unreadable'],
  ['a next link to a foreign host', 'foreignPollingHost', 'refused unreadable'],
] as const)('lists meet %s: %s', async (_, kind, outcome) => {
  const action = /(sessionhosts|replicationProtectedItems|virtualMachines|roleAssignments)\/read$/i
  const { gateways, ids, settled, events } = simulated({ ...pooled, pooledHosts: 210, personalVms: 210 }, [
    { kind, action },
  ])
  const { avd, siteRecovery, compute } = gateways
  const answers = [
    await settled(avd.sessionHosts(ids.pooled.primary.hostPool)),
    await settled(siteRecovery.items(ids.personal.vault)),
    await settled(compute.powerStates(ids.subscription)),
  ]
  const paged = kind === 'foreignPollingHost' ? answers.filter(({ kind: answered }) => answered !== 'ok') : answers
  expect(paged.length).toBeGreaterThan(0)
  expect(new Set(paged.map((answer) => (answer.kind === 'ok' ? 'ok' : `${answer.kind} ${answer.fault.code}`)))).toEqual(
    new Set([outcome]),
  )
  expect(events('tokenToForeignHost')).toEqual([])
})

test('a thousand looks through the fleet view are a handful of requests', async () => {
  const { gateways, ids, settled, clock, calls } = simulated(pooled)
  const storage = createMemoryStorage(clock)
  const listings = createListingStore(storage.table('pacers'), storage.blobs('listings'))
  const view = createFleetView({ gateways, clock, listings, log: silentLog, holder: 'alone' })
  const looks = Array.from({ length: 1_000 }, () => view.sessionHosts(ids.pooled.primary.hostPool))
  const answers = await settled(Promise.all(looks))
  expect(answers.every(({ kind }) => kind === 'ok')).toBe(true)
  expect(calls('GET')).toHaveLength(1)
})
