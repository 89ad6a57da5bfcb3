/** After every inventory: all rules over every pair, what became of their findings, and the word of it. */
import type { OperationKind } from '../core/operation-kind.ts'
import type { Instant } from '../core/time.ts'
import type { Inventory } from '../model/inventory.ts'
import type { DrPlan, PlannedPair } from '../plan/schema.ts'
import type { EvaluationRecord, FindingRecord, FindingsOfPair } from '../ports/findings.ts'
import type { PairRecord } from '../ports/operations.ts'
import type { World } from '../ports/world.ts'
import { contextOfPair } from './context-of.ts'
import { type Evaluation, evaluate } from './evaluate.ts'
import { evaluatedOf } from './evaluated.ts'
import { foldFindings } from './fold-findings.ts'
import type { Rule, RuleContext } from './rule.ts'
import { messageOf, tell, tellPending } from './tell-findings.ts'
import { waiverOf } from './waivers.ts'

export type Drift = {
  readonly world: Pick<World, 'clock' | 'log' | 'pairs' | 'hosts' | 'findings' | 'notifications'>
  readonly plan: DrPlan
  readonly place?: RuleContext['app'] | undefined
  /** Of the pairs before the inventory was read (`readPairs`). */
  readonly before: ReadonlyMap<string, PairRecord>
  readonly rules?: readonly Rule[]
  /** What goes by fresh findings. Its trouble is logged and hurts nothing here. */
  readonly evaluated?: (one: Evaluated) => Promise<void>
}

export type Evaluated = {
  readonly pair: PlannedPair
  readonly context: RuleContext
  readonly evaluation: Evaluation
  /** As they are on record now. */
  readonly findings: readonly FindingRecord[]
}

/** Never rejects. One pair's trouble is not another's. */
export async function runDrift(drift: Drift, inventory: Inventory): Promise<void> {
  const { world, plan } = drift
  for (const pair of plan.pairs) {
    try {
      await runPair(drift, pair, inventory)
    } catch (error) {
      const reason = messageIn(error)
      world.log.error('rules failed', { pair: pair.id, message: reason })
      await noteFailure(world, pair.id, reason)
    }
  }
}

/** Before an inventory is read, so that one that was read while a pair was moved is known. */
export async function readPairs({ world, plan }: Pick<Drift, 'world' | 'plan'>): Promise<Drift['before']> {
  const pairs = new Map<string, PairRecord>()
  for (const { id } of plan.pairs) {
    const stored = await world.pairs.load(id).catch(() => undefined)
    if (stored) pairs.set(id, stored.value)
  }
  return pairs
}

async function runPair(drift: Drift, pair: PlannedPair, inventory: Inventory): Promise<void> {
  const { world, plan, place } = drift
  const loaded = await world.findings.load(pair.id, ({ message }) => world.log.error('finding unreadable', { message }))
  const pending = await tellPending(world, loaded)
  // A message that is on its way out, or an evaluation of somebody who was faster: the result is theirs.
  if (!pending || isOlder(inventory, pending.evaluation)) return
  const { value: pairState } = await world.pairs.load(pair.id)
  const clocks = (await world.hosts.list(pair.id).catch(() => undefined))?.map(({ value }) => value)
  const now = world.clock.now()
  const context = contextOfPair({ plan, pair, inventory, pairState, clocks, place, now })
  const reason = context ? reasonToWait(drift.before.get(pair.id), pairState) : 'The inventory has not seen this pair.'
  if (!context || reason !== undefined) return noteSkipped(world, pending, reason ?? '', now)
  await foldAndTell(drift, pending, { pair, context, evaluation: evaluate(context, drift.rules) })
}

async function foldAndTell(
  { world, plan, evaluated }: Drift,
  { etag, findings: kept }: FindingsOfPair,
  { pair, context, evaluation }: Omit<Evaluated, 'findings'>,
): Promise<void> {
  const { now, takenAt } = context
  const fold = foldFindings({
    pairId: pair.id,
    kept,
    evaluation,
    waiverOf: (finding) => waiverOf(plan, pair.id, finding, now),
    now,
  })
  const message = messageOf(pair.id, now, fold.changes)
  const record: EvaluationRecord = {
    pairId: pair.id,
    evaluated: evaluatedOf(evaluation, fold.findings, { at: now, takenAt }),
    ...(message && { untold: { at: now, message } }),
  }
  const saved = await world.findings.save(record, etag, fold.changed)
  if (saved === undefined) return
  if (message) world.log.warn('findings changed', { pair: pair.id, changes: fold.changes.length })
  await tell(world, { evaluation: record, etag: saved, findings: fold.findings })
  await world.findings.forget(pair.id, fold.forgotten)
  await evaluated?.({ pair, context, evaluation, findings: fold.findings }).catch((error) =>
    world.log.error('what goes by findings failed', { pair: pair.id, message: messageIn(error) }),
  )
}

const isOlder = ({ takenAt }: Inventory, { evaluated }: EvaluationRecord): boolean =>
  evaluated !== undefined && evaluated.takenAt > takenAt

/** These change what rules compare: half of it would be found, and told, of something that is on its way. */
const moving: readonly OperationKind[] = ['failover', 'failback', 'drill', 'align']

function reasonToWait(before: PairRecord | undefined, after: PairRecord): string | undefined {
  const held = [before, after].find((one) => one?.heldBy && moving.includes(one.heldBy.kind))?.heldBy
  if (held) return `${held.operationId} was at work on the pair while it was looked at.`
  if (before && (before.activeSide !== after.activeSide || !isSameHand(before, after)))
    return 'The pair changed hands while it was looked at.'
  return undefined
}

/** Taken once, by what holds it still and moves nothing, is as good as not taken. */
const isSameHand = (before: PairRecord, after: PairRecord): boolean =>
  before.epoch === after.epoch || (after.heldBy !== undefined && after.epoch === before.epoch + 1)

/** Whoever saves meanwhile has something newer to say. */
async function noteSkipped(world: Drift['world'], pair: FindingsOfPair, reason: string, at: Instant): Promise<void> {
  await world.findings.save({ ...pair.evaluation, skipped: { at, reason } }, pair.etag, [])
  world.log.info('rules not evaluated', { pair: pair.evaluation.pairId, reason })
}

/** Storage itself may be the trouble. */
async function noteFailure({ findings, clock, log }: Drift['world'], pairId: string, reason: string): Promise<void> {
  try {
    const stored = await findings.evaluation(pairId)
    const skipped = { at: clock.now(), reason: reason.slice(0, 300) }
    await findings.save({ ...(stored?.value ?? { pairId }), skipped }, stored?.etag, [])
  } catch (error) {
    log.error('failure of rules not kept', { pair: pairId, message: messageIn(error) })
  }
}

const messageIn = (error: unknown): string => (error instanceof Error ? error.message : String(error))
