/** What must have been done once for each need, and only when it may be. */

import { type Millis, minutes } from '../../../src/lib/core/time.ts'
import type { Report } from '../../../src/lib/execution/report.ts'
import { byFollowUp } from '../../../src/lib/execution/start-follow-up.ts'
import type { FollowUp } from '../../../src/lib/ports/follow-ups.ts'
import type { LedgerEvent } from '../../arm/ledger-types.ts'
import { lastPart } from '../model/played.ts'

/** `hosts`: whose task the operation had, and how it ended. */
export type Reported = Report & { readonly hosts: ReadonlyMap<string, string> }

export type Told = {
  readonly reports: readonly Reported[]
  readonly followUps: readonly FollowUp[]
}

/** Again only when the job failed, or somebody asked for it again. */
export function pointsAcceptedOnce(events: readonly LedgerEvent[], reports: readonly Reported[]): readonly string[] {
  const failed = new Set(
    events.flatMap((event) => (event.kind === 'jobEnded' && event.state !== 'Succeeded' ? [event.job] : [])),
  )
  const asked = reports.filter(({ kind }) => kind === 'changeRecoveryPoint').length
  const accepted = events.flatMap((event) =>
    event.kind === 'recoveryPointAccepted' && event.by === undefined && !failed.has(event.job)
      ? [lastPart(event.vm)]
      : [],
  )
  return [...new Set(accepted)].flatMap((name) => {
    const times = accepted.filter((one) => one === name).length
    return times > asked ? [`${name} was made anew ${times} times, asked for ${asked} times`] : []
  })
}

/** What waits is done by one operation that goes well: there are no more of them than needs were noted. */
export function followedOnce({ reports, followUps }: Told): readonly string[] {
  const needs = countBy(followUps, ({ kind, host }) => [`${kind} of ${short(host)}`])
  const done = countBy(
    reports.filter(({ requestedBy }) => requestedBy === byFollowUp),
    ({ kind, hosts }) =>
      [...hosts].flatMap(([host, outcome]) => (outcome === 'succeeded' ? [`${kind} of ${host}`] : [])),
  )
  return [...done].flatMap(([what, times]) =>
    times > (needs.get(what) ?? 0) ? [`${what} was followed ${times} times, noted ${needs.get(what) ?? 0} times`] : [],
  )
}

function countBy<T>(all: readonly T[], keysOf: (one: T) => readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>()
  for (const key of all.flatMap(keysOf)) counts.set(key, (counts.get(key) ?? 0) + 1)
  return counts
}

/** A heartbeat that was seen is not older, read lags and all. */
const silenceBorne: Millis = minutes(10)

/** Only a person commits what gives no sign of life. */
export function committedAlive(events: readonly LedgerEvent[], reports: readonly Reported[]): readonly string[] {
  const silentSince = new Map<string, number>()
  const byPerson = (at: number) =>
    reports.some(({ kind, startedAt, endedAt = at }) => kind === 'commit' && startedAt <= at && at <= endedAt)
  return events.flatMap((event) => {
    if (event.kind === 'hostGone' && !silentSince.has(event.host.toLowerCase()))
      silentSince.set(event.host.toLowerCase(), event.at)
    if (event.kind === 'hostReady') silentSince.delete(event.host.toLowerCase())
    if (event.kind !== 'commitAccepted' || event.by !== undefined || byPerson(event.at)) return []
    const name = lastPart(event.vm)
    return event.at - (silentSince.get(name) ?? event.at) > silenceBorne
      ? [`${name} was committed without a sign of life`]
      : []
  })
}

export const short = (host: string): string => host.split(/[./]/)[0]?.toLowerCase() ?? ''
