/** Whether each pair could fail over, as the newest evaluation found it, and how old that is by now. */
import { type Instant, isoOf } from '../core/time.ts'
import type { EndedRun } from '../model/past.ts'
import type { DrPlan } from '../plan/schema.ts'
import type { World } from '../ports/world.ts'
import type { Can, CapacityProof, HistoryLine, PairReadiness } from '../readiness/readiness.ts'
import { readHistory, readLatest } from '../readiness/run-readiness.ts'

export type ReadinessSource = {
  readonly world: Pick<World, 'clock' | 'readiness'>
  readonly plan: DrPlan
}

/** Pairs in the plan's order; of one pair its history, too. Moments are ISO 8601, lengths milliseconds. Undefined: no such pair. */
export async function viewReadiness({ world, plan }: ReadinessSource, pairId?: string) {
  const asked = plan.pairs.map(({ id }) => id).filter((id) => pairId === undefined || id === pairId)
  if (asked.length === 0) return undefined
  const now = world.clock.now()
  const latest = await readLatest(world.readiness)
  const pairs = asked.map((id) => {
    const known = latest?.pairs.find((pair) => pair.pairId === id)
    return known ? pairView(known, plan, now) : notYet(id)
  })
  const history = pairId === undefined ? undefined : await readHistory(world.readiness, pairId)
  return { at: isoOf(now), pairs, ...(history && { history: history.map(lineView) }) }
}

/** Nobody has looked: that is no yes. */
const notYet = (pairId: string) => ({
  pairId,
  can: 'no' as const,
  notEvaluated: { reason: 'No inventory has seen this pair since readiness is evaluated.' },
})

function pairView(pair: PairReadiness, { limits }: DrPlan, now: Instant) {
  const { at, can, data, capacity, last, failure, ...rest } = pair
  const age = Math.max(0, now - data.takenAt)
  const isOld = age > limits.inventoryAge || failure !== undefined
  return {
    ...rest,
    evaluatedAt: isoOf(at),
    can: isOld ? lessened(can) : can,
    ...(failure !== undefined && { notEvaluated: { reason: failure } }),
    data: { ...data, takenAt: isoOf(data.takenAt), age, isOld },
    capacity: capacity.map(proofView),
    lastFailover: runView(last.failover),
    lastFailback: runView(last.failback),
    lastDrill: runView(last.drill),
  }
}

/** What was true once may not be so any more. */
const lessened = (can: Can): Can => (can === 'yes' ? 'yesBut' : can)

const runView = (run: EndedRun | undefined) => (run ? { ...run, at: isoOf(run.at) } : 'none on record')

const proofView = ({ lastStart, lastRefusal, ...proof }: CapacityProof) => ({
  ...proof,
  lastStart: lastStart ? { ...lastStart, at: isoOf(lastStart.at) } : 'none on record',
  ...(lastRefusal && { lastRefusal: { ...lastRefusal, at: isoOf(lastRefusal.at) } }),
})

const lineView = ({ at, ...line }: HistoryLine) => ({ at: isoOf(at), ...line })
