import { describe, expect, test } from 'vitest'
import { minutes } from '../../../src/lib/core/time.ts'
import { oneSideHasAccess } from '../../../src/lib/drift/rules/one-side-has-access.ts'
import type { DrPlan } from '../../../src/lib/plan/schema.ts'
import type { EvaluationRecord, FindingRecord } from '../../../src/lib/ports/findings.ts'
import { type FindingsAsked, viewFindings } from '../../../src/lib/status/findings-view.ts'
import { openEngine } from '../../support/engine-world.ts'
import { recordOf } from '../../support/findings.ts'
import { now, planOf, planText } from '../../support/plans.ts'

const evaluated: NonNullable<EvaluationRecord['evaluated']> = {
  at: now - minutes(1),
  takenAt: now - minutes(4),
  well: 51,
  open: { critical: 1, warning: 1, advice: 0 },
  waived: 1,
  unchecked: [{ rule: 'own-rights', count: 12, some: [{ subject: '', reason: 'rights: not read' }] }],
}

const access = recordOf('grp-desktop', { rule: 'one-side-has-access', blocks: 'never' })

async function view(
  findings: readonly FindingRecord[],
  asked: FindingsAsked = {},
  { record = { pairId: 'pooled', evaluated }, plan = planOf() }: { record?: EvaluationRecord; plan?: DrPlan } = {},
) {
  const { world } = openEngine(undefined, now)
  await world.findings.save(record, undefined, findings)
  const found = await viewFindings({ world, plan }, asked)
  if (!found) throw new Error('there is no such pair')
  return found
}

describe('findings', () => {
  test('are told with the words of their rule, how old what was seen is, and what could not be checked', async () => {
    const { at, pairs } = await view([access], { pairId: 'pooled' })
    const { title, howToFix } = oneSideHasAccess
    expect([at, pairs]).toEqual([
      '2026-03-14T21:00:00Z',
      [
        {
          pairId: 'pooled',
          evaluatedAt: '2026-03-14T20:59:00Z',
          inventoryTakenAt: '2026-03-14T20:56:00Z',
          inventoryAge: minutes(4),
          open: evaluated.open,
          waived: 1,
          well: 51,
          findings: [
            {
              fingerprint: 'one-side-has-access:grp-desktop',
              rule: 'one-side-has-access',
              title,
              subject: 'grp-desktop',
              severity: 'critical',
              blocks: 'never',
              evidence: access.evidence,
              howToFix,
              status: 'open',
              openedAt: at,
              since: at,
              lastSeenAt: at,
              reopened: 0,
            },
          ],
          unchecked: [
            expect.objectContaining({
              rule: 'own-rights',
              count: 12,
              some: [{ subject: '', reason: 'rights: not read' }],
            }),
          ],
        },
      ],
    ])
  })

  test('come the worst first, then in the order of the rules', async () => {
    const some = [
      recordOf('b', { severity: 'warning' }),
      recordOf('c', { rule: 'tier-set' }),
      recordOf('b', { rule: 'own-rights' }),
      recordOf('a', { rule: 'own-rights' }),
      access,
    ]
    const { pairs } = await view(some)
    expect(pairs[0]?.findings.map(({ rule, subject }) => `${rule} ${subject}`)).toEqual([
      'one-side-has-access grp-desktop',
      'own-rights a',
      'own-rights b',
      'tier-set c',
      'same-image b',
    ])
  })

  test.each([
    [undefined, ['vm-1', 'vm-2']],
    ['open', ['vm-1']],
    ['waived', ['vm-2']],
    ['resolved', ['vm-3']],
  ] as const)('of the status %s are chosen', async (status, subjects) => {
    const some = [
      recordOf('vm-1'),
      recordOf('vm-2', { status: 'waived', waiver: { reason: 'r', by: 'b', until: '2026-12-31' } }),
      recordOf('vm-3', { status: 'resolved', resolvedAt: now }),
    ]
    const { pairs } = await view(some, status ? { status } : {})
    expect(pairs[0]?.findings.map(({ subject }) => subject)).toEqual(subjects)
  })

  test('that are resolved, or still open because nobody could look, say since when', async () => {
    const unchecked = { since: now - minutes(9), reason: 'no answer' }
    const open = await view([recordOf('vm-1', { unchecked })])
    expect(open.pairs[0]?.findings[0]?.unchecked).toEqual({ since: '2026-03-14T20:51:00Z', reason: 'no answer' })
    const gone = await view([recordOf('vm-1', { status: 'resolved', resolvedAt: now })], { status: 'resolved' })
    expect(gone.pairs[0]?.findings[0]?.resolvedAt).toBe('2026-03-14T21:00:00Z')
  })

  test('of a rule that this version does not know are told by its id', async () => {
    const { pairs } = await view([recordOf('vm-1', { rule: 'gone' as never })])
    expect(pairs[0]?.findings).toMatchObject([{ rule: 'gone', title: 'gone' }])
    expect(pairs[0]?.findings[0]).not.toHaveProperty('howToFix')
  })

  test('are not "none" where nothing was evaluated: it is said, and why', async () => {
    const skipped = { at: now, reason: 'failover-1 was at work on the pair while it was looked at.' }
    const { pairs } = await view([], {}, { record: { pairId: 'pooled', evaluated, skipped } })
    expect(pairs).toMatchObject([
      { pairId: 'pooled', evaluatedAt: '2026-03-14T20:59:00Z', notEvaluated: { reason: skipped.reason } },
      { pairId: 'personal', notEvaluated: { reason: expect.stringContaining('No inventory') }, findings: [] },
    ])
    expect(pairs[1]).not.toHaveProperty('open')
  })

  test('of a pair that the plan does not have are nothing', async () => {
    const { world } = openEngine(undefined, now)
    expect(await viewFindings({ world, plan: planOf() }, { pairId: 'nobody' })).toBeUndefined()
  })
})

