import { describe, expect, it } from 'vitest'
import { hours } from '../../../src/lib/core/time.ts'
import type { NoticeCode, Preview } from '../../../src/lib/planning/preview.ts'
import {
  assignmentOf,
  customRole,
  groupIdOf,
  groups,
  hostOf,
  itemOf,
  movedSeen,
  now,
  personalSeen,
  planOf,
  planText,
  pooledSeen,
  previewOf,
  roleDefinitionOf,
  type Story,
  stranger,
  subscription,
  withAssignment,
  withoutPart,
  withSide,
} from '../../support/plans.ts'

type Place = 'refusals' | 'findings' | 'warnings'
type Row = {
  readonly story: Story
  readonly in: Place
  readonly subjects: readonly string[]
  /** Where it is with the primary down; undefined: the row is about one state of the primary alone. */
  readonly down?: Place | 'nowhere'
}

const [desktop, office] = groups
const heldBy = (kind: 'failback' | 'drill') => ({ heldBy: { operationId: 'op-1', kind } })
const inherited = { scope: `/subscriptions/${subscription}/resourceGroups/rg-s` }
const recorded = assignmentOf(groupIdOf('dag-s'), desktop.id)
const partial = { applicationGroups: ['dag-s'] }
const noItems = { ...personalSeen, replicatedItems: [] }
const allMoved = {
  ...personalSeen,
  replicatedItems: ['pc-1', 'pc-2', 'pc-3'].map((name) => itemOf(name, { activeLocation: 'Recovery' })),
}
const scalingPlan = { id: 'sp', name: 'sp', exclusionTag: 'other', pools: [] }
const taggedPlan = planOf(planText.replace('hostPool: hp-w,', 'hostPool: hp-w, exclusionTag: mine,'))
const limitsPlan = (limits: string) => planOf(planText.replace('name: small', `name: small\nlimits: { ${limits} }`))

