import { describe, expect, it } from 'vitest'
import { contentOf } from '../../../src/lib/planning/content.ts'
import type { DriftFinding } from '../../../src/lib/planning/drift-seen.ts'
import { driftOf, lockFinding } from '../../support/drift-stories.ts'
import { committedItem, movedSeen, personalSeen, previewOf, type Story } from '../../support/plans.ts'

const always: DriftFinding = { ...lockFinding, fingerprint: 'own-rights:rg-w', rule: 'own-rights', blocks: 'always' }
const other: DriftFinding = {
  ...lockFinding,
  fingerprint: 'no-delete-locks:secondary/rg-w',
  subject: 'secondary/rg-w',
  evidence: 'rg-w is locked by stay (CanNotDelete).',
}
const down = { primaryIsDown: true }
const overriding = (finding: string, reason = 'It is known.') => ({ overrides: [{ finding, reason }] })
const codesOf = (story: Story) => {
  const { refusals, findings, warnings } = previewOf(story)
  return [refusals, findings, warnings].map((some) => some.map(({ code }) => code))
}

describe('a finding of a drift rule', () => {
  it('that blocks unless the primary is down refuses, and is accepted with the hash when it is', () => {
    const drift = driftOf({ findings: [lockFinding] })
    expect(codesOf({ drift })).toEqual([['driftFinding'], [], []])
    const { spec } = previewOf({ drift, request: down })
    expect(spec?.accepted).toEqual([{ code: 'driftFinding', subjects: [lockFinding.fingerprint] }])
  })

  it('that always blocks refuses with a dead primary as well', () => {
    const drift = driftOf({ findings: [always] })
    expect(codesOf({ drift })).toEqual([['driftFinding'], [], []])
    expect(codesOf({ drift, request: down })).toEqual([['driftFinding'], [], []])
  })

  it('that blocks nothing is no word of planning', () => {
    const drift = driftOf({ findings: [{ ...lockFinding, severity: 'warning', blocks: 'never' }] })
    expect(codesOf({ drift })).toEqual([[], [], []])
  })

  it('says by name what was seen, the rule in one sentence', () => {
    const [refusal] = previewOf({ drift: driftOf({ findings: [other, lockFinding] }) }).refusals
    expect(refusal).toEqual({
      code: 'driftFinding',
      message: `Does not hold: No lock keeps sessions from being signed out. ${other.evidence} ${lockFinding.evidence}`,
      subjects: [lockFinding.fingerprint, other.fingerprint],
    })
  })

  it('that is one of many is among the first or counted', () => {
    const findings = Array.from({ length: 40 }, (_, i) => ({ ...lockFinding, fingerprint: `no-delete-locks:${i}` }))
    const [refusal] = previewOf({ drift: driftOf({ findings }) }).refusals
    expect(refusal?.message).toMatch(/and 35 more$/)
    expect(refusal?.subjects).toHaveLength(40)
  })

  it('that the plan waives holds nothing up', () => {
    expect(codesOf({ drift: driftOf({ waived: [always] }) })).toEqual([[], [], ['findingWaived']])
  })

  it('holds a failback up like a failover', () => {
    const story: Story = { seen: movedSeen, pairState: { activeSide: 'secondary' }, request: { kind: 'failback' } }
    expect(codesOf({ ...story, drift: driftOf({ findings: [lockFinding] }) })[0]).toEqual(['driftFinding'])
  })
})

describe('an override', () => {
  it.each([
    ['its own id', 'No-Delete-Locks:Primary/rg-s'],
    ['the id of its rule', 'no-delete-locks'],
  ])('lets a finding pass by %s, with its reason in what is hashed', (_, name) => {
    const drift = driftOf({ findings: [lockFinding] })
    const { spec, findings } = previewOf({ drift, request: overriding(name) })
    expect(spec?.accepted).toEqual([
      { code: 'findingOverridden', subjects: [lockFinding.fingerprint], reason: 'It is known.' },
    ])
    expect(findings[0]).toMatchObject({ code: 'findingOverridden', reason: 'It is known.' })
    const another = previewOf({ drift, request: overriding(name, 'It is not.') }).spec
    expect(spec && another && contentOf(spec) === contentOf(another)).toBe(false)
  })

  it('by the id of one finding leaves the others of its rule', () => {
    const drift = driftOf({ findings: [lockFinding, other] })
    expect(previewOf({ drift, request: overriding(other.fingerprint) }).refusals).toMatchObject([
      { code: 'driftFinding', subjects: [lockFinding.fingerprint] },
    ])
  })

  it('by the id of a rule is of the findings that were seen: one more is another hash', () => {
    const contents = [[lockFinding], [lockFinding, other]].map((findings) => {
      const { spec } = previewOf({ drift: driftOf({ findings }), request: overriding('no-delete-locks') })
      return spec && contentOf(spec)
    })
    expect(new Set(contents).size).toBe(2)
  })

  it('lets pass what always blocks, with a dead primary too', () => {
    const request = { ...down, ...overriding('own-rights') }
    expect(codesOf({ drift: driftOf({ findings: [always] }), request })).toEqual([[], ['findingOverridden'], []])
  })

  it('does nothing about what planning itself refuses', () => {
    const request = overriding('pairHeld')
    const pairState = { heldBy: { operationId: 'op-1', kind: 'failback' as const } }
    expect(codesOf({ drift: driftOf(), pairState, request })).toEqual([['pairHeld'], [], ['overrideUnused']])
  })
})

describe('what could not be checked', () => {
  const unchecked = ['b-rule', 'a-rule', 'b-rule'].map((rule) => ({ rule, subject: '', reason: `${rule}: no answer` }))

  it('warns while the primary is up', () => {
    expect(codesOf({ drift: driftOf({ unchecked }) })).toEqual([[], [], ['couldNotCheck']])
  })

  it('is on record with the hash when it is down, by the names of the rules', () => {
    const { spec, findings } = previewOf({ drift: driftOf({ unchecked }), request: down })
    expect(spec?.accepted).toEqual([{ code: 'couldNotCheck', subjects: ['a-rule', 'b-rule'] }])
    expect(findings[0]?.message).toBe('Could not be checked: a-rule: no answer; b-rule: no answer.')
  })
})

describe('an operation that moves nobody', () => {
  const replicatedItems = ['pc-1', 'pc-2', 'pc-3'].map((name) => committedItem(name))
  const story: Story = { pair: 'personal', seen: { ...personalSeen, replicatedItems }, request: { kind: 'reprotect' } }

  it('is not held up, and told of the rights the app lacks', () => {
    const unchecked = [{ rule: 'own-rights', subject: '', reason: 'no answer' }]
    const drift = driftOf({ findings: [lockFinding, always], unchecked })
    expect(codesOf({ ...story, drift })).toEqual([[], [], ['driftFinding']])
    expect(previewOf({ ...story, drift }).warnings[0]?.subjects).toEqual([always.fingerprint])
  })
})
