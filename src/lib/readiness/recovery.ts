/** How long until whom: from milestones to batches of machines, their seats, and the users who are back. */
import type { Millis } from '../core/time.ts'
import type { OperationSpec, StageSpec } from '../machine/spec.ts'
import type { PairSeen } from '../model/inventory.ts'
import type { Eta, MilestoneName } from '../planning/preview.ts'
import { otherSide } from '../planning/situation.ts'
import type { Recovery, UserCount } from './readiness.ts'

/** `likely` and `cautious` are of the same spec. */
export function recoveryOf(spec: OperationSpec, seen: PairSeen, likely: Eta, cautious: Eta): Recovery {
  const desktops = spec.stages.find(({ name }) => name === 'desktops')
  const stage = desktops ?? spec.stages.find(({ name }) => name === 'capacity')
  const seatsEach = desktops ? 1 : seatsOfHost(spec, seen)
  const users = desktops ? assignedUsers(desktops) : sessionUsers(spec, seen)
  const batches = batchesOf(stage).map((machines, batch) => ({
    machines,
    seats: machines * seatsEach,
    likely: backAt(likely, stage, batch, desktops !== undefined),
    cautious: backAt(cautious, stage, batch, desktops !== undefined),
  }))
  const enough = batches.find(({ seats }) => seats >= users.count)
  return {
    unit: desktops ? 'desktops' : 'hosts',
    milestones: likely.milestones.map(({ name, at }) => ({ name, likely: at, cautious: timeOf(cautious, name) })),
    batches,
    users,
    ...(enough && { allUsersBack: { likely: enough.likely, cautious: enough.cautious } }),
    times: likely.times,
  }
}

/** Machines of all batches up to each one. */
function batchesOf(stage: StageSpec | undefined): readonly number[] {
  const count = stage?.tasks.length ?? 0
  const size = stage?.batchSize ?? count
  if (count === 0 || size === 0) return []
  return Array.from({ length: Math.ceil(count / size) }, (_, batch) => Math.min(count, (batch + 1) * size))
}

/** Users of a pool are let in when access is granted, and find the hosts that are ready by then. */
function backAt(eta: Eta, stage: StageSpec | undefined, batch: number, isDesktops: boolean): Millis {
  const interval = stage?.batchInterval ?? 0
  if (isDesktops) return timeOf(eta, 'firstDesktopBack') + batch * interval
  const ready = timeOf(eta, 'allHostsReady') - (eta.batches - 1 - batch) * interval
  return Math.max(timeOf(eta, 'accessGranted'), ready)
}

const timeOf = ({ milestones }: Eta, wanted: MilestoneName): Millis =>
  milestones.find(({ name }) => name === wanted)?.at ?? 0

const seatsOfHost = ({ target }: OperationSpec, seen: PairSeen): number => seen[target].hostPool?.maxSessionLimit ?? 0

const assignedUsers = ({ tasks }: StageSpec): UserCount => ({
  count: tasks.filter((one) => one.kind === 'desktop' && one.user !== undefined).length,
  from: 'assigned',
})

function sessionUsers({ target }: OperationSpec, { peaks = [], ...seen }: PairSeen): UserCount {
  const sessions = (seen[otherSide(target)].sessionHosts ?? []).reduce((sum, host) => sum + host.sessions, 0)
  const peak = peaks.reduce<{ day: string; sessions: number } | undefined>(
    (most, one) => (most === undefined || one.sessions > most.sessions ? one : most),
    undefined,
  )
  if (!peak || peak.sessions < sessions) return { count: sessions, from: 'sessions' }
  return { count: peak.sessions, from: 'peak', day: peak.day }
}
