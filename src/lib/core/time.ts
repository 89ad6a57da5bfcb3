/** A moment: milliseconds since 1970-01-01T00:00:00Z. Moments compared between hosts come from storage (design rule 13). */
export type Instant = number
/** A length of time in milliseconds. */
export type Millis = number

export const seconds = (n: number): Millis => n * 1_000
export const minutes = (n: number): Millis => n * 60_000
export const hours = (n: number): Millis => n * 3_600_000

/**
 * The only source of time in the product.
 *
 * `now` is the moment as storage tells it, shared by every host; `monotonic` never jumps and means something within
 * one process only: deadlines and fences are measured with it.
 */
export type Clock = {
  /** Not later than storage's own clock: for "has this moment come?". */
  readonly now: () => Instant
  /** Not earlier than storage's own clock: for "this happened at the latest by …". */
  readonly latest: () => Instant
  readonly monotonic: () => Millis
}

/** ISO 8601 in UTC with whole seconds, `2026-03-14T21:00:01Z`. */
export function isoOf(at: Instant): string {
  const days = Math.floor(at / 86_400_000)
  const rest = at - days * 86_400_000
  const { year, month, day } = civilOf(days)
  const two = (n: number) => String(n).padStart(2, '0')
  const [h, m, s] = [Math.floor(rest / 3_600_000), Math.floor(rest / 60_000) % 60, Math.floor(rest / 1_000) % 60]
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}T${two(h)}:${two(m)}:${two(s)}Z`
}

/** `1 h 05 min`, `12 min 03 s`, `9 s`: for people, not for machines. */
export function spell(length: Millis): string {
  const total = Math.round(length / 1_000)
  const [h, m, s] = [Math.floor(total / 3_600), Math.floor(total / 60) % 60, total % 60]
  const two = (n: number) => String(n).padStart(2, '0')
  if (h > 0) return `${h} h ${two(m)} min`
  return m > 0 ? `${m} min ${two(s)} s` : `${s} s`
}

/** Days since 1970 to a date of the Gregorian calendar (Hinnant, "chrono-compatible low-level date algorithms"). */
function civilOf(daysSince1970: number): { year: number; month: number; day: number } {
  const z = daysSince1970 + 719_468
  const era = Math.floor(z / 146_097)
  const dayOfEra = z - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const shifted = Math.floor((5 * dayOfYear + 2) / 153)
  const month = shifted < 10 ? shifted + 3 : shifted - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
  }
}
