import { describe, expect, it } from 'vitest'
import { operationRequestSchema } from '../../../src/lib/plan/request.ts'

const vault =
  '/Subscriptions/3b6f9d52-7c1e-4a85-9f20-5d8e6a4c1b70/resourceGroups/rg/providers/Microsoft.RecoveryServices/vaults/v'
const point = `${vault}/replicationFabrics/f/replicationProtectionContainers/c/replicationProtectedItems/i/recoveryPoints/p-1`
const least = { pairId: 'pooled-uk', kind: 'failover' }

describe('a request', () => {
  it('needs only a pair and a kind', () => {
    expect(operationRequestSchema.parse(least)).toEqual({
      ...least,
      primaryIsDown: false,
      acceptOut: [],
      grantWithoutSignOutProof: false,
    })
  })

  it('has its grace in milliseconds', () => {
    expect(operationRequestSchema.parse({ ...least, grace: '1 min' }).grace).toBe(60_000)
  })

  it.each<[string, object]>([
    ['another kind', { kind: 'drill' }],
    ['an option nobody knows', { force: true }],
    ['a pair id that is a path', { pairId: '../x' }],
    ['a truth that is a word', { primaryIsDown: 'yes' }],
    ['everything accepted by another word', { acceptOut: 'ALL' }],
    ['a host name that is a path', { hosts: ['../x'] }],
    ['no host at all', { hosts: [] }],
    ['no application group at all', { applicationGroups: [] }],
    ['a grace too long', { grace: '5 h' }],
    ['more hosts than a pool can have', { hosts: Array(10_001).fill('a') }],
  ])('is refused with %s', (_, traits) => {
    expect(operationRequestSchema.safeParse({ ...least, ...traits }).success).toBe(false)
  })

  it.each<[string, object]>([
    ['failover', {}],
    ['failback', { recoveryPoint: 'latestAppConsistent' }],
    ['reprotect', { side: 'secondary' }],
    ['restoreExtensions', { side: 'primary', hosts: ['a'] }],
    ['commit', {}],
    ['changeRecoveryPoint', { recoveryPoint: { id: point }, hosts: ['a'] }],
  ])('may ask for a %s', (kind, traits) => {
    expect(operationRequestSchema.safeParse({ ...least, kind, ...traits }).error).toBeUndefined()
  })

  it.each<[string, object, string, string]>([
    ['a side for what has its direction', { side: 'primary' }, 'side', 'is not for a failover'],
    ['no point to change to', { kind: 'changeRecoveryPoint' }, 'recoveryPoint', 'is needed'],
    ['a point where none is used', { kind: 'commit', recoveryPoint: 'latest' }, 'recoveryPoint', 'is not for commit'],
    ['a point of one machine for all', { recoveryPoint: { id: point } }, 'recoveryPoint', 'exactly one name in hosts'],
    [
      'a point for two',
      { recoveryPoint: { id: point }, hosts: ['a', 'b'] },
      'recoveryPoint',
      'exactly one name in hosts',
    ],
    ['another kind', { kind: 'drill' }, 'kind', 'needs one of failover, failback'],
  ])('is told what is wrong with %s', (_, traits, path, message) => {
    const { error } = operationRequestSchema.safeParse({ ...least, ...traits })
    expect(error?.issues).toMatchObject([{ path: [path], message: expect.stringContaining(message) }])
  })

  it.each(['custom', { id: 'point-1' }, { id: `${point}?x=1` }, { id: point, more: 1 }])(
    'is refused with a recovery point that is none: %j',
    (recoveryPoint) => {
      expect(operationRequestSchema.safeParse({ ...least, hosts: ['a'], recoveryPoint }).success).toBe(false)
    },
  )

  it.each(['testFailover', 'TestFailover', 'test_failover'])('is refused with a %s, and told why', (kind) => {
    const { error } = operationRequestSchema.safeParse({ ...least, kind })
    expect(error?.issues[0]?.message).toMatch(/second machine of the same identity.*no override/)
  })
})
