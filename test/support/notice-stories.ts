/** For every code planning knows: a story in which it is said, where, and about whom. */

import { hours } from '../../src/lib/core/time.ts'
import type { NoticeCode } from '../../src/lib/planning/preview.ts'
import { alignStories } from './align-stories.ts'
import { driftStories } from './drift-stories.ts'
import {
  assignmentOf,
  committedItem,
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
  roleDefinitionOf,
  stranger,
  subscription,
  withAssignment,
  withoutPart,
  withSide,
} from './plans.ts'
import { type NoticeStory, replicatedStories } from './replicated-stories.ts'
import { roomStories } from './room-stories.ts'

const [desktop, office] = groups
const heldBy = (kind: 'failback' | 'drill') => ({ heldBy: { operationId: 'op-1', kind } })
export const inherited = { scope: `/subscriptions/${subscription}/resourceGroups/rg-s` }
const recorded = assignmentOf(groupIdOf('dag-s'), desktop.id)
const partial = { applicationGroups: ['dag-s'] }
const noItems = { ...personalSeen, replicatedItems: [] }
const allMoved = {
  ...personalSeen,
  replicatedItems: ['pc-1', 'pc-2', 'pc-3'].map((name) => committedItem(name)),
}
const scalingPlan = { id: 'sp', name: 'sp', exclusionTag: 'other', pools: [] }
const taggedPlan = planOf(planText.replace('hostPool: hp-w,', 'hostPool: hp-w, exclusionTag: mine,'))
const limitsPlan = (limits: string) => planOf(planText.replace('name: small', `name: small\nlimits: { ${limits} }`))

/** The compiler asks for a row for every code there is. */
export const noticeStories: Readonly<Record<NoticeCode, NoticeStory>> = {
  ...roomStories,
  ...driftStories,
  ...alignStories,
  unknownPair: { story: { request: { pairId: 'nobody' } }, in: 'refusals', subjects: ['nobody'], down: 'refusals' },
  notInInventory: {
    story: { inventory: { v: 1, takenAt: now, pairs: {} } },
    in: 'refusals',
    subjects: ['pooled'],
    down: 'refusals',
  },
  noRunbook: {
    story: { request: { kind: 'reprotect' } },
    in: 'refusals',
    subjects: ['pooled'],
    down: 'refusals',
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
  membersUnknown: { story: { request: partial }, in: 'refusals', subjects: ['grp-office'], down: 'refusals' },
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
  ...replicatedStories,
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
