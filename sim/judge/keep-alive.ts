/** What the ledger says about the months of hosts that are meant to be off; never the product's own word. */
import { idKey } from '../../src/lib/core/arm-id.ts'
import { type Instant, type Millis, spell } from '../../src/lib/core/time.ts'
import type { Estate } from '../arm/estate-types.ts'
import type { LedgerEvent } from '../arm/ledger-types.ts'
import type {
  AtRest,
  KeepAliveJudgeOptions,
  KeepAliveRule,
  KeepAliveViolation,
  StandbyHost,
} from './keep-alive-types.ts'
import { lengthOf, mostAtOnce, type StandbyRun, standbyRuns } from './standby-runs.ts'

export type KeepAliveVerdict = {
  readonly violations: readonly KeepAliveViolation[]
  readonly runs: readonly StandbyRun[]
  /** Longest time without a heartbeat, by host. */
  readonly silence: ReadonlyMap<string, Millis>
  readonly mostAtOnce: ReadonlyMap<string, number>
}

export function judgeKeepAlive(
  events: readonly LedgerEvent[],
  hosts: readonly StandbyHost[],
  options: KeepAliveJudgeOptions,
): KeepAliveVerdict {
  const { until, longestSilence, maxOnTime, maxConcurrent } = options
  const silence = silenceOf(events, hosts, until)
  const runs = standbyRuns(events, hosts)
    .filter(({ host, startedAt }) => !isElsewhere(options, host.pool, startedAt))
    .map((run) => handedOver(run, options))
  const most = mostAtOnce(runs, until)
  const violations: KeepAliveViolation[] = [...disturbances(events, hosts, options), ...expired(events, hosts)]
  const broken = (rule: KeepAliveRule, at: Instant, subject: string, detail: string) =>
    violations.push({ rule, at, subject, detail })
  for (const [host, { length, at }] of silence)
    if (length > longestSilence) broken('heartbeatTooOld', at, host, `no heartbeat for ${spell(length)}`)
  for (const run of runs) {
    const { host, startedAt, offAt } = run
    if (lengthOf(run, until) > maxOnTime)
      broken('onTooLong', startedAt, host.host, `on for ${spell(lengthOf(run, until))}`)
    if (offAt === undefined && !isElsewhere(options, host.pool, until))
      broken('leftRunning', startedAt, host.host, 'started and never switched off')
  }
  for (const [pool, count] of most)
    if (count > maxConcurrent) broken('tooManyAtOnce', until, pool, `${count} on at once, ${maxConcurrent} allowed`)
  return {
    violations: violations.sort((a, b) => a.at - b.at),
    runs,
    silence: new Map([...silence].map(([host, { length }]) => [host, length])),
    mostAtOnce: most,
  }
}

/** What is found on every host now, in truth. */
export const atRest = (estate: Estate): ReadonlyMap<string, AtRest> =>
  new Map(
    [...estate.sessionHosts].map(([key, host]) => {
      const vm = estate.vms.get(host.vm)
      const tags = JSON.stringify(Object.entries(vm?.tags.now() ?? {}).sort())
      return [key, { letsIn: host.allowNewSession.now(), tags, power: vm?.power.now() ?? 'none' }]
    }),
  )

/** What is drained or tagged otherwise than it was found. Power has its own rule: others switch machines, too. */
export function notAsFound(
  before: ReadonlyMap<string, AtRest>,
  after: ReadonlyMap<string, AtRest>,
  at: Instant,
): readonly KeepAliveViolation[] {
  return [...before].flatMap(([subject, found]) => {
    const left = after.get(subject)
    const drained = found.letsIn !== left?.letsIn
    const tagged = found.tags !== left?.tags
    return [
      ...(drained ? [{ rule: 'leftDrained' as const, at, subject, detail: `lets in: ${left?.letsIn}` }] : []),
      ...(tagged ? [{ rule: 'leftTagged' as const, at, subject, detail: `${found.tags} → ${left?.tags}` }] : []),
    ]
  })
}

/** The hosts of these pools, as they are before the story begins. */
export const noteStandby = (estate: Estate, pools: readonly string[]): readonly StandbyHost[] => {
  const wanted = new Set(pools.map(idKey))
  return [...estate.sessionHosts.values()]
    .filter(({ pool }) => wanted.has(pool))
    .map(({ pool, name, vm, lastHeartbeat, beatingSince }) => ({
      pool,
      host: name.toLowerCase(),
      vm,
      ...(lastHeartbeat !== undefined && { lastHeartbeat }),
      isBeating: beatingSince !== undefined,
    }))
}

