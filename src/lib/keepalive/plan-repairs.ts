/** Which host is replaced now: one of a pair at a time, and never while too few of the others are alive. */
import { hours, type Instant, isoOf, type Millis } from '../core/time.ts'
import { type HostClock, tokenLife } from '../model/host-clock.ts'
import type { PlannedPair } from '../plan/schema.ts'
import { hostsNeeded } from '../planning/capacity.ts'
import { dueOf } from './due.ts'
import { clockKey } from './plan-wakes.ts'
import { isUnrepaired, type Repair } from './repairs.ts'
import type { StandbyHost } from './standby-hosts.ts'

export type RepairNext =
  | 'replaces'
  | 'proposed'
  | 'notTried'
  | 'failedLately'
  | 'afterFailure'
  | 'waitsForOthers'
  | 'belowMinimum'
  | 'leftBehind'
  | 'running'
  | 'noVm'
  | 'unread'

export type PlannedRepair = Repair & {
  readonly next: RepairNext
  /** One sentence. */
  readonly nextReason: string
}

export type RepairInput = {
  readonly pair: Pick<PlannedPair, 'minimumCapacity'> & { readonly keepAlive: NonNullable<PlannedPair['keepAlive']> }
  /** As `repairsOf` makes them. */
  readonly repairs: readonly Repair[]
  readonly hosts: readonly StandbyHost[]
  /** By `clockKey`. */
  readonly clocks: ReadonlyMap<string, HostClock>
  /** What of the inventory could not be read: then nothing is replaced. */
  readonly unread: readonly string[]
  readonly now: Instant
}

/** What failed once fails again soon, on this host as on the next one: a template is wrong, a right is missing. */
const pauseAfterFailure: Millis = hours(24)

/** At most one `replaces`: the host that has been silent longest. */
export function planRepairs(input: RepairInput): readonly PlannedRepair[] {
  const { repairs, clocks } = input
  const silentSince = (repair: Repair): Instant => {
    const clock = clocks.get(clockKey(repair))
    return clock?.lastProof ?? clock?.firstSeen ?? 0
  }
  const blocks = new Map(repairs.map((repair) => [repair, blockOf(repair, input)]))
  const [first] = repairs.filter((repair) => !blocks.get(repair)).sort((a, b) => silentSince(a) - silentSince(b))
  return repairs.map((repair) => {
    const next = blocks.get(repair) ?? (repair === first ? 'replaces' : 'waitsForOthers')
    return { ...repair, next, nextReason: reasonFor(next, repair, input) }
  })
}

function blockOf(repair: Repair, input: RepairInput): RepairNext | undefined {
  const { pair, hosts, clocks, unread, now } = input
  if (pair.keepAlive.repair !== 'replace') return 'proposed'
  if (unread.length > 0) return 'unread'
  const clock = clocks.get(clockKey(repair))
  const hasFailedLately = (one: HostClock) => isUnrepaired(one) && now < (one.lastRepair?.at ?? 0) + pauseAfterFailure
  if (clock && hasFailedLately(clock)) return 'failedLately'
  if ([...clocks.values()].some((one) => one.side === repair.side && hasFailedLately(one))) return 'afterFailure'
  const standby = hosts.find((host) => clockKey(host) === clockKey(repair))
  if (standby) {
    const { vm } = standby
    if (vm === 'none' || vm === 'ambiguous') return 'noVm'
    if (clock && clock.left.length > 0) return 'leftBehind'
    if (vm.power !== 'deallocated' && vm.power !== 'stopped') return 'running'
    // That its clock has run out may be our ignorance; what a start shows is not.
    if (repair.code === 'expired' && !dueOf(standby, clock, pair.keepAlive, now).isBeyondWaking) return 'notTried'
  }
  return aliveBeside(input) < neededOf(input) ? 'belowMinimum' : undefined
}

/** Hosts that would come up. What is to be repaired is not among them, the one that is replaced least of all. */
function aliveBeside({ hosts, repairs, clocks, now }: RepairInput): number {
  const dead = new Set(repairs.map(clockKey))
  return hosts.filter((host) => {
    const key = clockKey(host)
    if (dead.has(key) || typeof host.vm !== 'object') return false
    const proof = clocks.get(key)?.lastProof ?? host.seen.lastHeartbeat
    return proof !== undefined && now < proof + tokenLife
  }).length
}

function neededOf({ pair, hosts, repairs }: RepairInput): number {
  const removed = repairs.filter(({ code }) => code === 'removed').length
  return hostsNeeded(pair.minimumCapacity, hosts.length + removed)
}

function reasonFor(next: RepairNext, repair: Repair, input: RepairInput): string {
  if (next === 'belowMinimum') {
    const [alive, needed] = [aliveBeside(input), neededOf(input)]
    return `Beside it ${alive} hosts are alive, and minimumCapacity asks for ${needed}: somebody has to decide.`
  }
  const at = input.clocks.get(clockKey(repair))?.lastRepair?.at
  if (next === 'failedLately' && at !== undefined)
    return `Its repair failed; it is not tried again before ${isoOf(at + pauseAfterFailure)}.`
  return reasons[next]
}

const reasons: Readonly<Record<RepairNext, string>> = {
  replaces: 'It is made anew by the next run while no operation holds the pair.',
  proposed: 'The plan leaves it to a person: repair is not replace.',
  notTried: 'A wake-up has to show first that it does not come up.',
  failedLately: 'Its repair failed within the last 24 hours.',
  afterFailure: 'The repair of another host of this pair failed within the last 24 hours.',
  waitsForOthers: 'One host of a pair is replaced at a time.',
  belowMinimum: 'Too few of the other hosts are alive.',
  leftBehind: 'What an earlier operation left on it is put back first.',
  running: 'Its virtual machine is not off: somebody may be at work on it.',
  noVm: 'No virtual machine is certain to be this host.',
  unread: 'The inventory is too old or has gaps: nothing is replaced blindly.',
}
