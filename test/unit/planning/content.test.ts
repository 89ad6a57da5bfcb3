import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hours } from '../../../src/lib/core/time.ts'
import type { PowerState } from '../../../src/lib/model/azure.ts'
import type { PairSeen, SideSeen } from '../../../src/lib/model/inventory.ts'
import { contentOf } from '../../../src/lib/planning/content.ts'
import {
  assignmentOf,
  groupIdOf,
  groups,
  inventoryOf,
  itemOf,
  now,
  personalSeen,
  planOf,
  planText,
  pooledSeen,
  previewOf,
  type Story,
  withAssignment,
  withSide,
} from '../../support/plans.ts'

const textOf = (story: Story) => {
  const { spec } = previewOf(story)
  return spec && contentOf(spec)
}
const powers: readonly PowerState[] = ['running', 'starting', 'stopped', 'deallocated', 'deallocating', 'unknown']

const shaken = <T>(items: readonly T[] | undefined, keys: readonly number[]): readonly T[] =>
  (items ?? [])
    .map((item, i) => ({ item, key: keys[i % keys.length] ?? 0 }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item)

type Weather = {
  readonly keys: readonly number[]
  readonly power: PowerState
  readonly status: string
  readonly sessions: number
  readonly allow: boolean
  readonly beat: number
  readonly used: number
}

const weather: fc.Arbitrary<Weather> = fc.record({
  keys: fc.array(fc.nat(), { minLength: 4, maxLength: 4 }),
  power: fc.constantFrom(...powers),
  status: fc.constantFrom('Available', 'Shutdown', 'Unavailable', 'SomethingNew'),
  sessions: fc.nat(50),
  allow: fc.boolean(),
  beat: fc.integer({ min: 0, max: hours(24 * 80) }),
  used: fc.nat(),
})

const sideIn = (side: SideSeen, { keys, power, status, sessions, allow, beat }: Weather): SideSeen => ({
  ...side,
  sessionHosts: shaken(side.sessionHosts, keys).map((host, i) => ({
    ...host,
    status,
    sessions: sessions + i,
    allowNewSession: allow,
    lastHeartbeat: now - beat,
  })),
  vms: shaken(side.vms, keys).map((vm) => ({ ...vm, power })),
  applicationGroups: shaken(side.applicationGroups, keys).map((group) => ({
    ...group,
    assignments: shaken(group.assignments, keys),
  })),
})

const pairIn = (seen: PairSeen, now: Weather): PairSeen => ({
  ...seen,
  primary: sideIn(seen.primary, now),
  secondary: sideIn(seen.secondary, now),
  rolesThatUseApplications: shaken(seen.rolesThatUseApplications, now.keys),
  ...(seen.replicatedItems
    ? {
        replicatedItems: shaken(seen.replicatedItems, now.keys).map((item) => ({
          ...item,
          rpoSeconds: now.used,
          replicationHealth: now.allow ? 'Normal' : 'Warning',
        })),
      }
    : {}),
})

describe('the content that is hashed and approved', () => {
  it.each(['pooled', 'personal'] as const)(
    'of a %s pair ignores heartbeats, sessions, power, age and order',
    (pair) => {
      const seen =
        pair === 'personal'
          ? personalSeen
          : {
              ...withAssignment(pooledSeen, 'dag-s', assignmentOf(groupIdOf('dag-s'), groups[1].id)),
              rolesThatUseApplications: ['b', 'a', 'c'],
            }
      const first = textOf({ pair, seen })
      expect(first).toBeDefined()
      fc.assert(
        fc.property(weather, fc.nat(hours(24)), (now, age) => {
          const inventory = { ...inventoryOf({ [pair]: pairIn(seen, now) }), takenAt: Date.UTC(2026, 2, 14, 20) - age }
          expect(textOf({ pair, inventory })).toBe(first)
        }),
        { numRuns: 200 },
      )
    },
  )

  it.each<[string, Story]>([
    [
      'a host that is gone',
      { seen: withSide(pooledSeen, 'secondary', { sessionHosts: (pooledSeen.secondary.sessionHosts ?? []).slice(1) }) },
    ],
    [
      'an assignment that is new',
      { seen: withAssignment(pooledSeen, 'dag-s', assignmentOf(groupIdOf('dag-s'), groups[1].id)) },
    ],
    ['another limit', { plan: planOf(planText.replace('name: small', 'name: small\nlimits: { batchSize: 99 }')) }],
    [
      'another message',
      { plan: planOf(planText.replace('    groups:', '    message: { title: A, body: B }\n    groups:')) },
    ],
    ['another grace', { request: { grace: '1 min' } }],
    ['a primary that is down', { request: { primaryIsDown: true } }],
    ['a waived proof', { request: { grantWithoutSignOutProof: true } }],
    [
      'another tier',
      {
        seen: withSide(pooledSeen, 'secondary', {
          vms: (pooledSeen.secondary.vms ?? []).map((vm) =>
            vm.name === 'vm-w4' ? { ...vm, tags: { drTier: '1' } } : vm,
          ),
        }),
      },
    ],
  ])('changes with %s', (_, story) => {
    expect(textOf(story)).toBeDefined()
    expect(textOf(story)).not.toBe(textOf({}))
  })

  it('changes with a finding that is accepted', () => {
    const stranger = assignmentOf(groupIdOf('dag-s'), 'dddddddd-0000-4000-8000-000000000001')
    const request = { primaryIsDown: true }
    expect(textOf({ request, seen: withAssignment(pooledSeen, 'dag-s', stranger) })).not.toBe(textOf({ request }))
  })

  it('changes with who is left out', () => {
    const seen = { ...personalSeen, replicatedItems: [itemOf('pc-1'), itemOf('pc-2')] }
    const request = { acceptOut: 'all' }
    expect(textOf({ pair: 'personal', seen, request })).not.toBe(textOf({ pair: 'personal', request }))
  })

  it('is the same text whatever the order of keys, in the order of the alphabet', () => {
    const { spec } = previewOf({})
    if (!spec) throw new Error('no spec')
    const keys = Object.keys(JSON.parse(contentOf(spec)))
    expect(keys).toEqual([...keys].sort())
    const turned = Object.fromEntries(Object.entries(spec).reverse()) as typeof spec
    expect(contentOf(turned)).toBe(contentOf(spec))
    expect(JSON.parse(contentOf(spec))).toEqual(spec)
  })
})
