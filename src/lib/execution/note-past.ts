/** What an operation that is over tells those that come after it. */
import type { OperationKind } from '../core/operation-kind.ts'
import type { OperationSpec } from '../machine/spec.ts'
import type { EndedRun } from '../model/past.ts'
import { withRun } from '../planning/measured.ts'
import type { OperationRecord, TaskRecord } from '../ports/operations.ts'
import type { World } from '../ports/world.ts'
import type { PartLengths } from './part-lengths.ts'

/** Those that move users, or practise it. */
const remembered: ReadonlySet<OperationKind> = new Set(['failover', 'failback', 'drill'])

/** Somebody else saving at the same moment is met this often before the sweep tries again. */
const attemptLimit = 5

/** May be repeated. */
export async function notePast(
  { past }: Pick<World, 'past'>,
  spec: OperationSpec,
  record: OperationRecord,
  tasks: readonly TaskRecord[],
  lengths: PartLengths,
): Promise<void> {
  const { id: operationId, kind, pairId, state, createdAt } = record
  if (state.outcome === 'refused') return
  const at = state.endedAt ?? createdAt
  const run = { operationId, kind, at, parts: lengths.samples(record) }
  const ended = remembered.has(kind) ? endedOf(spec, record, tasks) : undefined
  if (!ended && Object.keys(run.parts).length === 0) return
  for (let attempt = 0; attempt < attemptLimit; attempt++) {
    const stored = await past.load(pairId)
    const isSame = stored?.value.strategy === spec.strategy
    const before = isSame ? stored.value : { pairId, strategy: spec.strategy, last: {}, measured: [] }
    if ((await past.save(withRun(before, run, ended), stored?.etag)) !== undefined) return
  }
  throw new Error(`What is known of pair ${pairId} changes too fast`)
}

function endedOf(
  spec: OperationSpec,
  { id: operationId, state, createdAt }: OperationRecord,
  tasks: readonly TaskRecord[],
): EndedRun {
  const at = state.endedAt ?? createdAt
  const arrived = tasks.filter(
    ({ stage, state: task }) =>
      (stage === 'desktops' || stage === 'capacity') &&
      task.status === 'over' &&
      (task.outcome === 'succeeded' || task.outcome === 'degraded'),
  ).length
  const { primaryIsDown } = spec
  const outcome = state.outcome ?? 'running'
  return { operationId, at, outcome, duration: at - state.startedAt, primaryIsDown, arrived }
}
