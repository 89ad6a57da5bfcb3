import type { Millis } from '../../src/lib/core/time.ts'

/**
 * `hh:mm:ss`, `hh:mm:ss.fff` or `d.hh:mm:ss`, in milliseconds.
 *
 * Hours above 23 are refused although .NET takes them: it reads `24:00:00` as 24 days (seen on the real host).
 */
export function readTimeSpan(text: string, name: string): Millis {
  const match = /^(?:(\d+)\.)?(\d{1,2}):([0-5]?\d)(?::([0-5]?\d)(?:\.(\d{1,7}))?)?$/.exec(text)
  const [, days = '0', hours = '0', minutes = '0', seconds = '0', fraction = '0'] = match ?? []
  if (!match || Number(hours) > 23) throw new Error(`${name}: "${text}" is not a time span such as 00:05:00.`)
  const total = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds)
  return total * 1_000 + Math.trunc(Number(`0.${fraction}`) * 1_000)
}
