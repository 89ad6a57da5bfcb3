import { describe, expect, test } from 'vitest'
import { hostsHealthy as rule } from '../../../../src/lib/drift/rules/hosts-healthy.ts'
import type { SessionHost } from '../../../../src/lib/model/azure.ts'
import { afterFailover, leftSeen, restingSeen, wakingHosts, withHosts } from '../../../support/host-traits.ts'
import { personalSeen, vmOf, withSide } from '../../../support/plans.ts'
import { contextOf, type RuleStory, withGap } from '../../../support/rule-context.ts'

const check = (story: RuleStory) => rule.check(contextOf(story))
const one = (host: Partial<SessionHost>) => ({ seen: withHosts(restingSeen, 'primary', { host }, ['vm-s1']) })

describe('hosts-healthy', () => {
  test('is well when hosts that run are available and the others are off', () => {
    expect(check({ seen: restingSeen })).toEqual({ findings: [], unchecked: [] })
    expect(check({ seen: leftSeen, pairState: afterFailover })).toEqual({ findings: [], unchecked: [] })
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

  test('advises where a host runs and is silent, since it may just have been started', () => {
    expect(check(one({ status: 'Unavailable' })).findings).toMatchObject([{ severity: 'advice' }])
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
    const seen = withHosts(restingSeen, 'secondary', { vm: { power: 'running' } }, ['vm-w1'])
    expect(check({ seen }).findings).toHaveLength(1)
    expect(check({ seen, pairState: wakingHosts })).toEqual({
      findings: [],
      unchecked: [{ subject: 'secondary/vm-w1', reason: 'keepAlive-1 may just have started it' }],
    })
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
