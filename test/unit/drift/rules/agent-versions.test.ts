import { describe, expect, test } from 'vitest'
import { hours } from '../../../../src/lib/core/time.ts'
import { agentVersions as rule } from '../../../../src/lib/drift/rules/agent-versions.ts'
import { restingSeen, withHosts } from '../../../support/host-traits.ts'
import { now } from '../../../support/plans.ts'
import { contextOf, type RuleStory, withGap } from '../../../support/rule-context.ts'

const check = (story: RuleStory) => rule.check(contextOf(story))
const old = '1.0.90.9'
const asleepFor = (days: number) =>
  withHosts(restingSeen, 'secondary', { host: { agentVersion: old, lastHeartbeat: now - hours(24 * days) } })

describe('agent-versions', () => {
  test('is well when everybody has the same', () => {
    expect(check({ seen: restingSeen })).toEqual({ findings: [], unchecked: [] })
  })

  test('finds the host in use that all others have left behind; versions are numbers', () => {
    const seen = withHosts(restingSeen, 'primary', { host: { agentVersion: old } }, ['vm-s2'])
    expect(check({ seen }).findings).toEqual([
      { subject: 'primary/vm-s2', evidence: 'The agent of vm-s2 is 1.0.90.9, others have 1.0.200.1.' },
    ])
  })

  test('finds standby hosts that are behind and have slept for more than a month', () => {
    expect(check({ seen: asleepFor(32) }).findings.map(({ subject }) => subject)).toEqual(
      ['1', '2', '3', '4'].map((n) => `secondary/vm-w${n}`),
    )
  })

  test('says nothing of standby hosts that were awake this month, nor of a release that is under way', () => {
    expect(check({ seen: asleepFor(25) }).findings).toEqual([])
    const some = withHosts(restingSeen, 'primary', { host: { agentVersion: old } }, ['vm-s1', 'vm-s2'])
    expect(check({ seen: some }).findings).toEqual([])
    const newer = withHosts(restingSeen, 'secondary', {
      host: { agentVersion: '1.0.300.0', lastHeartbeat: now - hours(24 * 40) },
    })
    expect(check({ seen: newer }).findings).toEqual([])
  })

  test('looks at hosts that run alone, at three of them at least, and at every part of a version', () => {
    const older = withHosts(restingSeen, 'primary', { host: { agentVersion: old } }, ['vm-s2'])
    expect(check({ seen: withHosts(older, 'primary', { vm: { power: 'deallocated' } }, ['vm-s2']) }).findings).toEqual(
      [],
    )
    const three = withHosts(older, 'primary', { vm: { power: 'deallocated' } }, ['vm-s1'])
    expect(check({ seen: three }).findings).toHaveLength(1)
    const two = withHosts(older, 'primary', { vm: { power: 'deallocated' } }, ['vm-s1', 'vm-s3'])
    expect(check({ seen: two }).findings).toEqual([])
    const shorter = withHosts(restingSeen, 'primary', { host: { agentVersion: '1.0.200' } }, ['vm-s2'])
    expect(check({ seen: shorter }).findings).toMatchObject([{ subject: 'primary/vm-s2' }])
  })

  test('could not check a host whose version Azure does not say', () => {
    const seen = withHosts(restingSeen, 'primary', { host: { agentVersion: 'latest' } }, ['vm-s3'])
    expect(check({ seen })).toMatchObject({ findings: [], unchecked: [{ subject: 'primary/vm-s3' }] })
    const there = withHosts(restingSeen, 'secondary', { host: { agentVersion: '' } }, ['vm-w1'])
    expect(check({ seen: there }).unchecked).toMatchObject([{ subject: 'secondary/vm-w1' }])
  })

  test('could not check behind a gap', () => {
    const seen = withGap(asleepFor(40), 'primary', 'sessionHosts', 'asLastSeen')
    expect(check({ seen })).toMatchObject({ findings: [], unchecked: [{ subject: '' }] })
  })
})
