/** The end of a wake-up, written into the hosts' clocks; and what a failover takes over of it. */
import type { Instant } from '../core/time.ts'
import type { OperationSpec, Side } from '../machine/spec.ts'
import type { HostClock, LeftBehind, RepairOutcome, StartFailure, WakeOutcome } from '../model/host-clock.ts'
import { isProof, withHeartbeat } from '../model/proof.ts'
import type { Kept, OperationRecord, TaskRecord } from '../ports/operations.ts'
import type { World } from '../ports/world.ts'
import { endOf, type WakeResult, wakeResults } from './wake-result.ts'

const savesAtOnce = 16
/** Somebody else saving at the same moment is met this often before the sweep tries again. */
const attemptLimit = 5
/** A clock keeps the newest so many. */
const failuresKept = 10

/** May be repeated: a clock that knows of this end, or of a later one, stays as it is. */
export async function foldWakes(
  world: World,
  spec: OperationSpec,
  record: OperationRecord,
  tasks: readonly TaskRecord[],
): Promise<void> {
  const results = wakeResults(spec, record, tasks)
  for (let i = 0; i < results.length; i += savesAtOnce)
    await Promise.all(results.slice(i, i + savesAtOnce).map((result) => foldOne(world, record, result)))
}

const foldOne = (world: World, record: OperationRecord, result: WakeResult): Promise<void> =>
  change(world, record.pairId, result, (before) => folded(before, record, result))

/** Undefined: nothing to write. */
export function folded(
  before: HostClock | undefined,
  record: Pick<OperationRecord, 'id' | 'pairId' | 'createdAt' | 'state'>,
  result: WakeResult,
): HostClock | undefined {
  const at = endOf(record)
  const { pairId, createdAt: firstSeen } = record
  const { side, host } = result
  const clock: HostClock = before ?? { pairId, side, host, firstSeen, startFailures: [], left: [] }
  if (result.stage === 'putBack') return putBack(clock, record, result)
  if (result.stage === 'repair') return repaired(clock, record.id, result, at)
  if (clock.lastWake && clock.lastWake.at >= at) return undefined
  const { agentVersion, startFailure, outcome, detail, onFor } = result
  return {
    ...withLeft(clock, [...clock.left, ...result.left], at),
    ...proofOf(clock, result, at),
    ...(agentVersion !== undefined && { agentVersion }),
    startFailures: withFailure(clock.startFailures, startFailure),
    ...(result.started && { lastStart: result.started }),
    lastWake: {
      operationId: record.id,
      at,
      outcome: outcome as WakeOutcome,
      ...(detail !== undefined && { detail }),
      ...(onFor !== undefined && { onFor }),
    },
  }
}

/** A machine that has just registered has a token of full life: its first heartbeat is proof. */
function repaired(clock: HostClock, operationId: string, result: WakeResult, at: Instant): HostClock | undefined {
  if (clock.lastRepair && clock.lastRepair.at >= at) return undefined
  const { detail, vmId = '', agentVersion, provenAt = at } = result
  const outcome = result.outcome as RepairOutcome
  const proof = Math.min(provenAt, at)
  const beats = { from: Math.min(result.aliveSince ?? proof, proof), to: proof }
  return {
    ...withLeft(clock, [...clock.left, ...result.left], at),
    ...(outcome === 'repaired' && { lastProof: Math.max(clock.lastProof ?? 0, proof), beats }),
    ...(outcome === 'alive' && proofOf(clock, result, at)),
    ...(agentVersion !== undefined && { agentVersion }),
    ...(result.started && { lastStart: result.started }),
    lastRepair: { operationId, at, outcome, vmId, ...(detail !== undefined && { detail }) },
  }
}

/** Told again with the end of a retry it is no second one. */
function withFailure(
  before: HostClock['startFailures'],
  failure: StartFailure | undefined,
): HostClock['startFailures'] {
  if (!failure || before.some(({ at, code }) => at === failure.at && code === failure.code)) return before
  return [...before, failure].slice(-failuresKept)
}

/** Of a host that was switched on here the whole run is known, of another one a single heartbeat. */
function proofOf(
  clock: HostClock,
  { provenAt: seenAt, aliveSince }: WakeResult,
  at: Instant,
): Pick<HostClock, 'lastProof' | 'beats'> {
  if (seenAt === undefined) return {}
  // A clock of AVD's that runs ahead must not make a token last longer.
  const provenAt = Math.min(seenAt, at)
  if (aliveSince === undefined || !isProof(aliveSince, provenAt)) return withHeartbeat(clock, provenAt, true)
  return { lastProof: Math.max(clock.lastProof ?? 0, provenAt), beats: { from: aliveSince, to: provenAt } }
}

/** What was left after this operation had begun is not its to clear. */
function putBack(
  clock: HostClock,
  { createdAt }: Pick<OperationRecord, 'createdAt'>,
  { left }: WakeResult,
): HostClock | undefined {
  if (clock.left.length === 0 || (clock.leftSince ?? 0) > createdAt) return undefined
  return withLeft(clock, left, clock.leftSince ?? createdAt)
}

/**
 * Hosts that a wake-up had switched on and a failover let people onto are the failover's from now on: failback puts them to
 * rest. May be repeated.
 */
export async function adoptWakes(world: World, pairId: string, side: Side, kept: ReadonlySet<string>): Promise<void> {
  for (const { value } of await world.hosts.list(pairId)) {
    if (value.side !== side || value.left.length === 0 || !kept.has(value.host)) continue
    await change(world, pairId, value, (before) => before && withLeft(before, [], 0))
  }
}

/** Names of hosts that a wake-up has switched on and not off again. */
export async function hostsLeftOn(world: World, pairId: string, side: Side): Promise<readonly string[]> {
  const clocks = await world.hosts.list(pairId)
  return clocks.flatMap(({ value }) => (value.side === side && value.left.includes('deallocateVm') ? [value.host] : []))
}

function withLeft(clock: HostClock, left: readonly LeftBehind[], since: Instant): HostClock {
  const { leftSince, ...rest } = clock
  return left.length === 0
    ? { ...rest, left: [] }
    : { ...rest, left: [...new Set(left)], leftSince: leftSince ?? since }
}

async function change(
  { hosts }: World,
  pairId: string,
  { side, host }: Pick<HostClock, 'side' | 'host'>,
  make: (before: HostClock | undefined) => HostClock | undefined,
): Promise<void> {
  for (let attempt = 0; attempt < attemptLimit; attempt++) {
    const stored: Kept<HostClock> | undefined = await hosts.load(pairId, side, host)
    const clock = make(stored?.value)
    if (!clock || (await hosts.save(clock, stored?.etag)) !== undefined) return
  }
  throw new Error(`The clock of ${host} changes too fast`)
}
