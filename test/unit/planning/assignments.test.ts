import { describe, expect, it } from 'vitest'
import { untouchedPair } from '../../../src/lib/model/pair-state.ts'
import type { AssignmentSubject } from '../../../src/lib/planning/assignments.ts'
import {
  assignmentOf,
  customRole,
  groupIdOf,
  groups,
  movedSeen,
  planOf,
  planText,
  pooledSeen,
  previewOf,
  roleDefinitionOf,
  type Story,
  withAssignment,
} from '../../support/plans.ts'

const [desktop, office] = groups
const assignmentsOf = (story: Story) =>
  (previewOf(story).spec?.stages.find(({ name }) => name === 'grant')?.tasks ?? []) as readonly AssignmentSubject[]

const failback = (traits: Partial<Story> = {}): Story => ({
  seen: movedSeen,
  request: { kind: 'failback' },
  pairState: { activeSide: 'secondary' },
  ...traits,
})

describe('the assignments of a move', () => {
  it('revokes the whole assignment and grants its like on the other side', () => {
    const before = assignmentOf(groupIdOf('dag-s'), desktop.id)
    const { id: _, name: __, ...triple } = before
    expect(assignmentsOf({})[0]).toEqual({
      kind: 'assignment',
      key: `dag-s--${desktop.id}`,
      principalId: desktop.id,
      groupName: 'grp-desktop',
      revoke: before,
      grant: { ...triple, scope: groupIdOf('dag-w') },
    })
  })

  it('moves condition and description along', () => {
    const traits = { condition: 'c', conditionVersion: '2.0', description: 'd' }
    const seen = withAssignment(pooledSeen, 'rag-s', assignmentOf(groupIdOf('rag-s'), desktop.id, traits))
    const moved = assignmentsOf({ seen }).find(({ key }) => key === `rag-s--${desktop.id}`)
    expect(moved).toMatchObject({ revoke: traits, grant: traits })
  })

  it('is in the order of keys, one task for each group and application group', () => {
    const seen = withAssignment(pooledSeen, 'dag-s', assignmentOf(groupIdOf('dag-s'), office.id))
    expect(assignmentsOf({ seen }).map(({ key }) => key)).toEqual([
      `dag-s--${desktop.id}`,
      `dag-s--${office.id}`,
      `rag-s--${office.id}`,
    ])
  })

  it('is in that order whatever order the plan and the listing have', () => {
    const lines = groups.map(({ name, id }) => `      - { name: ${name}, id: ${id} }\n`)
    const text = planText.replace(lines.join(''), lines.toReversed().join(''))
    expect(text).not.toBe(planText)
    const seen = withAssignment(pooledSeen, 'dag-s', assignmentOf(groupIdOf('dag-s'), office.id))
    expect(assignmentsOf({ seen, plan: planOf(text) })).toEqual(assignmentsOf({ seen }))
  })

  it('moves another accepted role of a mapped group besides', () => {
    const plan = planOf(planText.replace('    groups:', `    acceptedRoles: [${customRole}]\n    groups:`))
    const extra = assignmentOf(groupIdOf('dag-s'), desktop.id, { roleDefinitionId: roleDefinitionOf(customRole) })
    const { spec } = previewOf({ plan, seen: withAssignment(pooledSeen, 'dag-s', extra) })
    expect(assignmentsOf({ plan, seen: withAssignment(pooledSeen, 'dag-s', extra) }).map(({ key }) => key)).toContain(
      `dag-s--${desktop.id}--${customRole}`,
    )
    expect(spec?.accessRoles).toContain(customRole)
  })

  it('revokes each role by its own assignment', () => {
    const plan = planOf(planText.replace('    groups:', `    acceptedRoles: [${customRole}]\n    groups:`))
    const roleDefinitionId = roleDefinitionOf(customRole)
    const extra = assignmentOf(groupIdOf('dag-s'), desktop.id, { roleDefinitionId, name: 'extra' })
    const moved = assignmentsOf({ plan, seen: withAssignment(pooledSeen, 'dag-s', extra) })
    const names = moved.map(({ key, revoke }) => [key, revoke?.name])
    expect(names).toContainEqual([`dag-s--${desktop.id}`, 'name-1'])
    expect(names).toContainEqual([`dag-s--${desktop.id}--${customRole}`, 'extra'])
  })

  it('carries nothing an assignment does not have', () => {
    const { revoke, grant } = assignmentsOf({})[0] ?? {}
    const triple = ['principalId', 'principalType', 'roleDefinitionId', 'scope']
    expect(Object.keys(revoke ?? {}).sort()).toEqual(['id', 'name', ...triple])
    expect(Object.keys(grant ?? {}).sort()).toEqual(triple)
  })

  it('starts a failover from what is held, whatever was recorded before', () => {
    const recorded = assignmentOf(groupIdOf('dag-w'), desktop.id, { name: 'as-before' })
    const record = { key: 'x', principalId: desktop.id, groupName: 'x', revoke: recorded, grant: recorded }
    expect(assignmentsOf({ pairState: { recordedAssignments: [record] } })).toEqual(assignmentsOf({}))
  })

  it('finds a group whose id Azure writes in capitals', () => {
    const seen = withAssignment(movedSeen, 'dag-s', assignmentOf(groupIdOf('dag-s'), desktop.id.toUpperCase()))
    expect(assignmentsOf({ seen: { ...seen, secondary: pooledSeen.secondary } })).toHaveLength(1)
  })

  it('never revokes what was made above the application group', () => {
    const inherited = assignmentOf('/subscriptions/x', desktop.id)
    const story: Story = { seen: withAssignment(pooledSeen, 'rag-s', inherited), request: { primaryIsDown: true } }
    expect(assignmentsOf(story).map(({ key }) => key)).toEqual([`dag-s--${desktop.id}`, `rag-s--${office.id}`])
  })

  it('names the role within the subscription it is granted in', () => {
    const other = '99999999-2222-4333-8444-555555555555'
    const plan = planOf(planText.replace(/(secondary: \{ subscription: )[^,]+(, resourceGroup: rg-w)/, `$1${other}$2`))
    const applicationGroups = (pooledSeen.secondary.applicationGroups ?? []).map((group) => ({
      ...group,
      id: group.id.replace(/11111111[^/]+/, other),
    }))
    const seen = { ...pooledSeen, secondary: { ...pooledSeen.secondary, applicationGroups } }
    expect(assignmentsOf({ plan, seen })[0]?.grant.roleDefinitionId).toContain(`/subscriptions/${other}/providers`)
  })

  it('puts back at failback exactly what was recorded, name and all', () => {
    const recorded = assignmentOf(groupIdOf('dag-s'), desktop.id, { name: 'as-before', description: 'since 2021' })
    const pairState = {
      ...untouchedPair,
      activeSide: 'secondary' as const,
      recordedAssignments: [
        { key: `dag-s--${desktop.id}`, principalId: desktop.id, groupName: 'x', revoke: recorded, grant: recorded },
      ],
    }
    const [first, second] = assignmentsOf(failback({ pairState }))
    const { id: _, ...grant } = recorded
    expect(first?.grant).toEqual(grant)
    expect(first?.revoke?.scope).toBe(groupIdOf('dag-w'))
    expect(second?.grant).toMatchObject({ scope: groupIdOf('rag-s'), principalId: office.id })
    expect(second?.grant.name).toBeUndefined()
  })

  it('keeps its keys on the way there and back', () => {
    expect(assignmentsOf(failback()).map(({ key }) => key)).toEqual(assignmentsOf({}).map(({ key }) => key))
  })

  it('moves only the application groups that were asked for', () => {
    const story: Story = { request: { applicationGroups: ['RAG-S'], groupsShareNobody: true } }
    expect(assignmentsOf(story).map(({ key }) => key)).toEqual([`rag-s--${office.id}`])
    expect(previewOf(story).spec?.applicationGroups).toEqual({
      primary: [groupIdOf('rag-s')],
      secondary: [groupIdOf('rag-w')],
    })
  })

  it('names every group of the plan, so that access nobody planned for is seen as well', () => {
    expect(previewOf({}).spec?.groups).toEqual([desktop.id, office.id])
    expect(previewOf({ pair: 'personal' }).spec).not.toHaveProperty('groups')
  })
})
