import { describe, expect, test } from 'vitest'
import { minutes } from '../../../src/lib/core/time.ts'
import type { HostPool } from '../../../src/lib/model/azure.ts'
import type { Fix } from '../../../src/lib/model/fix.ts'
import type { PairSeen } from '../../../src/lib/model/inventory.ts'
import { type PairState, untouchedPair } from '../../../src/lib/model/pair-state.ts'
import { type AlignInput, planAlign } from '../../../src/lib/planning/align.ts'
import { contentOf } from '../../../src/lib/planning/content.ts'
import type { DriftFinding } from '../../../src/lib/planning/drift-seen.ts'
import {
  assignmentOf,
  avdIdOf,
  groupIdOf,
  groups,
  now,
  personalSeen,
  planOf,
  pooledSeen,
  subscription,
  withAssignment,
  withSide,
} from '../../support/plans.ts'

const plan = planOf()
const settings = { loadBalancerType: 'DepthFirst', maxSessionLimit: '10' }
const seen = withSide(pooledSeen, 'secondary', {
  hostPool: { ...(pooledSeen.secondary.hostPool as HostPool), settings },
})

type Story = {
  readonly fixes?: Readonly<Record<string, Fix | undefined>>
  readonly asked?: readonly string[]
  readonly pairId?: string
  readonly seen?: PairSeen
  readonly pairState?: Partial<PairState>
} & Partial<Omit<AlignInput, 'pairState' | 'request'>>

const findingOf = (fingerprint: string, fix: Fix | undefined): DriftFinding => ({
  fingerprint,
  rule: fingerprint.split(':')[0] ?? '',
  title: 'all is well',
  subject: fingerprint,
  severity: 'warning',
  blocks: 'never',
  evidence: 'it is not',
  ...(fix && { fix }),
})

function previewOf({ fixes = {}, asked, pairId = 'pooled', pairState, ...story }: Story) {
  const findings = Object.entries(fixes).map(([name, fix]) => findingOf(name, fix))
  const pairs = { pooled: story.seen ?? seen, personal: personalSeen }
  return planAlign({
    plan,
    inventory: { v: 1, takenAt: now - minutes(5), pairs },
    pairState: { ...untouchedPair, ...pairState },
    request: { pairId, findings: [...(asked ?? Object.keys(fixes))] },
    drift: { findings, waived: [], unchecked: [] },
    now,
    ...story,
  })
}

const tasksOf = (story: Story) =>
  Object.fromEntries(
    (previewOf(story).spec?.stages ?? []).flatMap(({ name, tasks }) => (tasks.length > 0 ? [[name, tasks]] : [])),
  )

const codesOf = (story: Story) => previewOf(story).refusals.map(({ code, subjects }) => [code, subjects])

const balanced: Fix = { kind: 'setPoolProperty', side: 'secondary', name: 'loadBalancerType', value: 'BreadthFirst' }
const drained: Fix = { kind: 'drainHost', side: 'secondary', host: 'VM-W1' }

