/**
 * One of Resource Manager's token buckets as all processes of the app share it: what a row of the table holds, and what
 * may be taken from it. Half of the bucket is ours, and never more (docs/decisions/0017-arm-budget.md).
 */
import { type Instant, type Millis, minutes, seconds } from '../core/time.ts'
import type { Purpose } from '../ports/gateways.ts'
import type { Json } from '../ports/storage.ts'

export type Bucket = 'reads' | 'writes' | 'deletes'
/** Whole requests, and requests a second. */
export type BucketSize = { readonly size: number; readonly perSecond: number }

/** Per principal, subscription and sort of call ("Understand how Azure Resource Manager throttles requests", learn.microsoft.com). */
export const documented: Readonly<Record<Bucket, BucketSize>> = {
  reads: { size: 250, perSecond: 25 },
  writes: { size: 200, perSecond: 10 },
  deletes: { size: 200, perSecond: 10 },
}
/** The other half belongs to whoever else uses the same identity or the same subscription. */
const share = 0.5

/** What was taken and not used by then is lost: the bucket has filled up behind it. */
export const portionLife: Millis = seconds(2)
/** How far `Clock.now` may stay behind: storage tells whole seconds, and its answers take their time. */
const clockError: Millis = 1_500

/** Smaller than half by what portions taken earlier may still add to a burst: so no window of any length sees more than half. */
export const budgets: Readonly<Record<Bucket, BucketSize>> = {
  reads: oursOf(documented.reads),
  writes: oursOf(documented.writes),
  deletes: oursOf(documented.deletes),
}

/** What requests are charged for: `bulk` are the later pages of a long list, hundreds in a row. They leave something to those who ask for little. */
export type Charge = Purpose | 'bulk'

/** What part of the budget is kept back from whom. */
const keptBack: Readonly<Record<Charge, number>> = { urgent: 0, forward: 0.2, spare: 0.25, bulk: 0.3, background: 0.5 }

/** When pages go hungry, what can be done without is refused for so long: or many small reads would keep a list from its end. */
export const spareRests: Millis = seconds(3)

/** Turns are told this far ahead. Further back in the queue one asks again, or an operation that ended would hold up the next. */
const furthestTurn: Millis = minutes(2)
/** Told with one write at least, so that a thousand refusals do not cost a thousand; few enough that it does not matter when nobody comes. */
const turnsAtOnce = 4

export type BudgetRow = {
  readonly tokens: number
  readonly at: Instant
  /** Up to when turns were told, by purpose. */
  readonly turns: Readonly<Partial<Record<Charge, Instant>>>
  /** Until then nothing is spare. */
  readonly spareFrom?: Instant
}

/** Moments at which refused requests are to come again, evenly spread. Not a promise of tokens. */
export type Turns = { readonly first: Instant; readonly apart: Millis; readonly count: number }

export type Drawn =
  | { readonly kind: 'tokens'; readonly row: BudgetRow; readonly count: number }
  | { readonly kind: 'dry'; readonly row: BudgetRow; readonly turns: Turns }

/** The row as it stands now. One that cannot be read counts as empty from now on and fills up by itself. */
export function rowAt(value: Readonly<Record<string, Json>> | undefined, bucket: Bucket, now: Instant): BudgetRow {
  const { size } = budgets[bucket]
  if (!value) return { tokens: size, at: now, turns: {} }
  const { tokens, at, spareFrom } = value
  if (typeof tokens !== 'number' || typeof at !== 'number') return { tokens: 0, at: now, turns: {} }
  // Processes know the time differently well: whoever is behind adds nothing, so no second is credited twice.
  return {
    tokens: refilled(tokens, now - at, bucket),
    at: Math.max(at, now),
    turns: turnsOf(value.turns),
    ...restOf(spareFrom, now),
  }
}

/** One that lies further ahead than anybody writes is damaged. */
const restOf = (spareFrom: Json | undefined, now: Instant): Pick<BudgetRow, 'spareFrom'> =>
  typeof spareFrom === 'number' && spareFrom > now && spareFrom <= now + 2 * spareRests ? { spareFrom } : {}

/** `need` requests wait; `spare` more would be welcome where there is plenty. */
export function draw(row: BudgetRow, bucket: Bucket, purpose: Charge, need: number, spare: number): Drawn {
  const isResting = purpose === 'spare' && row.spareFrom !== undefined
  const free = isResting ? 0 : Math.floor(row.tokens - reserve(bucket, purpose))
  if (free < 1) return { kind: 'dry', ...turnsIn(row, bucket, purpose, Math.max(need, turnsAtOnce)) }
  // What is spare is lost if it is not used: of that, only while more than half is there, and little enough for others to get some.
  const plenty = Math.floor((row.tokens - need - budgets[bucket].size / 2) / 4)
  const count = Math.min(free, need + Math.min(spare, Math.max(0, plenty)))
  return { kind: 'tokens', row: { ...row, tokens: row.tokens - count }, count }
}

export const refilled = (tokens: number, after: Millis, bucket: Bucket): number =>
  Math.min(budgets[bucket].size, tokens + (Math.max(0, after) / 1_000) * budgets[bucket].perSecond)

/** Until one request may be taken, if nobody else takes any. */
export const untilToken = (tokens: number, bucket: Bucket, purpose: Charge): Millis =>
  Math.max(0, Math.ceil(((reserve(bucket, purpose) + 1 - tokens) / budgets[bucket].perSecond) * 1_000))

export const reserve = (bucket: Bucket, purpose: Charge): number => Math.floor(budgets[bucket].size * keptBack[purpose])

function turnsIn(row: BudgetRow, bucket: Bucket, purpose: Charge, count: number): { row: BudgetRow; turns: Turns } {
  const apart = 1_000 / budgets[bucket].perSecond
  const soonest = row.at + untilToken(row.tokens, bucket, purpose)
  const first = Math.max(soonest, row.turns[purpose] ?? 0)
  const last = row.at + furthestTurn
  const end = first + count * apart
  if (end > last) return { row, turns: { first: row.at + furthestTurn / 2, apart: furthestTurn / 2 / count, count } }
  return { row: { ...row, turns: { ...row.turns, [purpose]: end } }, turns: { first, apart, count } }
}

function oursOf({ size, perSecond }: BucketSize): BucketSize {
  const rate = perSecond * share
  return { size: Math.floor(size * share - (rate * (portionLife + clockError)) / 1_000), perSecond: rate }
}

function turnsOf(value: Json | undefined): BudgetRow['turns'] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {}
  return Object.fromEntries(Object.entries(value).filter(([, at]) => typeof at === 'number'))
}
