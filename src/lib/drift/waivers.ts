/** What the plan says somebody answers for, for a while. */
import { type Instant, isoOf } from '../core/time.ts'
import type { DrPlan } from '../plan/schema.ts'

export type Waiver = DrPlan['drift']['waivers'][number]

type Waived = { readonly rule: string; readonly subject: string }

/** Of those that hold now the one that ends last. */
export const waiverOf = (
  { drift: { waivers } }: DrPlan,
  pairId: string,
  finding: Waived,
  now: Instant,
): Waiver | undefined =>
  waivers
    .filter((waiver) => covers(waiver, pairId, finding) && holdsAt(waiver, now))
    .sort((a, b) => (a.until < b.until ? 1 : Number(a.until > b.until) * -1))
    .at(0)

/** Whatever the day. Subjects are compared without letter case, as fingerprints are. */
export const covers = ({ rule, pair, subject }: Waiver, pairId: string, finding: Waived): boolean =>
  rule === finding.rule &&
  (pair === undefined || pair === pairId) &&
  (subject === undefined || subject.toLowerCase() === finding.subject.toLowerCase())

/** The day it names is its last, in UTC. */
export const holdsAt = ({ until }: Waiver, now: Instant): boolean => isoOf(now).slice(0, 10) <= until
