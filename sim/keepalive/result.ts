/** What months of standby hosts came to, by the ledger, and whether the product has said what went wrong. */
import { hours, type Instant, type Millis, minutes } from '../../src/lib/core/time.ts'
import type { HostClock } from '../../src/lib/model/host-clock.ts'
import type { PlannedPair } from '../../src/lib/plan/schema.ts'
import { StorageAway } from '../../src/lib/storage/errors.ts'
import { atRest, judgeKeepAlive, notAsFound } from '../judge/keep-alive.ts'
import type { StandbyRun } from '../judge/standby-runs.ts'
import { type Cost, costOf } from './cost.ts'
import type { Year } from './year.ts'

export type YearResult = {
  /** Empty: every promise was kept. */
  readonly broken: readonly string[]
  readonly cost: Cost
  /** Machine-hours of runs that an outage of the app has made longer; not part of the cost. */
  readonly caughtHours: number
  readonly caught: number
  readonly failedStarts: number
  /** Started or stopped by others meanwhile, or taken over. */
  readonly disturbed: number
  readonly longestSilence: Millis
  readonly mostAtOnce: number
  readonly told: Readonly<Record<string, number>>
  readonly operations: number
}

/** AVD FAQ: 90 days, and the registration is gone. */
const registration: Millis = hours(24 * 90)

export async function resultOf(year: Year): Promise<YearResult> {
  const { story, operator, hosts, found, until, outages, elsewhere } = year
  const { sim } = story.region
  const settings = keepAliveOf(story.plan.pairs)
  const { maxOnTime, maxConcurrent } = settings
  const options = { until, longestSilence: registration, maxOnTime, maxConcurrent, elsewhere }
  const verdict = judgeKeepAlive(sim.ledger.events(), hosts, options)
  const isCaught = ({ startedAt, offAt = until }: StandbyRun) =>
    outages.some((outage) => startedAt < outage.until && offAt > outage.from)
  const caught = verdict.runs.filter(isCaught)
  const caughtAt = new Set(caught.map(({ startedAt }) => startedAt))
  const left = notAsFound(found, atRest(sim.estate), until)
  const clocks = new Map<string, HostClock>()
  for (const pair of story.plan.pairs)
    for (const { value } of await operator.ask(story.desk.world.hosts.list(pair.id))) clocks.set(value.host, value)
  const notes = notesOf(year)
  const violations = [...verdict.violations, ...left].filter(
    ({ rule, at }) => !(rule === 'onTooLong' && caughtAt.has(at)),
  )
  const paid = verdict.runs.filter((run) => !isCaught(run))
  return {
    broken: [
      ...violations.map(({ rule, subject, detail }) => `${rule}: ${subject}: ${detail}`),
      ...caught.flatMap((run) => untoldLength(run, notes, maxOnTime, until)),
      ...verdict.runs.flatMap((run) => untoldFailure(run, clocks)),
      ...story.failures.filter(isOurs).map((error) => `failure of the app: ${String(error)}`),
    ],
    cost: costOf(sim.ledger.events(), hosts, paid, {
      ...settings,
      from: year.from,
      until,
      latestStart: latestStart(year),
    }),
    caught: caught.length,
    caughtHours: caught.reduce((sum, { startedAt, offAt = until }) => sum + offAt - startedAt, 0) / hours(1),
    failedStarts: verdict.runs.filter(({ errorCode }) => errorCode).length,
    disturbed: verdict.runs.filter(({ endedBy }) => endedBy === 'others').length,
    longestSilence: Math.max(...verdict.silence.values()),
    mostAtOnce: Math.max(...verdict.mostAtOnce.values()),
    told: countsOf(notes.map(({ event, code, outcome }) => `${event} ${code ?? outcome}`)),
    operations: notes.filter(({ event }) => event === 'operationOver').length,
  }
}

type Note = {
  readonly event: string
  readonly code?: string
  readonly outcome?: string
  readonly hosts?: readonly string[]
}

const notesOf = ({ story }: Year): readonly Note[] =>
  story.storage
    .queue('notifications')
    .peekAll()
    .map(({ text }) => JSON.parse(Buffer.from(text, 'base64').toString('utf8')) as Note)

/** On for longer than it may be, because the app was away: then that has to be said. */
function untoldLength(run: StandbyRun, notes: readonly Note[], maxOnTime: Millis, until: Instant): readonly string[] {
  const { host, startedAt, offAt = until } = run
  if (offAt - startedAt <= maxOnTime) return []
  const isTold = notes.some(({ code, hosts }) => /onTooLong/i.test(code ?? '') && hosts?.includes(host.host))
  return isTold ? [] : [`nobody was told that ${host.host} was on for ${((offAt - startedAt) / hours(1)).toFixed(0)} h`]
}

/** A run of a timer that finds no storage ends so, and comes again. */
const isOurs = (error: unknown): boolean => !(error instanceof StorageAway)

/** Written down with the end of the wake-up. */
const writtenWithin: Millis = hours(1)
/** In a host's clock. */
const failuresKept = 10

function untoldFailure(
  { host, startedAt, errorCode }: StandbyRun,
  clocks: ReadonlyMap<string, HostClock>,
): readonly string[] {
  if (errorCode === undefined) return []
  const failures = clocks.get(host.host)?.startFailures ?? []
  // Older ones have made room for newer ones.
  const isForgotten = failures.length >= failuresKept && startedAt < (failures[0]?.at ?? 0)
  const isTold = failures.some(({ at }) => at >= startedAt - minutes(1) && at <= startedAt + writtenWithin)
  return isTold || isForgotten ? [] : [`${host.host} does not say that a start ended ${errorCode}`]
}

function keepAliveOf(pairs: readonly PlannedPair[]) {
  const settings = pairs[0]?.keepAlive
  if (!settings) throw new Error('the plan keeps nobody alive')
  return settings
}

/** In the windows of the years played: open every night, in a zone whose clock is an hour from UTC at most. */
function latestStart({ story }: Year): (by: Instant) => Instant {
  const { window, stayOn } = keepAliveOf(story.plan.pairs)
  const day = hours(24)
  // As late as there is time left to be off again: half an hour for boot and deallocation.
  const closing = window.to - stayOn - minutes(30)
  return (by) => {
    const time = by % day
    if (time >= window.from || time <= closing) return by
    return by - time + closing
  }
}

function countsOf(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1
  return counts
}
