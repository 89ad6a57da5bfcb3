/** Alarms are said once, again when they get worse, and once a day for as long as they last; what was said is remembered. */
import { hours, type Instant, type Millis } from '../core/time.ts'
import type { Json, Table } from '../ports/storage.ts'
import type { World } from '../ports/world.ts'
import type { Alarm } from './alarms.ts'

/** What the last run of the timer found of a pair. */
export type KeepAliveStatus = {
  readonly pairId: string
  readonly ranAt: Instant
  readonly alarms: readonly { readonly code: string; readonly hosts: number; readonly message: string }[]
  /** The run itself failed. */
  readonly failure?: string
  readonly told: Readonly<Record<string, Told>>
}

type Told = { readonly at: Instant; readonly hosts: number }
type Parts = Pick<World, 'clock' | 'log' | 'pacers' | 'notifications'>

const again: Millis = hours(24)
/** Names in one message; the view has them all. */
const mostNames = 20
const partition = 'keepAlive'

export async function tellAlarms(world: Parts, pairId: string, alarms: readonly Alarm[]): Promise<void> {
  const now = world.clock.now()
  const stored = await world.pacers.get(partition, pairId)
  const before = stored ? statusOf(stored.value).told : {}
  const news = alarms.filter((alarm) => isNews(before[keyOf(alarm)], alarm, now))
  for (const { code, hosts, message } of news) {
    world.log.error('keep-alive alarm', { pair: pairId, code, hosts: hosts.length, message })
    const some = hosts.slice(0, mostNames)
    await world.notifications.send(
      { v: 1, event: 'keepAliveAlarm', pairId, code, message, hosts: some, count: hosts.length },
      0,
    )
  }
  const told = alarms.map((alarm): [string, Told] => {
    const last = before[keyOf(alarm)]
    return [keyOf(alarm), last && !news.includes(alarm) ? last : { at: now, hosts: alarm.hosts.length }]
  })
  const lines = alarms.map(({ code, hosts, message }) => ({ code, hosts: hosts.length, message }))
  await save(world.pacers, stored?.etag, { pairId, ranAt: now, alarms: lines, told: Object.fromEntries(told) })
}

/** What was told stays told. */
export async function tellFailure(world: Parts, pairId: string, failure: string): Promise<void> {
  const stored = await world.pacers.get(partition, pairId)
  const before = stored && statusOf(stored.value)
  const { alarms = [], told = {} } = before ?? {}
  await save(world.pacers, stored?.etag, {
    pairId,
    ranAt: world.clock.now(),
    alarms,
    told,
    failure: failure.slice(0, 300),
  })
}

/** Of every pair the timer has looked after. */
export const readStatuses = async (pacers: Pick<Table, 'query'>): Promise<readonly KeepAliveStatus[]> =>
  (await pacers.query(partition)).map(({ value }) => statusOf(value))

/** The wake-up that takes too long and hosts that are left on have one code and are told apart. */
const keyOf = ({ code, hosts }: Alarm): string => (hosts.length === 0 ? `${code}-` : code)

const isNews = (last: Told | undefined, { hosts }: Alarm, now: Instant): boolean =>
  last === undefined || now - last.at >= again || hosts.length > last.hosts

/** Two runs at once tell the same. */
const save = (pacers: Table, etag: string | undefined, status: KeepAliveStatus): Promise<string | undefined> => {
  const row = { pk: partition, rk: status.pairId, value: status as unknown as Record<string, Json> }
  return etag === undefined ? pacers.insert(row) : pacers.replace(row, etag)
}

/** Written by this file alone; what it lacks is as if nothing had been told. */
function statusOf(value: { readonly [key: string]: Json }): KeepAliveStatus {
  const { pairId, ranAt, alarms, told, failure } = value as unknown as Partial<KeepAliveStatus>
  return {
    pairId: pairId ?? '',
    ranAt: ranAt ?? 0,
    alarms: alarms ?? [],
    told: told ?? {},
    ...(failure !== undefined && { failure }),
  }
}