const nameOf = ({ pool, host }: { pool: string; host: string }): string => `${pool}/${host}`.toLowerCase()

function silenceOf(events: readonly LedgerEvent[], hosts: readonly StandbyHost[], until: Instant) {
  const start = events[0]?.at ?? until
  const since = new Map<string, Instant>()
  const longest = new Map<string, { length: Millis; at: Instant }>()
  for (const host of hosts) {
    if (!host.isBeating) since.set(nameOf(host), host.lastHeartbeat ?? start)
    longest.set(nameOf(host), { length: 0, at: start })
  }
  const note = (name: string, at: Instant) => {
    const length = at - (since.get(name) ?? at)
    if (length > (longest.get(name)?.length ?? 0)) longest.set(name, { length, at })
  }
  for (const event of events) {
    if (event.kind !== 'hostReady' && event.kind !== 'hostGone') continue
    const name = nameOf(event)
    if (!longest.has(name)) continue
    note(name, event.at)
    if (event.kind === 'hostReady') since.delete(name)
    // What was silent already has not fallen silent now.
    else if (!since.has(name)) since.set(name, event.at)
  }
  for (const name of longest.keys()) note(name, until)
  return longest
}

const expired = (events: readonly LedgerEvent[], hosts: readonly StandbyHost[]): readonly KeepAliveViolation[] => {
  const known = new Set(hosts.map(nameOf))
  return events.flatMap((event) =>
    event.kind === 'hostExpired' && known.has(nameOf(event))
      ? [{ rule: 'expired' as const, at: event.at, subject: event.host, detail: 'came up and could not report in' }]
      : [],
  )
}

const isElsewhere = ({ elsewhere }: KeepAliveJudgeOptions, pool: string, at: Instant): boolean =>
  elsewhere.some((there) => there.pool === pool && there.from <= at && at <= there.until)

/** What a failover takes over is its own from that moment on. */
function handedOver(run: StandbyRun, { elsewhere, until }: KeepAliveJudgeOptions): StandbyRun {
  const takenAt = elsewhere
    .filter(({ pool, from }) => pool === run.host.pool && run.startedAt < from && from < (run.offAt ?? until))
    .map(({ from }) => from)
  if (takenAt.length === 0) return run
  const { deallocatedAt: _, ...rest } = run
  return { ...rest, offAt: Math.min(...takenAt), endedBy: 'others' }
}

/** Somebody's session ended under our hands, or we did something to a host that somebody worked on, or told him so. */
function disturbances(
  events: readonly LedgerEvent[],
  hosts: readonly StandbyHost[],
  options: KeepAliveJudgeOptions,
): readonly KeepAliveViolation[] {
  const byVm = new Map(hosts.map((host) => [host.vm, host]))
  const known = new Map(hosts.map((host) => [nameOf(host), host]))
  const sessions = new Map<string, Set<string>>()
  const ended = new Map<string, Instant>()
  const found: KeepAliveViolation[] = []
  const sessionsOf = (name: string) => sessions.get(name) ?? new Set<string>()
  for (const event of events) {
    const host = hostOf(event, byVm, known)
    if (!host) continue
    const name = nameOf(host)
    if (event.kind === 'sessionOpened') sessions.set(name, sessionsOf(name).add(event.session))
    if (event.kind === 'sessionEnded') {
      sessionsOf(name).delete(event.session)
      ended.set(name, event.at)
    }
    if (isElsewhere(options, host.pool, event.at) || !isOurs(event)) continue
    const { at, kind } = event
    if (kind !== 'startAccepted' && ended.get(name) === at)
      found.push({ rule: 'userDisturbed', at, subject: name, detail: `${kind} ended a session` })
    else if (sessionsOf(name).size > 0 || kind === 'messageSent')
      found.push({ rule: 'hostInUseTouched', at, subject: name, detail: `${kind} while somebody worked there` })
  }
  return found
}

/** What whoever is under test does to a host. Undraining it disturbs nobody. */
function isOurs(event: LedgerEvent): boolean {
  if (event.kind === 'drainSet') return event.by === undefined && !event.allowNewSession
  if (event.kind === 'startAccepted' || event.kind === 'deallocateAccepted') return event.by === undefined
  return event.kind === 'patchAccepted' || event.kind === 'rebooted' || event.kind === 'messageSent'
}

function hostOf(
  event: LedgerEvent,
  byVm: ReadonlyMap<string, StandbyHost>,
  byName: ReadonlyMap<string, StandbyHost>,
): StandbyHost | undefined {
  if ('pool' in event && 'host' in event) return byName.get(nameOf(event))
  return 'vm' in event ? byVm.get(event.vm.toLowerCase()) : undefined
}
