/** After every inventory: whether each pair could fail over, kept, with its history. */
import { contextOfPair } from '../drift/context-of.ts'
import type { Evaluation } from '../drift/evaluate.ts'
import type { RuleContext } from '../drift/rule.ts'
import { driftNow, driftSeen } from '../drift/to-planning.ts'
import type { Inventory } from '../model/inventory.ts'
import type { PastOfPair } from '../model/past.ts'
import type { DrPlan, PlannedPair } from '../plan/schema.ts'
import type { World } from '../ports/world.ts'
import { assess, moveOf } from './assess.ts'
import { isNews, lineOf, withLine } from './history.ts'
import type { HistoryLine, LatestReadiness, PairReadiness } from './readiness.ts'

export type ReadinessRun = {
  readonly world: Pick<World, 'clock' | 'log' | 'pairs' | 'hosts' | 'past' | 'readiness'>
  readonly plan: DrPlan
  readonly place?: RuleContext['app'] | undefined
  /** Of this very inventory, by pair, where rules have been asked already. */
  readonly evaluations?: ReadonlyMap<string, { readonly context: RuleContext; readonly evaluation: Evaluation }>
}

export const latestName = 'latest.json'
export const historyName = (pairId: string): string => `history-${pairId}.json`

/**
 * Never rejects. Two processes at once write the same, or nearly: what comes last stays, and a line of history may be there
 * twice or be missing.
 */
export async function runReadiness(run: ReadinessRun, inventory: Inventory): Promise<void> {
  const { world, plan } = run
  try {
    const before = await readLatest(world.readiness)
    const pasts = await world.past.all()
    const pairs: PairReadiness[] = []
    for (const pair of plan.pairs) {
      const known = before?.pairs.find(({ pairId }) => pairId === pair.id)
      const now = await assessOne(run, pair, inventory, pasts, known)
      if (!now) continue
      pairs.push(now)
      if (now.failure === undefined) await keepLine(world.readiness, known, now)
    }
    const latest: LatestReadiness = { v: 1, at: world.clock.now(), pairs }
    await world.readiness.put(latestName, JSON.stringify(latest))
  } catch (error) {
    world.log.error('readiness not kept', { message: messageIn(error) })
  }
}

export async function readLatest(blobs: World['readiness']): Promise<LatestReadiness | undefined> {
  const text = await blobs.get(latestName)
  return text === undefined ? undefined : (JSON.parse(text) as LatestReadiness)
}

export async function readHistory(blobs: World['readiness'], pairId: string): Promise<readonly HistoryLine[]> {
  const text = await blobs.get(historyName(pairId))
  return text === undefined ? [] : (JSON.parse(text) as readonly HistoryLine[])
}

/** One pair's trouble is not another's: what was known of it stays, and says that it is old. */
async function assessOne(
  { world, plan, place, evaluations }: ReadinessRun,
  pair: PlannedPair,
  inventory: Inventory,
  pasts: readonly PastOfPair[],
  known: PairReadiness | undefined,
): Promise<PairReadiness | undefined> {
  try {
    const { value: pairState } = await world.pairs.load(pair.id)
    const clocks = (await world.hosts.list(pair.id).catch(() => undefined))?.map(({ value }) => value)
    const now = world.clock.now()
    const context = contextOfPair({ plan, pair, inventory, pairState, clocks, place, now })
    if (!context) return undefined
    const evaluated = evaluations?.get(pair.id)
    const past = pasts.find(({ pairId }) => pairId === pair.id)
    const asked = { kind: moveOf(pairState) }
    const drift = evaluated ? driftSeen(context, evaluated.evaluation, asked) : driftNow(context, past, asked)
    return assess({ context, inventory, drift, pasts })
  } catch (error) {
    const failure = messageIn(error)
    world.log.error('readiness not evaluated', { pair: pair.id, message: failure })
    return known && { ...known, failure: failure.slice(0, 300) }
  }
}

/** Before the newest evaluation: whoever is cut off in between writes the line again, and never not at all. */
async function keepLine(
  blobs: World['readiness'],
  before: PairReadiness | undefined,
  now: PairReadiness,
): Promise<void> {
  const line = lineOf(now)
  if (!isNews(before && lineOf(before), line)) return
  const lines = await readHistory(blobs, now.pairId)
  await blobs.put(historyName(now.pairId), JSON.stringify(withLine(lines, line)))
}

const messageIn = (error: unknown): string => (error instanceof Error ? error.message : String(error))
