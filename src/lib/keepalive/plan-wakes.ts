/** Which hosts are started now, and of every other host why not. Pure: the timer asks again every few minutes. */
import type { Instant } from '../core/time.ts'
import type { Side } from '../machine/spec.ts'
import type { HostClock } from '../model/host-clock.ts'
import type { KeepAliveSettings } from '../plan/keep-alive.ts'
import { type Due, dueOf } from './due.ts'
import { withoutRoom } from './no-room.ts'
import { type Opening, openingsBetween, startable } from './openings.ts'
import { horizonOf, pick, slack, type Waiting } from './pick.ts'
import type { StandbyHost } from './standby-hosts.ts'
import { type WakeCode, wakeReasons } from './wake-reasons.ts'

export type HostKey = { readonly side: Side; readonly host: string }

export type WakeDecision = HostKey &
  Pick<Due, 'lastProof' | 'since' | 'dueAt' | 'expiresAt'> & {
    readonly code: WakeCode
    /** One sentence. */
    readonly reason: string
  }

export type WakePlan = {
  /** In the order of start. */
  readonly wakes: readonly HostKey[]
  readonly decisions: readonly WakeDecision[]
  /** What is decided about: the opening that still takes starts, or else the next one. */
  readonly opening?: Opening
}

export type WakeInput = {
  readonly settings: KeepAliveSettings
  readonly hosts: readonly StandbyHost[]
  /** By `clockKey`. */
  readonly clocks: ReadonlyMap<string, HostClock>
  readonly now: Instant
  /** As `upcomingOpenings` makes them. */
  readonly openings: readonly Opening[]
}

export const clockKey = ({ side, host }: HostKey): string => `${side}-${host}`

export const upcomingOpenings = ({ window, stayOn, every }: KeepAliveSettings, now: Instant): readonly Opening[] =>
  openingsBetween(window, stayOn, now, now + horizonOf(every))

export function planWakes(input: WakeInput): WakePlan {
  const openings = startable(input.openings, input.now)
  const [opening] = openings
  const all = input.hosts.map((host) => judge(host, input, openings))
  const noRoom = withoutRoom(
    all.map(({ waiting, kind }) => ({ ...waiting, kind })),
    input.clocks,
    opening,
  )
  const hosts = all.map((one) => (one.block || !noRoom.has(one.waiting.key) ? one : heldBack(one, input.now)))
  const tried = [...input.clocks.values()].filter(({ lastWake }) => isWithin(opening, lastWake?.at))
  const waiting = hosts.flatMap(({ waiting, block }) => (block ? [] : [waiting]))
  const wanted = pick(waiting, openings, tried.length)
  const { room, held } = roomFor(input, opening, tried)
  const places = new Map(wanted.map(({ key }, i) => [key, i]))
  const codeOf = ({ block, waiting: { key } }: Judged): WakeCode => {
    const place = places.get(key)
    if (block) return block
    if (place === undefined) return isWithin(opening, input.clocks.get(key)?.lastWake?.at) ? 'tried' : 'scheduled'
    return place < room ? 'wakes' : held
  }
  return {
    wakes: wanted.slice(0, room).map(({ side, host }) => ({ side, host })),
    decisions: hosts.map((one) => decisionOf(one, codeOf(one))),
    ...(opening && { opening }),
  }
}

/** One that is not due would not have been started anyway. */
const heldBack = (one: Judged, now: Instant): Judged => ({
  ...one,
  block: one.due.dueAt <= now ? 'waitsForRoom' : 'scheduled',
})

type Judged = {
  readonly due: Due
  readonly kind: string
  readonly waiting: Waiting & HostKey
  /** Why it is not to be woken at all. */
  readonly block: WakeCode | undefined
}

/** Hosts that are waiting or not, with what `pick` has to know of them. */
export function judge(
  standby: StandbyHost,
  input: Omit<WakeInput, 'openings' | 'hosts'>,
  openings: readonly Opening[],
): Judged {
  const { side, host, vm } = standby
  const key = clockKey(standby)
  const clock = input.clocks.get(key)
  const due = dueOf(standby, clock, input.settings, input.now)
  const [opening, next] = openings
  const again = isWithin(opening, clock?.lastWake?.at) ? (next?.opens ?? Number.POSITIVE_INFINITY) : 0
  const waiting = {
    side,
    host,
    key,
    zone: typeof vm === 'object' ? (vm.zone ?? '') : '',
    dueAt: due.dueAt,
    notBefore: Math.max(again, due.retryFrom - slack),
    isLate: due.expiresAt <= input.now,
  }
  const kind = typeof vm === 'object' ? `${vm.size} ${vm.zone ?? ''}` : ''
  return { due, kind, waiting, block: blockOf(standby, clock, due) }
}

function blockOf({ vm }: StandbyHost, clock: HostClock | undefined, due: Due): WakeCode | undefined {
  if (vm === 'none') return 'noVm'
  if (vm === 'ambiguous') return 'ambiguousVm'
  if (clock && clock.left.length > 0) return 'leftBehind'
  if (vm.power === 'running') return 'running'
  if (vm.power !== 'deallocated' && vm.power !== 'stopped') return 'changing'
  return due.isBeyondWaking ? 'lapsed' : undefined
}

/** How many may start now, and what holds back the others that should. */
function roomFor(
  { settings, now }: WakeInput,
  opening: Opening | undefined,
  tried: readonly HostClock[],
): { readonly room: number; readonly held: WakeCode } {
  if (!opening || opening.opens > now) return { room: 0, held: 'waitsForWindow' }
  // Whoever stops a wake-up does not want another one a few minutes later.
  if (tried.some(({ lastWake }) => lastWake?.outcome === 'interrupted')) return { room: 0, held: 'interrupted' }
  const today = Math.max(0, settings.maxPerDay - tried.length)
  return today <= settings.maxConcurrent
    ? { room: today, held: 'dayIsFull' }
    : { room: settings.maxConcurrent, held: 'waitsForOthers' }
}

const isWithin = (opening: Opening | undefined, at: Instant | undefined): boolean =>
  opening !== undefined && at !== undefined && at >= opening.opens

function decisionOf({ due, waiting: { side, host } }: Judged, code: WakeCode): WakeDecision {
  const { lastProof, since, dueAt, expiresAt } = due
  return {
    side,
    host,
    ...(lastProof !== undefined && { lastProof }),
    since,
    dueAt,
    expiresAt,
    code,
    reason: wakeReasons[code],
  }
}
