/** What drift rules found, as far as it bears on what is asked for; and what the request overrides, with its reasons. */
import type { DriftDoubt, DriftFinding, DriftSeen } from './drift-seen.ts'
import { notice, type Weighed } from './preview.ts'
import { byText, type Situation } from './situation.ts'

/**
 * Only a move of users is held up: what is done to desktops that have moved already is part of getting well, and is told
 * alone of rights that the app lacks, for without them it would fail half-way.
 */
export function driftNotices(situation: Situation, drift: DriftSeen | undefined): readonly Weighed[] {
  if (!drift) return []
  const { moves, request } = situation
  if (!moves)
    return byRule(drift.findings.filter(({ rule, blocks }) => rule === 'own-rights' && blocks !== 'never')).map(
      (some) => findingNotice('warns', some),
    )
  const blocking = drift.findings.filter(({ blocks }) => blocks !== 'never')
  const overrides = request.overrides ?? []
  const overriddenBy = new Map(blocking.map((one) => [one, overrides.find(({ finding }) => isNamed(one, finding))]))
  const free = blocking.filter((one) => overriddenBy.get(one) === undefined)
  const of = (blocks: DriftFinding['blocks']) => byRule(free.filter((one) => one.blocks === blocks))
  return [
    ...of('always').map((some) => findingNotice('unsafe', some)),
    ...of('unlessDown').map((some) => findingNotice('refuses', some)),
    ...overrides.flatMap((override) =>
      byRule(blocking.filter((one) => overriddenBy.get(one) === override)).map((some) =>
        overriddenNotice(some, override.reason),
      ),
    ),
    ...unused(overrides.filter((one) => ![...overriddenBy.values()].includes(one)).map(({ finding }) => finding)),
    ...byRule(drift.waived.filter(({ blocks }) => blocks !== 'never')).map(waivedNotice),
    ...doubts(situation, drift.unchecked),
  ]
}

/** By its own id or by that of its rule. */
const isNamed = ({ fingerprint, rule }: DriftFinding, name: string): boolean =>
  [fingerprint, rule].includes(name.toLowerCase())

type Some = readonly [DriftFinding, ...DriftFinding[]]

const byRule = (findings: readonly DriftFinding[]): readonly Some[] =>
  [...Map.groupBy(findings, ({ rule }) => rule).values()].flatMap(([first, ...rest]) =>
    first ? [[first, ...rest] as const] : [],
  )

const findingNotice = (weight: Weighed['weight'], some: Some): Weighed =>
  notice(weight, 'driftFinding', textOf(some), fingerprints(some))

const overriddenNotice = (some: Some, reason: string): Weighed => ({
  ...notice('accepted', 'findingOverridden', textOf(some), fingerprints(some)),
  reason,
})

const waivedNotice = (some: Some): Weighed =>
  notice('warns', 'findingWaived', `Waived by the plan. ${textOf(some)}`, fingerprints(some))

const unused = (names: readonly string[]): readonly Weighed[] =>
  names.length === 0
    ? []
    : [notice('warns', 'overrideUnused', 'The request overrides what holds nothing up, or is not there.', names)]

/** Never a pass. With the primary up people are told; with it down it is on record that they were. */
function doubts({ oldSideIsDown }: Situation, unchecked: readonly DriftDoubt[]): readonly Weighed[] {
  if (unchecked.length === 0) return []
  const reasons = [...new Set(unchecked.map(({ reason }) => reason))].sort(byText)
  const text = `Could not be checked: ${shortened(reasons, '; ')}.`
  const rules = unchecked.map(({ rule }) => rule)
  return [notice(oldSideIsDown ? 'accepted' : 'warns', 'couldNotCheck', text, rules)]
}

const textOf = ([first, ...rest]: Some): string => {
  const evidence = [first, ...rest].map((one) => one.evidence)
  return `Does not hold: ${first.title.replace(/\.$/, '')}. ${shortened(evidence, ' ')}`
}

/** Texts in one notice; the page of findings has them all. */
const mostTexts = 5

const shortened = (texts: readonly string[], between: string): string => {
  const more = texts.length - mostTexts
  const told = texts.slice(0, mostTexts).join(between)
  return more > 0 ? `${told}${between}and ${more} more` : told
}

const fingerprints = (some: Some): readonly string[] => some.map(({ fingerprint }) => fingerprint)
