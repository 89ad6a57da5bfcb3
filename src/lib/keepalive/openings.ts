/** When the window of a plan is open, in the pair's own time zone with its daylight saving. */
import { hours, type Instant, type Millis, minutes } from '../core/time.ts'
import { turnaround, type WakeWindow, weekdays } from '../plan/keep-alive.ts'

/** One time the window is open. */
export type Opening = {
  readonly opens: Instant
  /** A host that is started later would not be off again when the window closes. */
  readonly lastStart: Instant
  readonly closes: Instant
}

const day: Millis = hours(24)

/**
 * In order, those that are not over at the beginning and open before the end of that time. One that a change of the clocks has made
 * too short for a wake-up of `stayOn` is left out.
 */
export function openingsBetween(window: WakeWindow, stayOn: Millis, from: Instant, until: Instant): readonly Opening[] {
  const { timeZone } = window
  const openings: Opening[] = []
  const last = dayOf(timeZone, until)
  // A window closes at the end of the day after its own at the latest.
  for (let n = dayOf(timeZone, from) - 2; n <= last; n++) {
    if (!window.days.includes(weekdayOf(n))) continue
    const closing = n * day + window.to + (window.to <= window.from ? day : 0)
    const opens = instantOf(timeZone, n * day + window.from, 'first')
    const closes = instantOf(timeZone, closing, 'last')
    const lastStart = closes - stayOn - turnaround
    if (lastStart >= opens && closes > from && opens < until) openings.push({ opens, lastStart, closes })
  }
  return openings
}

/** Those in which a host could still be started, the one that is open now first. */
export const startable = (openings: readonly Opening[], now: Instant): readonly Opening[] =>
  openings.filter(({ lastStart }) => lastStart >= now)

/** Local days are counted from 1970-01-01, a Thursday. */
const weekdayOf = (n: number) => weekdays[(((n + 3) % 7) + 7) % 7] ?? 'mon'

const dayOf = (timeZone: string, at: Instant): number => Math.floor((at + offsetAt(timeZone, at)) / day)

/**
 * The moment a clock on the wall shows `local` (milliseconds since 1970 as that clock counts). Twice, when clocks go
 * back: `which` chooses. Never, when they go forward: then as if they had not yet (RFC 5545, "iCalendar", 3.3.5).
 */
export function instantOf(timeZone: string, local: number, which: 'first' | 'last'): Instant {
  const before = offsetAt(timeZone, local - day)
  const after = offsetAt(timeZone, local + day)
  if (before === after) return local - before
  const valid = [before, after].filter((offset) => offsetAt(timeZone, local - offset) === offset)
  if (valid.length === 0) return local - before
  return local - (which === 'first' ? Math.max(...valid) : Math.min(...valid))
}

/** Making one takes a thousand times longer than asking it. */
const formats = new Map<string, Intl.DateTimeFormat>()

/** No clock has been changed within a quarter of an hour since 2011 (IANA time zone database). */
const quarter: Millis = minutes(15)
/** One opening asks for the same few moments again and again. */
const offsets = new Map<string, Millis>()
const mostOffsets = 10_000

/** What local time is ahead of UTC, in milliseconds. */
function offsetAt(timeZone: string, at: Instant): Millis {
  const key = `${timeZone} ${Math.floor(at / quarter)}`
  const known = offsets.get(key)
  if (known !== undefined) return known
  const offset = readOffset(timeZone, at)
  if (offsets.size >= mostOffsets) offsets.clear()
  offsets.set(key, offset)
  return offset
}

function readOffset(timeZone: string, at: Instant): Millis {
  const format = formats.get(timeZone) ?? new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' })
  formats.set(timeZone, format)
  const name = format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? ''
  const [, sign, h = 0, min = 0] = /([+-])(\d\d):(\d\d)/.exec(name) ?? []
  const offset = hours(Number(h)) + minutes(Number(min))
  return sign === '-' ? -offset : offset
}
