import { describe, expect, test } from 'vitest'
import { workspaceModel } from '../../../../src/lib/drift/rules/workspace-model.ts'
import type { Workspace } from '../../../../src/lib/model/azure.ts'
import { groupIdOf, planOf, planText, pooledSeen, withSide } from '../../../support/plans.ts'
import { contextOf, subjectsOf, withGap } from '../../../support/rule-context.ts'
import { withBoth } from '../../../support/side-traits.ts'

const workspaceOf = (name: string, groups: readonly string[], friendlyName?: string): Workspace => ({
  id: `/workspaces/${name}`,
  name,
  location: 'uksouth',
  applicationGroupIds: groups.map((group) => groupIdOf(group).toUpperCase()),
  ...(friendlyName && { friendlyName }),
})
const all = ['dag-s', 'rag-s', 'dag-w', 'rag-w']
const seenWith = (primary: Workspace, secondary: Workspace) =>
  withBoth(pooledSeen, (side) => ({ workspaces: [side === 'primary' ? primary : secondary] }))
const check = (primary: Workspace, secondary = primary, traits: Parameters<typeof contextOf>[0] = {}) =>
  workspaceModel.check(contextOf({ seen: seenWith(primary, secondary), ...traits }))
const [home, away] = [all.slice(0, 2), all.slice(2)]

describe('workspace-model', () => {
  test('is well with one workspace for both sides, wherever it keeps its data', () => {
    expect(check(workspaceOf('ws', all))).toEqual({ findings: [], unchecked: [] })
    expect(check({ ...workspaceOf('ws', all), location: 'westeurope' })).toEqual({ findings: [], unchecked: [] })
  })

  test('is well with two workspaces that can be told apart', () => {
    const outcome = check(workspaceOf('ws-s', home, 'Desktops'), workspaceOf('ws-w', away, 'Desktops (standby)'))
    expect(outcome).toEqual({ findings: [], unchecked: [] })
  })

  test('finds two workspaces of one name', () => {
    const outcome = check(workspaceOf('ws-s', home, 'desktops'), workspaceOf('ws-w', away, 'Desktops'))
    expect(subjectsOf(outcome)).toEqual(['dag-s/dag-w', 'rag-s/rag-w'])
    expect(outcome.findings[0]?.severity).toBeUndefined()
  })

  test('takes it for critical that nothing shows a group on the side where users would go', () => {
    const outcome = check(workspaceOf('ws', all.slice(0, 3)))
    expect(outcome.findings).toMatchObject([{ subject: 'secondary/rag-w', severity: 'critical' }])
    const gone = check(workspaceOf('ws', all.slice(0, 3)), undefined, { pairState: { activeSide: 'secondary' } })
    expect(gone.findings).toMatchObject([{ subject: 'secondary/rag-w', severity: 'warning' }])
  })

  test('believes the application group when it names its workspace', () => {
    const ws = workspaceOf('ws', all.slice(0, 3))
    const seen = seenWith(ws, ws)
    const named = (workspaceId: string) =>
      withSide(seen, 'secondary', {
        applicationGroups: (seen.secondary.applicationGroups ?? []).map((group) => ({ ...group, workspaceId })),
      })
    expect(workspaceModel.check(contextOf({ seen: named('/WORKSPACES/ws') }))).toEqual({ findings: [], unchecked: [] })
    expect(workspaceModel.check(contextOf({ seen: named('/workspaces/hidden') }))).toMatchObject({
      findings: [],
      unchecked: [{ subject: 'secondary/dag-w' }, { subject: 'secondary/rag-w' }],
    })
  })

  test('does not flag a group that is not there at all', () => {
    const seen = withSide(seenWith(workspaceOf('ws', home), workspaceOf('ws', home)), 'secondary', {
      applicationGroups: [],
    })
    expect(workspaceModel.check(contextOf({ seen }))).toEqual({ findings: [], unchecked: [] })
  })

  test('knows application groups whatever the letters’ case in the plan', () => {
    const plan = planOf(planText.replace('primary: rag-s, secondary: rag-w', 'primary: RAG-S, secondary: RAG-W'))
    const ws = workspaceOf('ws', all.slice(0, 3))
    expect(check(ws, ws, { plan }).findings).toMatchObject([{ subject: 'secondary/RAG-W' }])
  })

  test.each([
    ['primary', 'applicationGroups'],
    ['secondary', 'applicationGroups'],
    ['primary', 'workspaces'],
  ] as const)('could not check without the %s side’s %s', (side, what) => {
    const ws = workspaceOf('ws', home)
    const seen = withGap(seenWith(ws, ws), side, what, 'asLastSeen')
    expect(workspaceModel.check(contextOf({ seen }))).toMatchObject({ findings: [], unchecked: [{ subject: '' }] })
  })

  test.each(['missing', 'asLastSeen'] as const)('could not check what is %s behind a gap', (part) => {
    const ws = workspaceOf('ws', home)
    const outcome = workspaceModel.check(
      contextOf({ seen: withGap(seenWith(ws, ws), 'secondary', 'workspaces', part) }),
    )
    expect(outcome).toMatchObject({ findings: [], unchecked: [{ subject: '' }] })
  })
})
