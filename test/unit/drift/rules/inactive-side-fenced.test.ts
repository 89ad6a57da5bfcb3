import { describe, expect, test } from 'vitest'
import { inactiveSideFenced as rule } from '../../../../src/lib/drift/rules/inactive-side-fenced.ts'
import { afterFailover, leftSeen, restingSeen, wakingHosts, withHosts } from '../../../support/host-traits.ts'
import {
  assignmentOf,
  groupIdOf,
  groups,
  personalSeen,
  stranger,
  vmOf,
  withAssignment,
  withSide,
} from '../../../support/plans.ts'
import { contextOf, type RuleStory, withGap } from '../../../support/rule-context.ts'

const [desktop, office] = groups
const check = (story: RuleStory) => rule.check(contextOf(story))
const nothing = { findings: [], unchecked: [] }
const on = { power: 'running' } as const
const left = { pairState: afterFailover }
const without = (seen: typeof restingSeen, side: 'primary' | 'secondary') =>
  withSide(seen, side, {
    applicationGroups: (seen[side].applicationGroups ?? []).map((group) => ({ ...group, assignments: [] })),
  })

describe('inactive-side-fenced', () => {
  test('is well in peace, with the standby hosts off', () => {
    expect(check({ seen: restingSeen })).toEqual(nothing)
  })

  test('is well after a failover, with the hosts of the old side drained or off', () => {
    expect(check({ seen: leftSeen, ...left })).toEqual(nothing)
    const off = withHosts(leftSeen, 'primary', { vm: { power: 'deallocated' }, host: { allowNewSession: true } })
    expect(check({ seen: off, ...left })).toEqual(nothing)
  })

  test('finds a host of the old side that has come back to life, and how to drain it', () => {
    const seen = withHosts(leftSeen, 'primary', { host: { allowNewSession: true } }, ['vm-s3'])
    expect(check({ seen, ...left }).findings).toEqual([
      {
        subject: 'primary/vm-s3',
        severity: 'critical',
        evidence: 'vm-s3 of the primary side, which is not in use, runs, lets people in and has 0 sessions.',
        fix: { kind: 'drainHost', side: 'primary', host: 'vm-s3' },
      },
    ])
  })

  test('finds people who still work on the old side, though it is drained', () => {
    const { findings } = check({ seen: withHosts(leftSeen, 'primary', { host: { sessions: 2 } }, ['vm-s1']), ...left })
    expect(findings).toMatchObject([{ subject: 'primary/vm-s1', severity: 'critical' }])
    expect(findings[0]).not.toHaveProperty('fix')
  })

  test('in peace advises to drain what runs, and warns of people there', () => {
    const awake = withHosts(restingSeen, 'secondary', { vm: on, host: { allowNewSession: true } }, ['vm-w1', 'vm-w2'])
    const seen = withHosts(awake, 'secondary', { host: { sessions: 1 } }, ['vm-w2'])
    expect(check({ seen }).findings).toMatchObject([
      { subject: 'secondary/vm-w1', severity: 'advice' },
      { subject: 'secondary/vm-w2', severity: 'warning' },
    ])
  })

  test('finds nothing in hosts that keep-alive wakes', () => {
    const seen = withHosts(restingSeen, 'secondary', { vm: on, host: { allowNewSession: true } }, ['vm-w1'])
    expect(check({ seen, pairState: wakingHosts })).toEqual({
      findings: [],
      unchecked: [{ subject: 'secondary/vm-w1', reason: 'the keepAlive keepAlive-1 is under way' }],
    })
  })

  test('finds a group of the plan whose only access is to the side that is not in use', () => {
    const seen = withAssignment(without(leftSeen, 'secondary'), 'dag-s', assignmentOf(groupIdOf('dag-s'), desktop.id))
    const { findings } = check({ seen, ...left })
    expect(findings).toEqual([
      {
        subject: 'grp-desktop',
        evidence: 'grp-desktop has access to dag-s of the primary side, which is not in use, and to nothing else.',
      },
    ])
  })

  test('leaves who holds both sides to its own rule, and others to theirs', () => {
    const both = withAssignment(leftSeen, 'dag-s', assignmentOf(groupIdOf('dag-s'), desktop.id))
    expect(check({ seen: both, ...left })).toEqual(nothing)
    const other = withAssignment(leftSeen, 'dag-s', assignmentOf(groupIdOf('dag-s'), stranger))
    expect(check({ seen: other, ...left })).toEqual(nothing)
    expect(office.name).toBe('grp-office')
  })

  test('of desktops finds one that runs on both sides', () => {
    const both = withHosts(personalSeen, 'primary', { vm: on }, ['pc-1', 'pc-2'])
    const seen = withSide(both, 'secondary', {
      vms: [vmOf('rg-pw', 'pc-1', 'ukwest', on), vmOf('rg-pw', 'pc-2', 'ukwest'), vmOf('rg-pw', 'pc-3', 'ukwest', on)],
    })
    expect(check({ pair: 'personal', seen }).findings).toMatchObject([{ subject: 'pc-1' }])
  })

  test('one machine in one group for both sides is not two', () => {
    const vms = [vmOf('rg-p', 'pc-1', 'uksouth', on)]
    const seen = withSide(withSide(personalSeen, 'primary', { vms }), 'secondary', { vms })
    expect(check({ pair: 'personal', seen })).toEqual(nothing)
  })

  test.each(['sessionHosts', 'vms'])('could not check hosts behind a gap in %s', (what) => {
    const alive = withHosts(leftSeen, 'primary', { host: { allowNewSession: true } })
    expect(check({ seen: withGap(alive, 'primary', what, 'asLastSeen'), ...left })).toEqual({
      findings: [],
      unchecked: [{ subject: '', reason: `primary: ${what}: the region does not answer` }],
    })
  })

  test('could not check access behind a gap', () => {
    const outcome = check({ seen: withGap(leftSeen, 'primary', 'applicationGroups', 'asLastSeen'), ...left })
    expect(outcome).toMatchObject({ findings: [], unchecked: [{ subject: '' }] })
  })
})
