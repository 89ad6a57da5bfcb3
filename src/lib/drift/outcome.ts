/** How rules read what was seen, and say what came of it. */
import type { EstateSeen } from '../model/estate.ts'
import type { Gap, PairSeen, SideSeen } from '../model/inventory.ts'
import type { Found, Outcome, RuleContext, Unchecked } from './rule.ts'

export const well: Outcome = { findings: [], unchecked: [] }
export const found = (findings: readonly Found[]): Outcome => ({ findings, unchecked: [] })
export const couldNotCheck = (reason: string, subject = ''): Outcome => ({
  findings: [],
  unchecked: [{ subject, reason }],
})

export const together = (outcomes: readonly Outcome[]): Outcome => ({
  findings: outcomes.flatMap(({ findings }) => findings),
  unchecked: outcomes.flatMap(({ unchecked }) => unchecked),
})

/** A part of what was seen, or why it is not known. A part with a gap beside it is old: nothing is found in it, and nothing is well. */
export type Part<T> =
  | { readonly kind: 'seen'; readonly value: T }
  | { readonly kind: 'unseen'; readonly reason: string }

type Side = 'primary' | 'secondary'
type SidePart = Exclude<keyof SideSeen, 'gaps'>
type PairPart = Exclude<keyof PairSeen, 'gaps' | 'primary' | 'secondary'>
type EstatePart = Exclude<keyof EstateSeen, 'gaps'>

export const partOfSide = <K extends SidePart>(
  { seen }: RuleContext,
  side: Side,
  what: K,
): Part<NonNullable<SideSeen[K]>> => partOf(seen[side], what, `${side}: ${what}`)

export const partOfPair = <K extends PairPart>({ seen }: RuleContext, what: K): Part<NonNullable<PairSeen[K]>> =>
  partOf(seen, what, what)

export const partOfEstate = <K extends EstatePart>(
  { estate }: RuleContext,
  what: K,
): Part<NonNullable<EstateSeen[K]>> => partOf(estate, what, what)

/** `then` with the values of all parts; what is unseen makes the whole unchecked, with all reasons. */
export function given<const T extends Readonly<Record<string, Part<unknown>>>>(
  parts: T,
  then: (values: { readonly [K in keyof T]: T[K] extends Part<infer V> ? V : never }) => Outcome,
): Outcome {
  const unchecked: Unchecked[] = Object.values(parts).flatMap((part) =>
    part.kind === 'unseen' ? [{ subject: '', reason: part.reason }] : [],
  )
  if (unchecked.length > 0) return { findings: [], unchecked }
  const values = Object.fromEntries(
    Object.entries(parts).map(([name, part]) => [name, part.kind === 'seen' ? part.value : undefined]),
  )
  return then(values as Parameters<typeof then>[0])
}

function partOf<S extends { readonly gaps: readonly Gap[] }, K extends Exclude<keyof S, 'gaps'>>(
  seen: S,
  what: K,
  name: string,
): Part<NonNullable<S[K]>> {
  const gap = seen.gaps.find((one) => one.what === what)
  const value = seen[what]
  if (gap) return { kind: 'unseen', reason: `${name}: ${gap.reason}` }
  if (value === undefined || value === null) return { kind: 'unseen', reason: `${name}: not read` }
  return { kind: 'seen', value }
}
