import { Cron } from 'croner'
import type { Instant } from '../../src/lib/core/time.ts'
import { messageOf } from './log.ts'

export type Schedule = {
  readonly expression: string
  /** The first run strictly after that moment; undefined when there is none. UTC. */
  readonly next: (after: Instant) => Instant | undefined
  /** Whether the host keeps a status of it: not for what runs more often than once a minute. */
  readonly isMonitored: boolean
}

/**
 * A timer's schedule in NCRONTAB, six fields, as the host's own library reads it.
 *
 * Croner reads a part of NCRONTAB alike; everything else is refused here, also what only one of the two knows
 * (`?`, `L`, `W`, `#`, day 7, `5/20`, reversed ranges, long names). Throws an error that says what to write.
 */
export function readNcrontab(expression: string): Schedule {
  if (/^-?[\d.]+$|:/.test(expression)) {
    throw new Error(`"${expression}" is a time span; the Consumption plan takes no time span as a schedule.`)
  }
  if (!/^ *[^\s]+( +[^\s]+){5} *$/.test(expression)) {
    throw new Error(
      `"${expression}" has not six fields: second minute hour day month day-of-week, with spaces between.`,
    )
  }
  const parts = expression.trim().split(/ +/)
  for (const [index, part] of parts.entries()) checkField(part, index, expression)
  const cron = readCron(parts.join(' '), expression)
  const next = (after: Instant) => cron.nextRun(new Date(after))?.getTime()
  return { expression, next, isMonitored: !runsSeveralTimesAMinute(parts, next) }
}

const fieldNames = ['second', 'minute', 'hour', 'day', 'month', 'day-of-week'] as const
const months = 'jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec'
const days = 'sun|mon|tue|wed|thu|fri|sat'
const values = ['\\d+', '\\d+', '\\d+', '\\d+', `\\d+|${months}`, `0*[0-6]|${days}`]
const grammars = values.map((value) => {
  // Croner takes `fri-sun` for Friday to Sunday; NCRONTAB swaps the ends: Sunday to Friday.
  const range = `(?:${value})-(?!sun)(?:${value})`
  const item = `(?:\\*(?:/\\d+)?|${range}(?:/\\d+)?|${value})`
  return new RegExp(`^${item}(?:,${item})*$`, 'i')
})

function checkField(part: string, index: number, expression: string): void {
  if (grammars[index]?.test(part)) return
  throw new Error(
    `"${part}" in the field ${fieldNames[index]} of "${expression}" is not NCRONTAB that the local host reads like Azure: ` +
      'use numbers, three-letter names, *, lists, ascending ranges, and steps after * or a range.',
  )
}

function readCron(pattern: string, expression: string): Cron {
  try {
    return new Cron(pattern, { mode: '6-part', domAndDow: true, timezone: 'UTC', paused: true })
  } catch (error) {
    throw new Error(`"${expression}" is not a schedule: ${messageOf(error)}`)
  }
}

function runsSeveralTimesAMinute(parts: readonly string[], next: Schedule['next']): boolean {
  if (parts.slice(1).some((part) => part !== '*')) return false
  const first = next(-1_000)
  const second = first === undefined ? undefined : next(first)
  return second !== undefined && second < 60_000
}
