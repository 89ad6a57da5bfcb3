import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readNcrontab } from '../../sim/host/ncrontab.ts'

const iso = (at: number | undefined) => (at === undefined ? undefined : new Date(at).toISOString().replace('.000', ''))
function runs(expression: string, after: string, count: number): (string | undefined)[] {
  const schedule = readNcrontab(expression)
  const found: (number | undefined)[] = []
  for (let at: number | undefined = Date.parse(after); found.length < count && at !== undefined; ) {
    at = schedule.next(at)
    found.push(at)
  }
  return found.map(iso)
}

test.each([
  ['0 */5 * * * *', '2026-03-15T09:30:00Z', ['2026-03-15T09:35:00Z', '2026-03-15T09:40:00Z']],
  ['*/30 * * * * *', '2026-12-31T23:59:59.500Z', ['2027-01-01T00:00:00Z', '2027-01-01T00:00:30Z']],
  ['0 30 9 * * Mon-Fri', '2026-03-13T09:30:00Z', ['2026-03-16T09:30:00Z', '2026-03-17T09:30:00Z']],
  ['0 0 12 13 * 5', '2026-03-15T09:30:00Z', ['2026-11-13T12:00:00Z', '2027-08-13T12:00:00Z']],
  ['0 0 0 29 2 *', '2024-02-29T00:00:00Z', ['2028-02-29T00:00:00Z', '2032-02-29T00:00:00Z']],
  ['0 0 0 1-7 * 1', '2026-03-15T09:30:00Z', ['2026-04-06T00:00:00Z', '2026-05-04T00:00:00Z']],
  ['  0  15,45 8-10/2 * jan,JUL *', '2026-03-15T00:00:00Z', ['2026-07-01T08:15:00Z', '2026-07-01T08:45:00Z']],
  ['0 0 0 30 2 *', '2026-03-15T09:30:00Z', [undefined]],
])('"%s" runs next after %s as the host runs it', (expression, after, next) => {
  expect(runs(expression, after, next.length)).toEqual(next)
})

test.each([
  ['00:05:00', 'time span'],
  ['1.00:00:00', 'time span'],
  ['5', 'time span'],
  ['*/5 * * * *', 'six fields'],
  ['* * * * * * *', 'six fields'],
  ['@daily', 'six fields'],
  ['', 'six fields'],
  ['0\t0\t0\t*\t*\t*', 'six fields'],
  ['2026-03-15T09:30:00 * * * * *', 'time span'],
  ['? * * * * *', 'second'],
  ['0 0 0 L * *', 'day'],
  ['0 0 0 15W * *', 'day'],
  ['0 0 0 * * 1#2', 'day-of-week'],
  ['0 0 0 * * 7', 'day-of-week'],
  ['0 0 0 * * 5-7', 'day-of-week'],
  ['0 0 0 * * fri-sun', 'day-of-week'],
  ['0 0 0 * January *', 'month'],
  ['0 5/20 * * * *', 'minute'],
  ['0 0 22-2 * * *', 'not a schedule: .*larger'],
  ['60 * * * * *', 'not a schedule: .*60'],
  ['*/61 * * * * *', 'not a schedule: .*steps'],
])('"%s" is refused, with a word on why', (expression, reason) => {
  expect(() => readNcrontab(expression)).toThrow(new RegExp(reason))
})

test.each([
  ['*/30 * * * * *', false],
  ['5,10,20 * * * * *', false],
  ['0 * * * * *', true],
  ['*/30 0 * * * *', true],
  ['0 0 0 1 1 *', true],
])('"%s": whether the host keeps a status of it is %s', (expression, isMonitored) => {
  expect(readNcrontab(expression).isMonitored).toBe(isMonitored)
})

/** 113 expressions with the runs the host's own library computed; recorded outside this repository. */
const recording = join(process.env.SPECS_DIR ?? '', '../samples/functions-host/ncrontab-utc.json')

type Row = { expression: string; hostKind: string | null; useMonitor: boolean; next: Record<string, string[]> }

const rows: readonly Row[] =
  process.env.SPECS_DIR && existsSync(recording) ? JSON.parse(readFileSync(recording, 'utf8')).rows : []

if (rows.length > 0) {
  test('a recorded expression that is read runs exactly when the host runs it', () => {
    const readable = rows.filter(({ expression }) => isRead(expression))
    expect(readable.length).toBeGreaterThan(50)
    for (const { expression, hostKind, next, useMonitor } of readable) {
      expect(hostKind, expression).toBe('CronSchedule')
      expect(readNcrontab(expression).isMonitored, expression).toBe(useMonitor)
      for (const [after, recorded] of Object.entries(next)) {
        const expected = recorded.map((at) => (at.startsWith('9999') ? undefined : at))
        expect(runs(expression, after, expected.length), `${expression} after ${after}`).toEqual(expected)
      }
    }
  })
}

function isRead(expression: string): boolean {
  try {
    return readNcrontab(expression).expression === expression
  } catch {
    return false
  }
}
