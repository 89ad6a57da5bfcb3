import { describe, expect, test } from 'vitest'
import { applicationGroupsMirrored } from '../../../../src/lib/drift/rules/application-groups-mirrored.ts'
import { applicationGroupOf, groupIdOf, pooledSeen, withSide } from '../../../support/plans.ts'
import { groupSettings, mapGroups, mirroredSeen, well } from '../../../support/pool-drift.ts'
import { contextOf, subjectsOf, withGap } from '../../../support/rule-context.ts'

const without = (name: string) => mapGroups(mirroredSeen, (group) => (group.name === name ? undefined : group))
const renamed = mapGroups(mirroredSeen, (group) =>
  group.name === 'rag-w' ? { ...group, settings: { ...groupSettings, friendlyName: 'Bureau' } } : group,
)

describe('application-groups-mirrored', () => {
  test('is well when mapped groups are alike, wherever Azure keeps them, and whatever it tells as empty', () => {
    const seen = mapGroups(mirroredSeen, (group) => ({
      ...group,
      name: group.name.toUpperCase(),
      location: group.name.endsWith('s') ? 'uksouth' : 'northeurope',
      settings: group.name.endsWith('s')
        ? { ...groupSettings, tags: '[]' }
        : { friendlyName: 'Office', showInFeed: 'true' },
    }))
    expect(applicationGroupsMirrored.check(contextOf({ seen }))).toEqual(well)
  })

  test('finds a group that is missing on the side that stands by, and proposes a copy of the other', () => {
    expect(applicationGroupsMirrored.check(contextOf({ seen: without('rag-w') })).findings).toEqual([
      {
        subject: 'rag-s',
        severity: 'critical',
        evidence: 'The plan maps rag-s to rag-w: missing on the secondary side.',
        fix: {
          kind: 'copyApplicationGroup',
          side: 'secondary',
          fromId: groupIdOf('rag-s'),
          name: 'rag-w',
          settings: groupSettings,
          type: 'RemoteApp',
        },
      },
    ])
  })

  test('proposes nothing for the side where users are', () => {
    const story = { seen: without('rag-w'), pairState: { activeSide: 'secondary' } } as const
    const { findings } = applicationGroupsMirrored.check(contextOf(story))
    expect(findings.map(({ subject, fix }) => [subject, fix])).toEqual([['rag-s', undefined]])
  })

  test('finds settings that differ, with both values, and proposes those of the side in use', () => {
    const [finding] = applicationGroupsMirrored.check(contextOf({ seen: renamed })).findings
    expect(finding).toMatchObject({
      subject: 'rag-s',
      evidence: 'rag-s (primary) and rag-w (secondary) differ: friendlyName "Office" against "Bureau".',
      fix: { side: 'secondary', fromId: groupIdOf('rag-s'), settings: { friendlyName: 'Office' } },
    })
    const away = contextOf({ seen: renamed, pairState: { activeSide: 'secondary' } })
    expect(applicationGroupsMirrored.check(away).findings[0]).toMatchObject({
      subject: 'rag-s',
      fix: { side: 'primary', fromId: groupIdOf('rag-w'), name: 'rag-s', settings: { friendlyName: 'Bureau' } },
    })
  })

  test('finds another type, which no fix can change', () => {
    const seen = mapGroups(mirroredSeen, (group) => (group.name === 'rag-w' ? { ...group, type: 'Desktop' } : group))
    const [finding] = applicationGroupsMirrored.check(contextOf({ seen })).findings
    expect(finding).toEqual({
      subject: 'rag-s',
      evidence: 'rag-s is of the type RemoteApp, rag-w of the type Desktop.',
    })
  })

  test('finds groups the plan does not map, on either side', () => {
    const { primary, secondary } = mirroredSeen
    const seen = withSide(
      withSide(mirroredSeen, 'primary', {
        applicationGroups: [...(primary.applicationGroups ?? []), applicationGroupOf('new-s', [])],
      }),
      'secondary',
      { applicationGroups: [...(secondary.applicationGroups ?? []), applicationGroupOf('old-w', [])] },
    )
    expect(subjectsOf(applicationGroupsMirrored.check(contextOf({ seen })))).toEqual([
      'primary/new-s',
      'secondary/old-w',
    ])
  })

  test('could not check behind a gap, nor what older inventories did not read', () => {
    for (const part of ['missing', 'asLastSeen'] as const) {
      const gap = withGap(without('rag-w'), 'primary', 'applicationGroups', part)
      expect(applicationGroupsMirrored.check(contextOf({ seen: gap }))).toEqual({
        findings: [],
        unchecked: [{ subject: '', reason: 'primary: applicationGroups: the region does not answer' }],
      })
    }
    const odd = mapGroups(mirroredSeen, (group) => (group.name === 'rag-w' ? { ...group, type: 'other' } : group))
    expect(applicationGroupsMirrored.check(contextOf({ seen: odd }))).toEqual({
      findings: [],
      unchecked: [{ subject: 'rag-s', reason: 'its type is new to this app' }],
    })
    expect(applicationGroupsMirrored.check(contextOf({ seen: pooledSeen })).unchecked).toEqual([
      { subject: 'dag-s', reason: 'its settings were not read' },
      { subject: 'rag-s', reason: 'its settings were not read' },
    ])
  })
})
