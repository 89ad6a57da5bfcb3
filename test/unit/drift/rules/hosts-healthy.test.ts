import { describe, expect, test } from 'vitest'
import { minutes } from '../../../../src/lib/core/time.ts'
import { hostsHealthy as rule } from '../../../../src/lib/drift/rules/hosts-healthy.ts'
import type { SessionHost } from '../../../../src/lib/model/azure.ts'
import { afterFailover, leftSeen, restingSeen, wakingHosts, withHosts } from '../../../support/host-traits.ts'
import { avdIdOf, hostOf, now, personalSeen, vmOf, withSide } from '../../../support/plans.ts'
import { contextOf, type RuleStory, withGap } from '../../../support/rule-context.ts'

const silent = { status: 'Unavailable', lastHeartbeat: now - minutes(16) }
const check = (story: RuleStory) => rule.check(contextOf(story))
const one = (host: Partial<SessionHost>) => ({ seen: withHosts(restingSeen, 'primary', { host }, ['vm-s1']) })

describe('hosts-healthy', () => {
  test('is well when hosts that run are available and the others are off', () => {
    expect(check({ seen: restingSeen })).toEqual({ findings: [], unchecked: [] })
    expect(check({ seen: leftSeen, pairState: afterFailover })).toEqual({ findings: [], unchecked: [] })
  })

  test.each([
    ['UpgradeFailed', 'warning'],
    ['NotJoinedToDomain', 'warning'],
    ['DomainTrustRelationshipLost', 'warning'],
    ['SxSStackListenerNotReady', 'warning'],
    ['FSLogixNotHealthy', 'warning'],
    ['Shutdown', 'advice'],
    ['Disconnected', 'advice'],
    ['NoHeartbeat', 'advice'],
  ])('calls %s %s where the host runs, and nothing where it is off', (status, severity) => {
    const host = { ...silent, status }
    expect(check(one(host)).findings).toMatchObject([{ severity }])
    expect(check({ seen: withHosts(restingSeen, 'secondary', { host }) })).toEqual({ findings: [], unchecked: [] })
  })

  test('finds a host that runs and needs assistance', () => {
    expect(check(one({ status: 'NeedsAssistance' })).findings).toEqual([
      {
        subject: 'primary/vm-s1',
        severity: 'warning',
        evidence: 'vm-s1 runs and is NeedsAssistance; heartbeats: the last one 2026-03-14T20:59:00Z.',
      },
    ])
  })

  test('advises where a host runs and has been silent for a while', () => {
    expect(check(one(silent)).findings).toMatchObject([{ subject: 'primary/vm-s1', severity: 'advice' }])
    const { lastHeartbeat: _, ...never } = { ...hostOf('hp-s', 'rg-s', 'vm-s1'), status: 'NoHeartbeat' }
    const [, ...others] = restingSeen.primary.sessionHosts ?? []
    const seen = withSide(restingSeen, 'primary', { sessionHosts: [never, ...others] })
    expect(check({ seen }).findings[0]?.evidence).toContain('none was ever seen')
  })

  test('says nothing of one that is going down', () => {
    expect(check(one({ ...silent, lastHeartbeat: now - minutes(14) }))).toEqual({ findings: [], unchecked: [] })
  })

  test('could not check a silent host in a pool that is scaled, or that people start', () => {
    const hostPoolId = avdIdOf('RG-S', 'hostPools', 'hp-s')
    const other = { hostPoolId: '/other', enabled: true }
    const plan = { id: '/plan', name: 'sp', pools: [other, { hostPoolId, enabled: true }] }
    const off = { ...plan, pools: [other, { hostPoolId, enabled: false }] }
    const { seen } = one(silent)
    const scaled = check({ seen: withSide(seen, 'primary', { scalingPlans: [plan] }) })
    expect(scaled).toEqual({
      findings: [],
      unchecked: [{ subject: 'primary/vm-s1', reason: 'autoscale may have started it just now' }],
    })
    expect(check({ seen: withSide(seen, 'primary', { scalingPlans: [off] }) }).findings).toHaveLength(1)
    const { hostPool } = seen.primary
    if (!hostPool) throw new Error('there is no pool')
    const startVmOnConnect = true
    expect(check({ seen: withSide(seen, 'primary', { hostPool: { ...hostPool, startVmOnConnect } }) })).toMatchObject({
      findings: [],
      unchecked: [{ subject: 'primary/vm-s1' }],
    })
    const sick = one({ ...silent, status: 'NeedsAssistance' })
    expect(check({ seen: withSide(sick.seen, 'primary', { scalingPlans: [plan] }) }).findings).toHaveLength(1)
  })

  test.each(['scalingPlans', 'hostPool'])('could not check a silent host behind a gap in %s', (what) => {
    const seen = withGap(one(silent).seen, 'primary', what)
    expect(check({ seen })).toMatchObject({ findings: [], unchecked: [{ subject: 'primary/vm-s1' }] })
    expect(check({ seen: withGap(restingSeen, 'primary', what) })).toEqual({ findings: [], unchecked: [] })
  })

  test('finds an agent that has failed to update, also where the host is off', () => {
    const seen = withHosts(restingSeen, 'secondary', { host: { updateState: 'Failed' } }, ['vm-w1'])
    expect(check({ seen }).findings).toMatchObject([{ subject: 'secondary/vm-w1' }])
  })

  test.each([{ status: 'Upgrading' }, { updateState: 'Pending' }])(
    'says nothing of an update under way (%#)',
    (host) => {
      expect(check(one(host))).toEqual({ findings: [], unchecked: [] })
    },
  )

  test('says nothing of a silent host that is being woken', () => {
    const seen = withHosts(restingSeen, 'secondary', { vm: { power: 'running' }, host: silent }, ['vm-w1'])
    expect(check({ seen }).findings).toHaveLength(1)
    expect(check({ seen, pairState: wakingHosts })).toEqual({
      findings: [],
      unchecked: [{ subject: 'secondary/vm-w1', reason: 'keepAlive-1 may have started it' }],
    })
  })

  test('does not excuse the side in use because others are being woken, but because of an operation on it', () => {
    expect(check({ ...one(silent), pairState: wakingHosts }).findings).toHaveLength(1)
    const heldBy = { operationId: 'align-1', kind: 'align' } as const
    expect(check({ ...one(silent), pairState: { heldBy } }).unchecked).toEqual([
      { subject: 'primary/vm-s1', reason: 'align-1 may have started it' },
    ])
  })

  test('could not check a status that is new to us', () => {
    expect(check(one({ status: 'Daydreaming' })).unchecked).toMatchObject([{ subject: 'primary/vm-s1' }])
  })

  test.each(['missing', 'asLastSeen'] as const)(
    'could not check without power states (%s), and checks the other side',
    (part) => {
      const sick = withHosts(restingSeen, 'secondary', { host: { updateState: 'Failed' } }, ['vm-w1'])
      const broken = withHosts(sick, 'primary', { host: { status: 'NeedsAssistance' } })
      const { findings, unchecked } = check({ seen: withGap(broken, 'primary', 'vms', part) })
      expect(findings).toMatchObject([{ subject: 'secondary/vm-w1' }])
      expect(unchecked).toEqual([{ subject: '', reason: 'primary: vms: the region does not answer' }])
    },
  )

  test('finds a desktop on whichever side it runs, and leaves one alone that is off', () => {
    const sick = withHosts(personalSeen, 'primary', { host: { status: 'NeedsAssistance' } }, ['pc-1', 'pc-2'])
    const seen = withSide(sick, 'secondary', { vms: [vmOf('rg-pw', 'pc-1', 'ukwest', { power: 'running' })] })
    expect(check({ pair: 'personal', seen }).findings).toMatchObject([{ subject: 'pc-1' }])
  })
})
