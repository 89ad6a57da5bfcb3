/** Reads both sides of every pair and what they stand on, by lists. What cannot be read becomes a gap with its reason, never an empty list. */
import type { Answer } from '../core/fault.ts'
import type { Instant } from '../core/time.ts'
import type { RecoveryPlan, ReplicatedItem } from '../model/azure.ts'
import type { Inventory, PairSeen, SideSeen } from '../model/inventory.ts'
import type { DrPlan, PlannedPair } from '../plan/schema.ts'
import type { Gateways } from '../ports/gateways.ts'
import { believed } from './believe.ts'
import { byId } from './known.ts'
import { nextPeaks } from './peaks.ts'
import { readEstate } from './read-estate.ts'
import { type PairReading, readExtensions } from './read-extensions.ts'
import { type RoomReading, readRoom } from './read-room.ts'
import { readSide } from './read-side.ts'
import { createReader, type Reader } from './reader.ts'
import { sortAnswers } from './sort-answers.ts'

/**
 * `takenAt` is the moment reading began. A side that never answers costs its calls' deadlines, not more. Lists that lack
 * what was there `before` are read again.
 */
export async function collectInventory({
  gateways,
  plan,
  now,
  before,
}: {
  readonly gateways: Gateways
  readonly plan: DrPlan
  readonly now: Instant
  readonly before: Inventory | undefined
}): Promise<Inventory> {
  const reader = createReader()
  const pairs = await Promise.all(
    plan.pairs.map(async (pair) => {
      const old = before && Object.hasOwn(before.pairs, pair.id) ? before.pairs[pair.id] : undefined
      return [pair.id, await readPair({ gateways, reader, plan, pair, takenAt: now }, old)] as const
    }),
  )
  const seen = Object.fromEntries(pairs)
  const estate = await readEstate({ gateways, reader, plan, pairs: seen, old: before?.estate })
  return { v: 1, takenAt: now, estate, pairs: seen }
}

async function readPair(reading: PairReading, old: PairSeen | undefined): Promise<PairSeen> {
  const { gateways, reader, plan, pair } = reading
  const { vault } = pair
  const readItems = (id: string) =>
    reader(`items ${id}`, () => believed(() => gateways.siteRecovery.items(id), byId(old?.replicatedItems)))
  const items = vault === undefined ? undefined : readItems(vault)
  const [primary, secondary, replicatedItems, recoveryPlans, roles, extensions] = await Promise.all([
    readSide({ gateways, reader, plan, side: pair.primary, old: old?.primary }),
    readSide({ gateways, reader, plan, side: pair.secondary, old: old?.secondary }),
    items,
    items && vault !== undefined && readRecoveryPlans(reading, vault, items, old),
    readRoles(gateways, reader, pair),
    items && readExtensions(reading, items, old?.extensions),
  ])
  const { seen, gaps } = sortAnswers({
    ...(replicatedItems ? { replicatedItems } : {}),
    ...(recoveryPlans ? { recoveryPlans } : {}),
    rolesThatUseApplications: roles,
  })
  const sides = await withRoom(reading, { primary, secondary, ...seen }, old)
  const peaks = nextPeaks(old?.peaks, pair, sides, reading.takenAt)
  if (!extensions) return { ...sides, ...seen, peaks, gaps }
  const { seen: kept, gap } = extensions
  return { ...sides, ...seen, peaks, ...(kept && { extensions: kept }), gaps: gap ? [...gaps, gap] : gaps }
}

/** Behind the lists, since they say which places to look at. */
async function withRoom(
  { gateways, reader, pair }: PairReading,
  seen: RoomReading['seen'],
  old: PairSeen | undefined,
): Promise<Pick<PairSeen, 'primary' | 'secondary'>> {
  const rooms = { gateways, reader, pair, seen, old }
  const read = async (side: 'primary' | 'secondary'): Promise<SideSeen> => {
    const room = sortAnswers(await readRoom(rooms, pair[side]))
    return { ...seen[side], ...room.seen, gaps: [...seen[side].gaps, ...room.gaps] }
  }
  const [primary, secondary] = await Promise.all([read('primary'), read('secondary')])
  return { primary, secondary }
}

/** Only where there is a consistency group, which nothing but a plan fails over. */
async function readRecoveryPlans(
  { gateways, reader }: PairReading,
  vault: string,
  items: Promise<Answer<readonly ReplicatedItem[]>>,
  old: PairSeen | undefined,
): Promise<Answer<readonly RecoveryPlan[]> | undefined> {
  const answer = await items
  if (answer.kind !== 'ok' || !answer.value.some(({ multiVmGroup }) => multiVmGroup)) return undefined
  return reader(`recoveryPlans ${vault}`, () =>
    believed(() => gateways.siteRecovery.recoveryPlans(vault), byId(old?.recoveryPlans)),
  )
}

/** Custom roles may exist in one subscription and not in the other: those of both count. */
async function readRoles({ access }: Gateways, reader: Reader, pair: PlannedPair): Promise<Answer<readonly string[]>> {
  const subscriptions = [...new Set([pair.primary.subscription, pair.secondary.subscription])]
  const answers = await Promise.all(
    subscriptions.map((subscription) =>
      reader(`roles ${subscription}`, () => access.rolesThatUseApplications(`/subscriptions/${subscription}`)),
    ),
  )
  const failed = answers.find(({ kind }) => kind !== 'ok')
  if (failed) return failed
  const roles = answers.flatMap((answer) => (answer.kind === 'ok' ? answer.value : []))
  return { kind: 'ok', value: [...new Set(roles)].sort() }
}
