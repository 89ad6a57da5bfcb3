/** What somebody has to know of, rather today than on the day of the disaster. */
import { hours, type Instant, isoOf, type Millis } from '../core/time.ts'
import type { HostClock } from '../model/host-clock.ts'
import { writeDuration } from '../plan/duration.ts'
import type { KeepAliveSettings } from '../plan/keep-alive.ts'
import type { Capacity } from './capacity.ts'
import type { WakeDecision } from './plan-wakes.ts'
import type { PutBack } from './put-back.ts'
import { isUnrepaired, type Repair } from './repairs.ts'

export type AlarmCode =
  | 'expired'
  | 'nearExpiry'
  | 'silent'
  | 'repairFailed'
  | 'onTooLong'
  | 'wasOnTooLong'
  | 'leftBehind'
  | 'windowTooSmall'
  | 'unread'

export type Alarm = {
  readonly code: AlarmCode
  readonly hosts: readonly string[]
  /** One sentence. */
  readonly message: string
}

export type AlarmInput = {
  readonly settings: KeepAliveSettings
  readonly decisions: readonly WakeDecision[]
  readonly putBacks: readonly PutBack[]
  readonly repairs: readonly Repair[]
  readonly clocks: readonly HostClock[]
  readonly capacity: Capacity
  readonly unread: readonly string[]
  /** The wake-up that holds the pair, and when it was started. */
  readonly operation?: { readonly id: string; readonly startedAt: Instant }
  readonly now: Instant
}

export function alarmsOf(input: AlarmInput): readonly Alarm[] {
  const { settings, decisions, putBacks, repairs, capacity, unread, operation, now } = input
  const { warnAfter, maxOnTime } = settings
  const expired = decisions.filter(({ expiresAt }) => expiresAt <= now)
  const near = decisions.filter(({ since, expiresAt }) => now - since >= warnAfter && expiresAt > now)
  const silent = repairs.filter(({ code }) => code === 'noHeartbeat')
  const old = putBacks.filter(({ since }) => now - since > maxOnTime)
  const on = old.filter(({ left }) => left.includes('deallocateVm'))
  const rest = old.filter(({ left }) => !left.includes('deallocateVm'))
  const was = input.clocks.filter(({ lastWake }) => isNews(lastWake, now) && (lastWake?.onFor ?? 0) > maxOnTime)
  const limit = writeDuration(maxOnTime)
  return [
    ...alarm('expired', names(expired), 'no heartbeat for longer than a registration lasts: they will not come up'),
    ...alarm('nearExpiry', names(near), `no heartbeat for more than ${writeDuration(warnAfter)}${first(near)}`),
    ...alarm('silent', names(silent), 'started by a wake-up, and sent no heartbeat: they may need a repair'),
    ...alarm(
      'repairFailed',
      names(input.clocks.filter(isUnrepaired)),
      'replacing them did not come to a host that is alive',
    ),
    ...alarm('onTooLong', names(on), `left on by a wake-up for more than ${limit}`),
    ...(operation && isOld(operation.startedAt, now, maxOnTime)
      ? [
          {
            code: 'onTooLong' as const,
            hosts: [],
            message: `${operation.id} has been waking hosts for more than ${limit}.`,
          },
        ]
      : []),
    ...alarm('wasOnTooLong', names(was), `on for more than ${limit} before a wake-up could put them to rest`),
    ...alarm('leftBehind', names(rest), `left drained or tagged by a wake-up for more than ${limit}`),
    ...(capacity.isEnough
      ? []
      : [{ code: 'windowTooSmall' as const, hosts: [], message: `The window is too small: ${capacity.arithmetic}.` }]),
    ...(unread.length > 0
      ? [{ code: 'unread' as const, hosts: [], message: `Nothing is woken: ${unread.join('; ')}.` }]
      : []),
  ]
}

const alarm = (code: AlarmCode, hosts: readonly string[], what: string): readonly Alarm[] =>
  hosts.length === 0
    ? []
    : [{ code, hosts, message: `${hosts.length} ${hosts.length === 1 ? 'host' : 'hosts'}: ${what}.` }]

const names = (some: readonly { readonly host: string }[]): readonly string[] => some.map(({ host }) => host)

const first = (near: readonly WakeDecision[]): string =>
  near.length === 0 ? '' : `, the first lapses ${isoOf(Math.min(...near.map(({ expiresAt }) => expiresAt)))}`

/** The app itself may have been away: nobody could say so while it lasted. */
const saidFor: Millis = hours(24)
const isNews = (wake: HostClock['lastWake'], now: Instant): boolean => wake !== undefined && now - wake.at <= saidFor

const isOld = (since: Instant, now: Instant, limit: Millis): boolean => now - since > limit