describe('what is to be put right', () => {
  test('a setting of the pool, with what it is set back to', () => {
    expect(tasksOf({ fixes: { a: balanced } })).toEqual({
      settings: [
        {
          kind: 'poolProperty',
          key: 'loadbalancertype',
          name: 'loadBalancerType',
          value: 'BreadthFirst',
          before: 'DepthFirst',
        },
      ],
    })
    const unset = { ...balanced, name: 'customRdpProperty', value: 'audiomode:i:0' }
    expect(tasksOf({ fixes: { a: unset } }).settings?.[0]).not.toHaveProperty('before')
  })

  test('a host, by its own machine', () => {
    expect(tasksOf({ fixes: { a: drained } })).toMatchObject({
      drain: [{ kind: 'host', key: 'vm-w1', side: 'secondary', host: 'vm-w1', vmId: expect.stringMatching(/vm-w1$/) }],
    })
  })

  test('an application group in the region of its pool, and applications in it', () => {
    const group: Fix = {
      kind: 'copyApplicationGroup',
      side: 'secondary',
      fromId: groupIdOf('new-s'),
      name: 'new-w',
      settings: {},
      type: 'RemoteApp',
    }
    const id = `/subscriptions/${subscription}/resourceGroups/rg-w/providers/Microsoft.DesktopVirtualization/applicationGroups/new-w`
    const application: Fix = {
      kind: 'copyApplication',
      side: 'secondary',
      groupId: id,
      name: 'Notes',
      settings: { filePath: 'x' },
    }
    expect(tasksOf({ fixes: { a: group, b: application } })).toEqual({
      applicationGroups: [
        {
          kind: 'applicationGroup',
          key: 'new-w',
          id,
          hostPoolId: expect.stringMatching(/hp-w$/),
          location: 'ukwest',
          type: 'RemoteApp',
          settings: {},
        },
      ],
      applications: [
        { kind: 'application', key: 'new-w/notes', id: `${id}/applications/Notes`, settings: { filePath: 'x' } },
      ],
    })
    expect(codesOf({ fixes: { b: application } })).toMatchObject([['cannotFix', [expect.stringContaining('missing')]]])
  })

  test('autoscale and Start VM on Connect of the pool', () => {
    const fixes: Story['fixes'] = {
      a: { kind: 'disableScalingPlan', side: 'secondary' },
      b: { kind: 'disableStartOnConnect', side: 'secondary' },
    }
    const pair = [{ kind: 'pair', key: 'pooled' }]
    expect(tasksOf({ fixes })).toEqual({ autoscale: pair, startOnConnect: pair })
  })

  test('the same thing once, though two rules want it', () => {
    expect(tasksOf({ fixes: { a: drained, b: { ...drained, host: 'vm-w1' } } }).drain).toHaveLength(1)
  })

  test('is the same text for the same findings in any order and letter case', () => {
    const text = (...asked: string[]) => {
      const { spec } = previewOf({ fixes: { a: balanced, b: drained }, asked })
      return spec && contentOf(spec)
    }
    expect(text('a', 'b')).toBe(text('B', 'A', 'a'))
    expect(previewOf({ fixes: { a: balanced, b: drained }, asked: ['B', 'a'] }).spec).toMatchObject({
      kind: 'align',
      target: 'secondary',
      findings: ['a', 'b'],
      out: [],
    })
  })

  test('is told with its time, and an old inventory with a warning', () => {
    expect(previewOf({ fixes: { a: drained } })).toMatchObject({
      inventoryAge: minutes(5),
      warnings: [],
      eta: { batches: 1 },
    })
    const old = { v: 1 as const, takenAt: now - minutes(61), pairs: { pooled: seen } }
    expect(previewOf({ fixes: { a: drained }, inventory: old }).warnings).toMatchObject([{ code: 'oldInventory' }])
  })
})

test('an application in a group of that name that is made elsewhere is left alone', () => {
  const made = { kind: 'copyApplicationGroup', fromId: groupIdOf('new-s'), name: 'new-w', type: 'RemoteApp' } as const
  const elsewhere = {
    kind: 'copyApplication',
    groupId: avdIdOf('rg-x', 'applicationgroups', 'new-w'),
    name: 'x',
  } as const
  const both = { side: 'secondary', settings: {} } as const
  const fixes = { a: { ...made, ...both }, b: { ...elsewhere, ...both } }
  expect(codesOf({ fixes })).toEqual([['cannotFix', [expect.stringMatching(/^b: /)]]])
})

