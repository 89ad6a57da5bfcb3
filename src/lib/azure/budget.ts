/**
 * How many requests this process may send: portions of budgets that all processes of the app share (design rule 9).
 *
 * A portion is leased with one read and one write of a row and used up without storage. Over budget, most requests are
 * refused without storage too. A process that dies takes a portion with it, which is two seconds' worth at most.
 */
import { type Clock, type Instant, type Millis, seconds } from '../core/time.ts'
import type { Json, Table } from '../ports/storage.ts'
import {
  type Bucket,
  type BudgetRow,
  type Charge,
  documented,
  draw,
  portionLife,
  refilled,
  rowAt,
  spareRests,
  untilToken,
} from './budget-row.ts'

export type Request = {
  /** Subscription in lower case; empty for what belongs to none. */
  readonly scope: string
  readonly bucket: Bucket
  readonly purpose: Charge
}

export type Taken = { readonly kind: 'taken' } | { readonly kind: 'over'; readonly retryAfter: Millis }

export type Budget = {
  /**
   * Leave for one request. `line`: over budget, one queues up, and `retryAfter` is one's turn, for what comes again by a
   * message; `soon`: until tokens are there, for what waits where it stands. Rejects when storage cannot be asked.
   */
  readonly take: (request: Request, queue: 'line' | 'soon') => Promise<Taken>
  /** What Azure says is left of its own bucket, and how long it wants to be left alone, if it does. */
  readonly heed: (request: Request, remaining: number, retryAfter?: Millis) => void
}

/** For clients that share their identity with nobody. */
export const limitless: Budget = { take: async () => ({ kind: 'taken' }), heed: () => undefined }

/** A portion is doubled as long as it is used up, to this at most. */
const largestPortion = 8
/** Others may be faster that often; then the request is over budget. */
const contentionLimit = 8
/** With less than this part left in Azure's own bucket somebody else is using it up, and we make room. */
const lowMark = 0.1

/** Whoever waits where he stands asks again when he was told to, give or take this. */
const comesBackWithin: Millis = 100

/** Moments of the monotonic clock. */
type Portion = { left: number; readonly size: number; readonly until: Millis }
type Line = {
  readonly portions: Map<Charge, Portion>
  readonly turns: Map<Charge, { next: Millis; readonly apart: Millis; left: number }>
  readonly asking: Map<Charge, Promise<void>>
  readonly waiting: Map<Charge, number>
  /** The row as last seen: there may be less by now, but not more. */
  seen?: { readonly tokens: number; readonly at: Millis }
  /** Azure is to be left alone. */
  holdUntil: Millis
  /** Somebody waits where he stands: nobody from the line goes before him. */
  yieldUntil: Millis
  /** Since when pages of long lists get nothing. */
  hungrySince?: Millis
  /** Until then nothing is spare. */
  spareFrom: Millis
}

export function createBudget(table: Table, clock: Clock): Budget {
  const lines = new Map<string, Line>()
  const lineOf = ({ scope, bucket }: Request): Line => {
    const key = rowKey(scope, bucket)
    const line = lines.get(key) ?? newLine()
    lines.set(key, line)
    return line
  }
  return {
    async take(request, queue) {
      const line = lineOf(request)
      for (let i = 0; i < contentionLimit; i++) {
        const now = clock.monotonic()
        if (now < line.holdUntil) return { kind: 'over', retryAfter: line.holdUntil - now }
        const mustYield = queue === 'line' && now < line.yieldUntil
        if (!mustYield && spend(line, request.purpose, now)) {
          if (request.purpose === 'bulk') delete line.hungrySince
          return { kind: 'taken' }
        }
        const retryAfter = waitOf(line, request, queue, now) ?? (mustYield ? seconds(1) : undefined)
        if (retryAfter !== undefined) {
          if (queue === 'soon' && !isPatient(request)) line.yieldUntil = now + retryAfter + comesBackWithin
          if (request.purpose === 'bulk') line.hungrySince ??= now
          return { kind: 'over', retryAfter }
        }
        await ask(line, request, () => lease(table, clock, line, request, queue))
      }
      return { kind: 'over', retryAfter: seconds(1) }
    },
    heed(request, remaining, retryAfter) {
      const { size, perSecond } = documented[request.bucket]
      const missing = size * lowMark - remaining
      if (missing <= 0) return
      const wait = Math.max((missing / perSecond) * 1_000, retryAfter ?? 0)
      const line = lineOf(request)
      line.holdUntil = Math.max(line.holdUntil, clock.monotonic() + wait)
    },
  }
}