describe('waivers', () => {
  const waivers = (...lines: readonly string[]) =>
    planOf(`${planText}\ndrift:\n  waivers:\n${lines.map((line) => `    - { reason: r, by: b, ${line} }`).join('\n')}`)

  const waived = recordOf('vm-1', { status: 'waived', waiver: { reason: 'r', by: 'b', until: '2026-12-31' } })

  test.each([
    ['that hold', 'rule: same-image, until: 2026-03-14', [waived], 'inForce', 1],
    ['whose last day is over', 'rule: same-image, until: 2026-03-13', [recordOf('vm-1')], 'expired', 1],
    ['of what is not found', 'rule: same-image, subject: vm-9, until: 2026-12-31', [waived], 'matchesNothing', 0],
    [
      'of what was put right',
      'rule: same-image, until: 2026-12-31',
      [{ ...waived, status: 'resolved' as const }],
      'matchesNothing',
      0,
    ],
    ['of what could not be checked', 'rule: own-rights, until: 2026-12-31', [], 'notChecked', 0],
  ] as const)('%s are shown', async (_, line, findings, state, count) => {
    const { waivers: shown } = await view(findings, { pairId: 'pooled' }, { plan: waivers(line) })
    expect(shown).toMatchObject([{ reason: 'r', by: 'b', state, findings: count }])
  })

  test('of all pairs wait for every pair; those of another pair are not shown', async () => {
    const plan = waivers(
      'rule: same-image, subject: vm-9, until: 2026-12-31',
      'rule: same-image, pair: personal, until: 2026-12-31',
    )
    expect((await view([], {}, { plan })).waivers.map(({ state }) => state)).toEqual(['notChecked', 'notChecked'])
    expect((await view([], { pairId: 'pooled' }, { plan })).waivers.map(({ state }) => state)).toEqual([
      'matchesNothing',
    ])
  })
})
