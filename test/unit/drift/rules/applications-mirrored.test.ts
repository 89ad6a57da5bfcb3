import { describe, expect, test } from 'vitest'
import { applicationsMirrored } from '../../../../src/lib/drift/rules/applications-mirrored.ts'
import type { Application } from '../../../../src/lib/model/azure.ts'
import { groupIdOf } from '../../../support/plans.ts'
import { applicationOf, mapGroups, mirroredSeen, well } from '../../../support/pool-drift.ts'
import { contextOf, subjectsOf, withGap } from '../../../support/rule-context.ts'

const withApplications = (name: string, applications: readonly Application[]) =>
  mapGroups(mirroredSeen, (group) => (group.name === name ? { ...group, applications } : group))

const word = applicationOf('rag-w', 'word')
const lacking = withApplications('rag-w', [word])

describe('applications-mirrored', () => {
  test('is well when both groups publish the same, in whatever order and letter case', () => {
    const seen = withApplications('rag-w', [applicationOf('rag-w', 'excel'), { ...word, name: 'WORD' }])
    expect(applicationsMirrored.check(contextOf({ seen }))).toEqual(well)
  })

  test('finds an application that is missing on the side that stands by, and proposes a copy', () => {
    expect(applicationsMirrored.check(contextOf({ seen: lacking })).findings).toEqual([
      {
        subject: 'rag-s/excel',
        evidence: 'excel of rag-s is missing in rag-w.',
        fix: {
          kind: 'copyApplication',
          side: 'secondary',
          groupId: groupIdOf('rag-w'),
          name: 'excel',
          settings: { filePath: 'C:\\excel.exe', showInPortal: 'true' },
        },
      },
    ])
  })

  test('finds one that differs, with both values', () => {
    const other = applicationOf('rag-w', 'excel', { commandLineArguments: '/safe' })
    const [finding] = applicationsMirrored.check(contextOf({ seen: withApplications('rag-w', [word, other]) })).findings
    expect(finding).toMatchObject({
      subject: 'rag-s/excel',
      evidence: 'excel differs: commandLineArguments nothing against "/safe".',
      fix: { groupId: groupIdOf('rag-w') },
    })
  })

  test('only advises of one too much on the side that stands by: nothing is deleted', () => {
    const story = { seen: lacking, pairState: { activeSide: 'secondary' } } as const
    expect(applicationsMirrored.check(contextOf(story)).findings).toEqual([
      {
        subject: 'rag-s/excel',
        severity: 'advice',
        evidence: 'excel of rag-s is missing in rag-w, where users are.',
      },
    ])
  })

  test('leaves groups that are missing, or no groups of applications, to application-groups-mirrored', () => {
    const gone = mapGroups(mirroredSeen, (group) => (group.name === 'rag-w' ? undefined : group))
    const desktop = mapGroups(lacking, (group) => (group.name === 'rag-w' ? { ...group, type: 'Desktop' } : group))
    const other = mapGroups(lacking, (group) => (group.name === 'rag-s' ? { ...group, type: 'Desktop' } : group))
    for (const seen of [gone, desktop, other]) expect(applicationsMirrored.check(contextOf({ seen }))).toEqual(well)
  })

  test('could not check a group whose applications were not read, and goes on with the others', () => {
    const unread = mapGroups(mirroredSeen, (group) => {
      const { applications: _, ...rest } = group
      if (group.name.startsWith('dag'))
        return { ...group, type: 'RemoteApp', applications: group.name === 'dag-s' ? [word] : [] }
      return group.name === 'rag-w' ? rest : group
    })
    const outcome = applicationsMirrored.check(contextOf({ seen: unread }))
    expect(subjectsOf(outcome)).toEqual(['dag-s/word'])
    expect(outcome.unchecked).toEqual([{ subject: 'rag-s', reason: 'not read' }])
  })

  test.each(['applications', 'applicationGroups'])(
    'finds nothing in what is as last seen behind a gap of %s',
    (what) => {
      const outcome = applicationsMirrored.check(contextOf({ seen: withGap(lacking, 'secondary', what, 'asLastSeen') }))
      expect(outcome.findings).toEqual([])
      expect(outcome.unchecked).toHaveLength(1)
    },
  )
})