/** The compiler asks for a row for every code there is. */
const rows: Readonly<Record<NoticeCode, Row>> = {
  unknownPair: { story: { request: { pairId: 'nobody' } }, in: 'refusals', subjects: ['nobody'], down: 'refusals' },
  notInInventory: {
    story: { inventory: { v: 1, takenAt: now, pairs: {} } },
    in: 'refusals',
    subjects: ['pooled'],
    down: 'refusals',
  },
  noRunbook: {
    story: { pair: 'personal', request: { kind: 'failback' }, pairState: { activeSide: 'secondary' } },
    in: 'refusals',
    subjects: ['personal'],
  },
  wrongDirection: { story: { pairState: { activeSide: 'secondary' } }, in: 'refusals', subjects: [], down: 'refusals' },
  wrongTarget: {
    story: {
      seen: movedSeen,
      request: { kind: 'failback', primaryIsDown: true },
      pairState: { activeSide: 'secondary' },
    },
    in: 'refusals',
    subjects: [],
  },
  pairHeld: { story: { pairState: heldBy('failback') }, in: 'refusals', subjects: ['failback op-1'], down: 'refusals' },
  nothingLeft: {
    story: { pair: 'personal', seen: noItems, request: { acceptOut: 'all' } },
    in: 'refusals',
    subjects: [],
    down: 'refusals',
  },
  nothingToDo: { story: { pair: 'personal', seen: allMoved }, in: 'refusals', subjects: [], down: 'refusals' },
  unknownHost: {
    story: { request: { hosts: ['vm-w1', 'vm-w9'] } },
    in: 'refusals',
    subjects: ['vm-w9'],
    down: 'refusals',
  },
  unknownApplicationGroup: {
    story: { request: { applicationGroups: ['dag-x'] } },
    in: 'refusals',
    subjects: ['dag-x'],
    down: 'refusals',
  },
  applicationGroupMissing: {
    story: { seen: withSide(pooledSeen, 'secondary', { applicationGroups: [] }) },
    in: 'refusals',
    subjects: ['secondary: dag-w', 'secondary: rag-w'],
    down: 'refusals',
  },
  partialNotPossible: {
    story: { pair: 'personal', request: partial },
    in: 'refusals',
    subjects: [],
    down: 'refusals',
  },
  overlappingGroups: {
    story: {
      seen: withAssignment(pooledSeen, 'rag-s', assignmentOf(groupIdOf('rag-s'), desktop.id)),
      request: partial,
    },
    in: 'refusals',
    subjects: ['grp-desktop'],
    down: 'refusals',
  },
  bothSides: {
    story: { seen: withAssignment(pooledSeen, 'rag-w', assignmentOf(groupIdOf('rag-w'), desktop.id.toUpperCase())) },
    in: 'refusals',
    subjects: ['grp-desktop'],
    down: 'refusals',
  },
  inventoryGap: {
    story: { seen: withoutPart(pooledSeen, 'primary', 'sessionHosts') },
    in: 'refusals',
    subjects: ['primary: sessionHosts'],
    down: 'findings',
  },
  noCapacity: {
    story: {
      plan: planOf(planText.replace('groups:\n      - { name', 'minimumCapacity: 5\n    groups:\n      - { name')),
    },
    in: 'refusals',
    subjects: [],
    down: 'findings',
  },
  noQuota: {
    story: {
      pair: 'personal',
      seen: withSide(personalSeen, 'secondary', { quotas: [{ name: 'Cores', used: 9, limit: 20 }] }),
    },
    in: 'refusals',
    subjects: ['Cores: 12 needed, 11 free'],
    down: 'findings',
  },
  hostsOut: {
    story: { pair: 'personal', seen: { ...personalSeen, replicatedItems: [itemOf('pc-1'), itemOf('pc-3')] } },
    in: 'refusals',
    subjects: ['pc-2'],
    down: 'warnings',
  },
  partialApplicationGroups: {
    story: { seen: withAssignment(pooledSeen, 'extra-s', assignmentOf(groupIdOf('extra-s'), office.id)) },
    in: 'refusals',
    subjects: ['extra-s'],
    down: 'findings',
  },
  inheritedRole: {
    story: { seen: withAssignment(pooledSeen, 'dag-s', assignmentOf('', office.id, inherited)) },
    in: 'refusals',
    subjects: [`primary: dag-s: grp-office from ${inherited.scope}`],
    down: 'findings',
  },
  directUser: {
    story: {
      seen: withAssignment(pooledSeen, 'dag-s', assignmentOf(groupIdOf('dag-s'), stranger, { principalType: 'User' })),
    },
    in: 'refusals',
    subjects: [`primary: dag-s: User ${stranger}`],
    down: 'findings',
  },
  unmappedPrincipal: {
    story: { seen: withAssignment(pooledSeen, 'rag-w', assignmentOf(groupIdOf('rag-w'), stranger)) },
    in: 'refusals',
    subjects: [`secondary: rag-w: Group ${stranger}`],
    down: 'findings',
  },
  otherRole: {
    story: {
      seen: {
        ...withAssignment(
          pooledSeen,
          'dag-s',
          assignmentOf(groupIdOf('dag-s'), desktop.id, {
            roleDefinitionId: roleDefinitionOf(customRole.toUpperCase()),
          }),
        ),
        rolesThatUseApplications: [customRole],
      },
    },
    in: 'refusals',
    subjects: [`primary: dag-s: grp-desktop (role ${customRole})`],
    down: 'findings',
  },
  groupNotAssigned: {
    story: {
      seen: withSide(pooledSeen, 'primary', {
        applicationGroups: (pooledSeen.primary.applicationGroups ?? []).map((group) =>
          group.name === 'rag-s' ? { ...group, assignments: [] } : group,
        ),
      }),
    },
    in: 'warnings',
    subjects: ['grp-office'],
    down: 'warnings',
  },
  nothingToMove: {
    story: { seen: { ...pooledSeen, primary: movedSeen.primary } },
    in: 'warnings',
    subjects: ['grp-desktop', 'grp-office'],
    down: 'warnings',
  },
  recordedButNotHeld: {
    story: {
      seen: { ...movedSeen, secondary: pooledSeen.secondary },
      request: { kind: 'failback' },
      pairState: {
        activeSide: 'secondary',
        recordedAssignments: [
          { key: 'x', principalId: desktop.id, groupName: 'grp-desktop', revoke: recorded, grant: recorded },
        ],
      },
    },
    in: 'warnings',
    subjects: [`dag-s--${desktop.id}`],
  },
  partialMoveDrainsAll: { story: { request: partial }, in: 'warnings', subjects: ['rag-s'], down: 'warnings' },
  takesOver: { story: { pairState: heldBy('drill') }, in: 'warnings', subjects: ['drill op-1'], down: 'warnings' },
  oldInventory: { story: { now: now + hours(2) }, in: 'warnings', subjects: [], down: 'warnings' },
  quotaUnknown: {
    story: {
      pair: 'personal',
      seen: withSide(personalSeen, 'primary', {
        vms: (personalSeen.primary.vms ?? []).map((vm) => ({ ...vm, size: 'Odd' })),
      }),
    },
    in: 'warnings',
    subjects: ['Odd'],
    down: 'warnings',
  },
  tokenLapsed: {
    story: {
      seen: withSide(pooledSeen, 'secondary', {
        sessionHosts: (pooledSeen.secondary.sessionHosts ?? []).map((host) =>
          host.name === 'vm-w2' ? { ...host, lastHeartbeat: now - hours(24 * 91) } : host,
        ),
      }),
    },
    in: 'warnings',
    subjects: ['vm-w2'],
    down: 'warnings',
  },
  replicationCritical: {
    story: {
      pair: 'personal',
      seen: {
        ...personalSeen,
        replicatedItems: ['pc-1', 'pc-2', 'pc-3'].map((name) => itemOf(name, { replicationHealth: 'Critical' })),
      },
      request: { primaryIsDown: true },
    },
    in: 'warnings',
    subjects: ['pc-1', 'pc-2', 'pc-3'],
  },
  exclusionTagDiffers: {
    story: { plan: taggedPlan, seen: withSide(pooledSeen, 'secondary', { scalingPlans: [scalingPlan] }) },
    in: 'warnings',
    subjects: ['secondary'],
    down: 'warnings',
  },
  signOutProofWaived: {
    story: { request: { grantWithoutSignOutProof: true } },
    in: 'warnings',
    subjects: [],
    down: 'warnings',
  },
  outAccepted: {
    story: {
      seen: withSide(pooledSeen, 'secondary', {
        sessionHosts: [...(pooledSeen.secondary.sessionHosts ?? []), hostOf('hp-w', 'rg-w', 'vm-w9.contoso.local')],
      }),
      request: { acceptOut: ['VM-W9'] },
    },
    in: 'warnings',
    subjects: ['vm-w9.contoso.local'],
    down: 'warnings',
  },
  looseBatchSize: { story: { plan: limitsPlan('batchSize: 101') }, in: 'warnings', subjects: [], down: 'warnings' },
  looseBatchInterval: {
    story: { plan: limitsPlan('batchInterval: 599 s') },
    in: 'warnings',
    subjects: [],
    down: 'warnings',
  },
}

