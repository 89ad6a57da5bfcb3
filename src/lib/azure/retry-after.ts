import { hours, type Millis } from '../core/time.ts'

/** A longer wait is not believed: it would park a desktop for good. */
const longestWait: Millis = hours(1)

const units = { 'retry-after': 1_000, 'retry-after-ms': 1, 'x-ms-retry-after-ms': 1 } as const

/**
 * How long Azure asks us to wait, in milliseconds between 0 and one hour; undefined when it does not say.
 * `Retry-After` is a number of seconds or an HTTP date (RFC 9110, 10.2.3); a date is measured against the server's own
 * `Date` header, never against this host's clock.
 */
export function retryAfterOf(header: (name: string) => string | undefined): Millis | undefined {
  for (const [name, unit] of Object.entries(units)) {
    const value = header(name)?.trim()
    if (!value) continue
    const wait = /^[+-]?\d+(\.\d+)?$/.test(value) ? Number(value) * unit : untilDate(value, header('date'))
    if (wait !== undefined) return Math.min(Math.max(Math.ceil(wait), 0), longestWait)
  }
  return undefined
}

/** With this much of Resource Graph's quota left, the rest of its window belongs to others. */
const quotaLeftToOthers = 3

/** How long Resource Graph is to be left alone, by what it tells of its quota (`x-ms-user-quota-…`). */
export function quotaPauseOf(header: (name: string) => string | undefined): Millis | undefined {
  const left = header('x-ms-user-quota-remaining')
  if (left === undefined || !/^\d+$/.test(left) || Number(left) > quotaLeftToOthers) return undefined
  const [, hoursLeft, minutesLeft, secondsLeft] =
    /^(\d+):(\d+):(\d+)/.exec(header('x-ms-user-quota-resets-after') ?? '') ?? []
  const wait = ((Number(hoursLeft) * 60 + Number(minutesLeft)) * 60 + Number(secondsLeft)) * 1_000
  return Number.isNaN(wait) ? undefined : Math.min(wait, longestWait)
}

const httpDate = /^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/

function untilDate(value: string, serverDate: string | undefined): Millis | undefined {
  if (!httpDate.test(value) || !serverDate || !httpDate.test(serverDate)) return undefined
  const wait = Date.parse(value) - Date.parse(serverDate)
  return Number.isNaN(wait) ? undefined : wait
}
