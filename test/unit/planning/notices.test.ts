import { describe, expect, it } from 'vitest'
import { minutes } from '../../../src/lib/core/time.ts'
import { ageWarning } from '../../../src/lib/planning/pair-checks.ts'
import { notice, type Preview } from '../../../src/lib/planning/preview.ts'
import { inherited, noticeStories } from '../../support/notice-stories.ts'
import {
  assignmentOf,
  committedItem,
  customRole,
  groupIdOf,
  groups,
  itemOf,
  movedSeen,
  personalSeen,
  planOf,
  planText,
  pooledSeen,
  previewOf,
  roleDefinitionOf,
  stranger,
  withAssignment,
  withoutPart,
  withSide,
} from '../../support/plans.ts'

const [desktop, office] = groups

const placeOf = (preview: Preview, code: string) =>
  (['refusals', 'findings', 'warnings'] as const).find((place) => preview[place].some((one) => one.code === code))

describe('what planning says', () => {
  it.each(Object.entries(noticeStories))('%s is said where it belongs and names whom it is about', (code, row) => {
    const preview = previewOf(row.story)
    expect(placeOf(preview, code)).toBe(row.in)
    const said = preview[row.in].find((one) => one.code === code)
    expect(said?.subjects).toEqual(row.subjects)
    expect(said?.message).toMatch(/^[A-Z\d].*\w/)
    expect(preview.spec === undefined).toBe(preview.refusals.length > 0)
  })

  it.each(Object.entries(noticeStories).filter(([, { in: place }]) => place === 'refusals'))(
    '%s leaves no spec',
    (_, { story }) => {
      expect(previewOf(story).spec).toBeUndefined()
    },
  )

  it.each(Object.entries(noticeStories).filter(([, { down }]) => down))(
    '%s with the primary down',
    (code, { story, down }) => {
      const preview = previewOf({ ...story, request: { ...story.request, primaryIsDown: true } })
      expect(placeOf(preview, code) ?? 'nowhere').toBe(down)
      if (down === 'findings') expect(preview.spec?.accepted?.map((one) => one.code)).toContain(code)
    },
  )

  it('believes a caller that no person is in a group that moves and in one that stays', () => {
    const request = { applicationGroups: ['dag-s'], groupsShareNobody: true }
    expect(placeOf(previewOf({ request }), 'membersUnknown')).toBe('warnings')
    expect(previewOf({ request }).spec).toBeDefined()
  })

  it('moves no application group alone that nobody uses, whatever the caller says', () => {
    const seen = withSide(pooledSeen, 'primary', {
      applicationGroups: (pooledSeen.primary.applicationGroups ?? []).map((group) =>
        group.name === 'dag-s' ? { ...group, assignments: [] } : group,
      ),
    })
    const request = { applicationGroups: ['dag-s'], groupsShareNobody: true }
    expect(placeOf(previewOf({ seen, request }), 'membersUnknown')).toBe('refusals')
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

  it('minds only roles that let people in', () => {
    const reader = assignmentOf(groupIdOf('dag-s'), stranger, { roleDefinitionId: roleDefinitionOf(customRole) })
    expect(previewOf({ seen: withAssignment(pooledSeen, 'dag-s', reader) }).refusals).toEqual([])
  })

  it('takes access to both sides for a stranger’s own matter', () => {
    const both = ['dag-s', 'dag-w'].reduce(
      (seen, name) => withAssignment(seen, name, assignmentOf(groupIdOf(name), stranger)),
      pooledSeen,
    )
    expect(previewOf({ seen: both }).refusals.map(({ code }) => code)).toEqual(['unmappedPrincipal'])
  })

  it('tells of a group whose only access is to an application group that stays', () => {
    const applicationGroups = (pooledSeen.primary.applicationGroups ?? []).map((group) =>
      group.name === 'rag-s' ? { ...group, assignments: [] } : group,
    )
    const held = withSide(pooledSeen, 'primary', { applicationGroups })
    const seen = withAssignment(held, 'extra-s', assignmentOf(groupIdOf('extra-s'), office.id))
    expect(previewOf({ seen }).warnings).toMatchObject([{ code: 'groupNotAssigned', subjects: ['grp-office'] }])
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
    ['primary', 'sessionHosts', 'refusals', 'findings'],
    ['primary', 'applicationGroups', 'refusals', 'findings'],
    ['secondary', 'sessionHosts', 'warnings', 'warnings'],
  ] as const)('what is old at %s: %s is in the %s, and in the %s with the primary down', (side, part, up, down) => {
    const seen = withSide(pooledSeen, side, { gaps: [{ what: part, reason: 'no answer (as last seen)' }] })
    expect(placeOf(previewOf({ seen }), 'inventoryGap')).toBe(up)
    const lost = previewOf({ seen, request: { primaryIsDown: true } })
    expect(placeOf(lost, 'inventoryGap')).toBe(down)
    expect(lost.spec?.stages.find(({ name }) => name === 'leave')?.tasks).toHaveLength(4)
  })

  it('plans from replicated items as last seen only when the primary is down', () => {
    const seen = { ...personalSeen, gaps: [{ what: 'replicatedItems', reason: 'no answer' }] }
    expect(placeOf(previewOf({ pair: 'personal', seen }), 'inventoryGap')).toBe('refusals')
    expect(previewOf({ pair: 'personal', seen, request: { primaryIsDown: true } }).spec).toBeDefined()
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

  it('names who a notice is about in the order of the alphabet, each once', () => {
    expect(notice('warns', 'hostsOut', 'They stay.', ['b', 'a', 'b']).subjects).toEqual(['a', 'b'])
  })

  it('takes an exclusion tag for the same in another case', () => {
    const plan = planOf(planText.replace('hostPool: hp-w,', 'hostPool: hp-w, exclusionTag: Keep,'))
    const told = (exclusionTag: string) =>
      previewOf({
        plan,
        seen: withSide(pooledSeen, 'secondary', { scalingPlans: [{ id: 'sp', name: 'sp', exclusionTag, pools: [] }] }),
      }).warnings.map(({ code }) => code)
    expect([told('kEEP'), told('drop')]).toEqual([[], ['exclusionTagDiffers']])
  })

  it('calls an inventory old once it is older than its limit, not before', () => {
    expect(ageWarning(minutes(60), minutes(60))).toEqual([])
    expect(ageWarning(minutes(60) + 1, minutes(60))).toMatchObject([{ message: expect.stringContaining('1 h') }])
  })

  it('says with the primary down, too, who stays behind', () => {
    const { warnings } = previewOf({
      pair: 'personal',
      seen: { ...personalSeen, replicatedItems: [itemOf('pc-1')] },
      request: { primaryIsDown: true },
    })
    expect(warnings).toMatchObject([
      { code: 'hostsOut', subjects: ['pc-2', 'pc-3'], message: expect.stringMatching(/\w/) },
    ])
  })

  it.each([
    ['out', [committedItem('pc-1')], 'nothingLeft'],
    ['moved already', ['pc-1', 'pc-2', 'pc-3'].map((name) => committedItem(name)), 'nothingToDo'],
  ] as const)('tells why no desktop is left to move: some are %s', (_, replicatedItems, code) => {
    const { refusals } = previewOf({
      pair: 'personal',
      seen: { ...personalSeen, replicatedItems },
      request: { acceptOut: 'all' },
    })
    expect(refusals.map((one) => one.code)).toEqual([code])
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
    expect(refusals).toMatchObject([
      { code: 'wrongTarget', subjects: ['hp-s'], message: expect.stringMatching(/ pooledStandby is for a pooled /) },
    ])
  })
})