describe('access that is to be taken away', () => {
  const [group] = groups
  const stray = assignmentOf(groupIdOf('dag-w'), group.id)
  const kept = assignmentOf(groupIdOf('dag-s'), group.id)
  const both = withAssignment(seen, 'dag-w', stray)
  const fix: Fix = { kind: 'revokeAccess', side: 'secondary', groupName: group.name, assignments: [stray], kept }

  test('is on record whole, beside what the same group keeps', () => {
    const { id: _, name: __, ...grant } = kept
    expect(tasksOf({ fixes: { a: fix }, seen: both })).toEqual({
      access: [
        {
          kind: 'assignment',
          key: expect.stringContaining(`dag-w--${group.id}`),
          principalId: group.id,
          groupName: group.name,
          revoke: stray,
          grant,
        },
      ],
    })
  })

  test.each<[string, Partial<Extract<Fix, { kind: 'revokeAccess' }>>, PairSeen]>([
    ['is the only access the group has', {}, withSide(both, 'primary', { applicationGroups: [] })],
    ['is gone', {}, seen],
    ['is of nobody the plan names', { kept: { ...kept, principalId: 'cccccccc-0000-4000-8000-000000000001' } }, both],
    ["is somebody else's", { assignments: [{ ...stray, principalId: groups[1].id }] }, both],
    ['was made above the application group', { assignments: [{ ...stray, scope: '/subscriptions/x' }] }, both],
    ['is where people work', { assignments: [kept] }, both],
    ['is nothing', { assignments: [] }, both],
  ])('is left alone where it %s', (_, traits, where) => {
    expect(codesOf({ fixes: { a: { ...fix, ...traits } }, seen: where })).toEqual([
      ['cannotFix', [expect.stringMatching(/^a: /)]],
    ])
  })
})

describe('nothing is begun', () => {
  const holder = { operationId: 'keepAlive-1', kind: 'keepAlive' } as const
  test.each<[string, Story, string, readonly string[]]>([
    ['for a pair that is not in the plan', { pairId: 'none' }, 'unknownPair', ['none']],
    [
      'for a pair that was never seen',
      { fixes: { a: drained }, inventory: { v: 1, takenAt: now, pairs: {} } },
      'notInInventory',
      ['pooled'],
    ],
    [
      'while anybody holds the pair',
      { fixes: { a: drained }, pairState: { heldBy: holder } },
      'pairHeld',
      ['keepAlive keepAlive-1'],
    ],
    ['where both sides are one pool', { fixes: { a: drained }, pairId: 'personal' }, 'sharedPool', ['personal']],
    [
      'for a finding that is gone, named beside one that is there',
      { fixes: { a: drained }, asked: ['a', 'b'] },
      'unknownFinding',
      ['b'],
    ],
    ['where nobody has asked the rules', { asked: ['a'], drift: undefined }, 'unknownFinding', ['a']],
    ['for a finding that is for people', { fixes: { a: drained, b: undefined } }, 'noFix', ['b']],
    [
      'on the side where people work',
      { fixes: { a: { ...drained, side: 'primary' }, b: drained } },
      'activeSide',
      ['a'],
    ],
    [
      'on the secondary after a failover',
      { fixes: { a: drained }, pairState: { activeSide: 'secondary' } },
      'activeSide',
      ['a'],
    ],
    ['where no finding is named', { fixes: { a: drained }, asked: [] }, 'nothingToDo', []],
  ])('%s', (_, story, code, subjects) => {
    expect(previewOf(story)).not.toHaveProperty('spec')
    expect(codesOf(story)).toEqual([[code, subjects]])
  })

  test.each<[string, Fix, PairSeen]>([
    ['a host that is not there', { ...drained, host: 'vm-w9' }, seen],
    ['a host whose machine is not known', drained, withSide(seen, 'secondary', { vms: [] })],
    ['a setting that no fix is to write', { ...balanced, name: 'registrationInfo', value: '{}' }, seen],
    ['a value that is none', { ...balanced, name: 'maxSessionLimit', value: 'many' }, seen],
    ['a pool whose settings were not read', balanced, pooledSeen],
    [
      'an application of another pool',
      { kind: 'copyApplication', side: 'secondary', groupId: groupIdOf('dag-s'), name: 'x', settings: {} },
      seen,
    ],
    [
      'an application in a group of another pool that is to be made',
      {
        kind: 'copyApplication',
        side: 'secondary',
        groupId: avdIdOf('rg-x', 'applicationgroups', 'x'),
        name: 'x',
        settings: {},
      },
      seen,
    ],
  ])('for %s', (_, fix, where) => {
    expect(codesOf({ fixes: { a: fix }, seen: where })).toEqual([['cannotFix', [expect.stringMatching(/^a: /)]]])
  })
})
