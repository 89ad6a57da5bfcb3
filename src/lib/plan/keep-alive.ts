/** How the standby hosts of a pair are kept alive: how often they are woken, when, how many, and for how long. */
import type { z } from 'zod'
import { hours, type Millis, minutes } from '../core/time.ts'
import { tokenLife } from '../model/host-clock.ts'
import { writeDuration } from './duration.ts'
import { duration, templateVersionId, timeOfDay, timeZone, whole } from './fields.ts'
import { choice, list, object } from './shapes.ts'

const days = (n: number): Millis => hours(24 * n)
const lapses = `a host that was off for ${writeDuration(tokenLife)} has lost its registration`

/** In this order, as the days of a week. */
export const weekdays = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const
export type Weekday = (typeof weekdays)[number]

/** Boot, agent, draining and deallocating, beside `stayOn`: what a wake-up takes when nothing goes wrong. */
export const turnaround: Millis = minutes(30)

/** A host may wait half a day and the length of a window longer than `every`, which is nothing to warn about. */
const latePart: Millis = days(2)

const window = object(
  {
    /** On which the window opens; it may close on the next day. */
    days: list(choice(weekdays), 1, 7, 'days of the week').default([...weekdays]),
    from: timeOfDay.prefault('20:00'),
    /** Not later than `from`: on the next day. */
    to: timeOfDay.prefault('06:00'),
    timeZone: timeZone.default('UTC'),
  },
  'a window: days, from, to, timeZone',
)

export type WakeWindow = z.output<typeof window>

const settings = object(
  {
    every: duration(days(1), days(60), lapses).prefault('25 d'),
    warnAfter: duration(days(2), tokenLife - days(1), lapses).prefault('60 d'),
    stayOn: duration(
      minutes(20),
      hours(24),
      'Microsoft asks for 20 min at least; the agent renews its token only while it runs',
    ).prefault('2 h'),
    maxOnTime: duration(minutes(80), hours(48)).prefault('8 h'),
    window: window.prefault({}),
    maxConcurrent: whole(1, 1_000).default(20),
    maxPerDay: whole(1, 10_000).default(100),
    patches: choice(['none', 'assess', 'install']).default('assess'),
    repair: choice(['off', 'propose', 'replace']).default('propose'),
    /** Of what `replace` makes a host anew. */
    template: templateVersionId.exactOptional(),
  },
  'how standby hosts are kept alive: every, stayOn, window, …',
)

export type KeepAliveSettings = z.output<typeof settings>

/** Every refusal that needs no look at Azure. Whether the window is wide enough for the pool is known with the inventory. */
export const keepAlive = settings.check(({ value, issues }) => {
  for (const { path, right } of conflictsIn(value))
    issues.push({ code: 'custom', message: right, path: [...path], input: value })
})

/** Of an open window, in milliseconds, on a day without a change of the clocks. 0: it never opens. */
export const lengthOfWindow = ({ from, to }: WakeWindow): Millis =>
  from === to ? 0 : (to - from + days(1)) % days(1) || days(1)

type Conflict = { readonly path: readonly string[]; readonly right: string }

function conflictsIn(settings: KeepAliveSettings): readonly Conflict[] {
  const { every, warnAfter, stayOn, maxOnTime, window, repair, template } = settings
  const conflicts: Conflict[] = []
  const conflict = (path: readonly string[], right: string) => conflicts.push({ path, right })
  if (warnAfter < every + latePart)
    conflict(
      ['warnAfter'],
      `at least every and 2 d, ${writeDuration(every + latePart)}: a host may wait for the window`,
    )
  if (maxOnTime <= stayOn + hours(1))
    conflict(
      ['maxOnTime'],
      `more than stayOn and 1 h, ${writeDuration(stayOn + hours(1))}: booting and patching take time`,
    )
  if (repair === 'replace' && template === undefined)
    conflict(
      ['template'],
      'the id of a template spec version: with repair: replace a host is made anew, and only a template tells how',
    )
  const length = lengthOfWindow(window)
  const needed = stayOn + turnaround
  if (length === 0)
    conflict(['window', 'to'], 'another time than from: such a window is empty; a whole day is 00:00 to 24:00')
  else if (length < needed)
    conflict(
      ['window', 'to'],
      `a window of ${writeDuration(needed)} at least, stayOn and 30 min: it has ${writeDuration(length)}`,
    )
  const gap = longestGap(window.days)
  if (gap > every)
    conflict(
      ['window', 'days'],
      `days at most every, ${writeDuration(every)}, apart: they are up to ${writeDuration(gap)} apart`,
    )
  return conflicts
}

/** Between two openings. */
function longestGap(named: readonly Weekday[]): Millis {
  const open = weekdays.flatMap((day, i) => (named.includes(day) ? [i] : []))
  return Math.max(...open.map((day, i) => days((open[i + 1] ?? (open[0] ?? 0) + 7) - day)))
}