const placeOf = (preview: Preview, code: string) =>
  (['refusals', 'findings', 'warnings'] as const).find((place) => preview[place].some((one) => one.code === code))

describe('what planning says', () => {
  it.each(Object.entries(rows))('%s is said where it belongs and names whom it is about', (code, row) => {
    const preview = previewOf(row.story)
    expect(placeOf(preview, code)).toBe(row.in)
    expect(preview[row.in].find((one) => one.code === code)?.subjects).toEqual(row.subjects)
    expect(preview.spec === undefined).toBe(preview.refusals.length > 0)
  })

  it.each(Object.entries(rows).filter(([, { in: place }]) => place === 'refusals'))(
    '%s leaves no spec',
    (_, { story }) => {
      expect(previewOf(story).spec).toBeUndefined()
    },
  )

  it.each(Object.entries(rows).filter(([, { down }]) => down))('%s with the primary down', (code, { story, down }) => {
    const preview = previewOf({ ...story, request: { ...story.request, primaryIsDown: true } })
    expect(placeOf(preview, code) ?? 'nowhere').toBe(down)
    if (down === 'findings') expect(preview.spec?.accepted?.map((one) => one.code)).toContain(code)
  })

  it.each(['pooled', 'personal'] as const)('a sound %s pair is planned without a word', (pair) => {
    const { spec, refusals, findings, warnings } = previewOf({ pair })
    expect({ refusals, findings, warnings }).toEqual({ refusals: [], findings: [], warnings: [] })
    expect(spec?.stages.length).toBeGreaterThan(0)
  })

  it('accepts what the plan lists as accepted', () => {
    const accepting = planOf(
      planText.replace(
        '    groups:',
        `    acceptedPrincipals: [${stranger}]\n    acceptedRoles: [${customRole}]\n    groups:`,
      ),
    )
    const roleDefinitionId = roleDefinitionOf(customRole)
    const seen = withAssignment(
      pooledSeen,
      'dag-s',
      assignmentOf('', stranger, inherited),
      assignmentOf(groupIdOf('dag-s'), desktop.id, { roleDefinitionId }),
    )
    const { refusals } = previewOf({ plan: accepting, seen: { ...seen, rolesThatUseApplications: [customRole] } })
    expect(refusals).toEqual([])
  })

  it('names a principal the plan does not know with where its access comes from', () => {
    const seen = withAssignment(pooledSeen, 'dag-s', assignmentOf('', stranger, inherited))
    expect(previewOf({ seen }).refusals).toMatchObject([
      { code: 'inheritedRole', subjects: [`primary: dag-s: Group ${stranger} from ${inherited.scope}`] },
    ])
  })

  it('lets a primary that is down excuse nothing on the way back to it', () => {
    const { refusals, findings } = previewOf({
      seen: withAssignment(movedSeen, 'dag-w', assignmentOf(groupIdOf('dag-w'), stranger)),
      request: { kind: 'failback', primaryIsDown: true },
      pairState: { activeSide: 'secondary' },
    })
    expect(refusals.map(({ code }) => code)).toEqual(['wrongTarget', 'unmappedPrincipal'])
    expect(findings).toEqual([])
  })

  it('refuses a mapped group that inherits access even if the plan accepts it', () => {
    const accepting = planOf(planText.replace('    groups:', `    acceptedPrincipals: [${office.id}]\n    groups:`))
    const seen = withAssignment(pooledSeen, 'dag-s', assignmentOf('', office.id, inherited))
    expect(placeOf(previewOf({ plan: accepting, seen }), 'inheritedRole')).toBe('refusals')
  })

  it.each([
    ['primary', 'hostPool', 'refusals', 'findings'],
    ['primary', 'vms', 'refusals', 'findings'],
    ['primary', 'scalingPlans', 'refusals', 'findings'],
    ['primary', 'quotas', 'refusals', 'findings'],
    ['primary', 'applicationGroups', 'refusals', 'refusals'],
    ['secondary', 'applicationGroups', 'refusals', 'refusals'],
    ['secondary', 'sessionHosts', 'refusals', 'refusals'],
    ['secondary', 'vms', 'refusals', 'refusals'],
    ['secondary', 'hostPool', 'warnings', 'warnings'],
    ['secondary', 'quotas', 'warnings', 'warnings'],
  ] as const)('a gap at %s: %s is in the %s, and in the %s with the primary down', (side, part, up, down) => {
    const seen = withoutPart(pooledSeen, side, part)
    expect(placeOf(previewOf({ seen }), 'inventoryGap')).toBe(up)
    expect(placeOf(previewOf({ seen, request: { primaryIsDown: true } }), 'inventoryGap')).toBe(down)
  })

  it.each([
    ['pooled', 'rolesThatUseApplications'],
    ['personal', 'replicatedItems'],
  ] as const)('a %s pair is never planned without %s', (pair, part) => {
    const { [part]: _, ...seen } = pair === 'pooled' ? pooledSeen : personalSeen
    const { refusals } = previewOf({ pair, seen, request: { primaryIsDown: true, acceptOut: 'all' } })
    expect(refusals.map(({ code }) => code)).toContain('inventoryGap')
  })

  it('counts hosts whose registration has lapsed as no capacity', () => {
    const sessionHosts = (pooledSeen.secondary.sessionHosts ?? []).map((host) => ({ ...host, lastHeartbeat: 0 }))
    const { refusals } = previewOf({ seen: withSide(pooledSeen, 'secondary', { sessionHosts }) })
    expect(refusals.map(({ code }) => code)).toEqual(['noCapacity'])
  })

  it('refuses host pools of the wrong type', () => {
    const hostPool = {
      ...(pooledSeen.primary.hostPool ?? {
        id: '',
        name: '',
        location: '',
        startVmOnConnect: false,
        maxSessionLimit: 1,
      }),
      type: 'Personal' as const,
    }
    const { refusals } = previewOf({
      seen: withSide(pooledSeen, 'primary', { hostPool }),
      request: { primaryIsDown: true },
    })
    expect(refusals).toMatchObject([{ code: 'wrongTarget', subjects: ['hp-s'] }])
  })
})