/** Nobody from the line makes way for them: they would hold it up for as long as a list is long. */
const isPatient = ({ purpose }: Request): boolean => purpose === 'bulk' || purpose === 'spare'

const newLine = (): Line => ({
  portions: new Map(),
  turns: new Map(),
  asking: new Map(),
  waiting: new Map(),
  holdUntil: Number.NEGATIVE_INFINITY,
  yieldUntil: Number.NEGATIVE_INFINITY,
  spareFrom: Number.NEGATIVE_INFINITY,
})

/** What is urgent may use what was leased for anything. */
function spend({ portions }: Line, purpose: Charge, now: Millis): boolean {
  const own: readonly Charge[] = purpose === 'urgent' ? ['forward', 'bulk', 'spare', 'background', 'urgent'] : [purpose]
  const portion = own.map((each) => portions.get(each)).find((each) => each && each.left > 0 && now < each.until)
  if (portion) portion.left--
  return portion !== undefined
}

/** Undefined: storage has to be asked. */
function waitOf(line: Line, { bucket, purpose }: Request, queue: 'line' | 'soon', now: Millis): Millis | undefined {
  if (purpose === 'spare' && now < line.spareFrom) return line.spareFrom - now
  if (!line.seen) return undefined
  const tokens = refilled(line.seen.tokens, now - line.seen.at, bucket)
  const wait = untilToken(tokens, bucket, purpose)
  if (wait === 0) return undefined
  if (queue === 'soon') return wait
  const turns = line.turns.get(purpose)
  if (!turns || turns.left === 0 || turns.next < now) return undefined
  turns.left--
  const turn = turns.next
  turns.next += turns.apart
  return Math.max(turn - now, wait)
}

/** One question to storage at a time, for all who wait. */
async function ask({ asking, waiting }: Line, { purpose }: Request, lease: () => Promise<void>): Promise<void> {
  waiting.set(purpose, (waiting.get(purpose) ?? 0) + 1)
  try {
    if (!asking.has(purpose))
      asking.set(
        purpose,
        lease().finally(() => asking.delete(purpose)),
      )
    await asking.get(purpose)
  } finally {
    waiting.set(purpose, (waiting.get(purpose) ?? 1) - 1)
  }
}

async function lease(
  table: Table,
  clock: Clock,
  line: Line,
  { scope, bucket, purpose }: Request,
  queue: 'line' | 'soon',
): Promise<void> {
  for (let i = 0; i < contentionLimit; i++) {
    const stored = await table.get(partition, rowKey(scope, bucket))
    const at = clock.monotonic()
    const now = clock.now()
    const spare = spareOf(line.portions.get(purpose))
    const known = rowAt(stored?.value, bucket, now)
    const told = purpose === 'bulk' ? hungry(known, line.hungrySince, at, now) : known
    const drawn = draw(told, bucket, purpose, line.waiting.get(purpose) ?? 1, spare)
    const takesNoTurn = drawn.kind === 'dry' && queue === 'soon'
    line.spareFrom = at + (told.spareFrom ?? now) - now
    if (takesNoTurn) line.seen = { tokens: told.tokens, at }
    if (takesNoTurn && told === known) return
    const row = { pk: partition, rk: rowKey(scope, bucket), value: documentOf(takesNoTurn ? told : drawn.row) }
    const etag = stored ? await table.replace(row, stored.etag) : await table.insert(row)
    if (etag === undefined) continue
    line.seen = { tokens: drawn.row.tokens, at }
    if (drawn.kind === 'tokens')
      line.portions.set(purpose, { left: drawn.count, size: drawn.count, until: at + portionLife })
    else if (!takesNoTurn)
      line.turns.set(purpose, { ...drawn.turns, next: at + drawn.turns.first - now, left: drawn.turns.count })
    return
  }
}

/** A page that got nothing for that long is hungry. */
const patience: Millis = seconds(2)

function hungry(row: BudgetRow, since: Millis | undefined, at: Millis, now: Instant): BudgetRow {
  const isHungry = since !== undefined && at - since >= patience
  return isHungry && row.spareFrom === undefined ? { ...row, spareFrom: now + spareRests } : row
}

/** As much again as was used of the last portion; twice that, if that was all of it. */
function spareOf(last: Portion | undefined): number {
  if (!last) return 1
  return Math.min(last.left === 0 ? last.size * 2 : last.size - last.left, largestPortion)
}

const partition = 'budget'
const rowKey = (scope: string, bucket: Bucket): string => `${scope || 'tenant'}/${bucket}`

const documentOf = ({ turns, ...rest }: BudgetRow): Record<string, Json> => ({ ...rest, turns: { ...turns } })
