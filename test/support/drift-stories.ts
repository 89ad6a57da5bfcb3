/** What planning says of drift: stories for its codes, by hand, without a rule. */
import type { DriftFinding, DriftSeen } from '../../src/lib/planning/drift-seen.ts'
import type { NoticeCode } from '../../src/lib/planning/preview.ts'
import type { NoticeStory } from './replicated-stories.ts'

export const lockFinding: DriftFinding = {
  fingerprint: 'no-delete-locks:primary/rg-s',
  rule: 'no-delete-locks',
  title: 'No lock keeps sessions from being signed out',
  subject: 'primary/rg-s',
  severity: 'critical',
  blocks: 'unlessDown',
  evidence: 'rg-s is locked by keep (CanNotDelete).',
}

export const driftOf = (parts: Partial<DriftSeen> = {}): DriftSeen => ({
  findings: [],
  waived: [],
  unchecked: [],
  ...parts,
})

const locked = driftOf({ findings: [lockFinding] })
const override = { finding: lockFinding.rule, reason: 'The lock goes tonight.' }

type Codes = Extract<
  NoticeCode,
  'driftFinding' | 'findingOverridden' | 'couldNotCheck' | 'findingWaived' | 'overrideUnused'
>

export const driftStories: Readonly<Record<Codes, NoticeStory>> = {
  driftFinding: { story: { drift: locked }, in: 'refusals', subjects: [lockFinding.fingerprint], down: 'findings' },
  findingOverridden: {
    story: { drift: locked, request: { overrides: [override] } },
    in: 'findings',
    subjects: [lockFinding.fingerprint],
    down: 'findings',
  },
  couldNotCheck: {
    story: { drift: driftOf({ unchecked: [{ rule: 'no-delete-locks', subject: '', reason: 'locks: no answer' }] }) },
    in: 'warnings',
    subjects: ['no-delete-locks'],
    down: 'findings',
  },
  findingWaived: {
    story: { drift: driftOf({ waived: [lockFinding] }) },
    in: 'warnings',
    subjects: [lockFinding.fingerprint],
    down: 'warnings',
  },
  overrideUnused: {
    story: { drift: driftOf(), request: { overrides: [override] } },
    in: 'warnings',
    subjects: ['no-delete-locks'],
    down: 'warnings',
  },
}
