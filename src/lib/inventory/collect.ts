/** Reads both sides of every pair, by lists. What cannot be read becomes a gap with its reason, never an empty list. */
import { idKey, sameId } from '../core/arm-id.ts'
import type { Answer } from '../core/fault.ts'
import type { Instant } from '../core/time.ts'
import type { ApplicationGroup, RecoveryPlan, ReplicatedItem } from '../model/azure.ts'
import type { ApplicationGroupSeen, Gap, Inventory, PairSeen, SideSeen } from '../model/inventory.ts'
import type { DrPlan, PlannedPair, PlannedSide } from '../plan/schema.ts'
import { hostPoolIdOf } from '../planning/situation.ts'
import type { Gateways } from '../ports/gateways.ts'
import { believed } from './believe.ts'
import { reasonOf } from './gap-reason.ts'
import { type PairReading, readExtensions } from './read-extensions.ts'
import { type RoomReading, readRoom } from './read-room.ts'
import { createReader, type Reader } from './reader.ts'

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
  return { v: 1, takenAt: now, pairs: Object.fromEntries(pairs) }
}

async function readPair(reading: PairReading, old: PairSeen | undefined): Promise<PairSeen> {
  const { gateways, reader, pair } = reading
  const { vault } = pair
  const readItems = (id: string) =>
    reader(`items ${id}`, () => believed(() => gateways.siteRecovery.items(id), byId(old?.replicatedItems)))
  const items = vault === undefined ? undefined : readItems(vault)
  const [primary, secondary, replicatedItems, recoveryPlans, roles, extensions] = await Promise.all([
    readSide(gateways, reader, pair.primary, old?.primary),
    readSide(gateways, reader, pair.secondary, old?.secondary),
    items,
    items && vault !== undefined && readRecoveryPlans(reading, vault, items, old),
    readRoles(gateways, reader, pair),
    items && readExtensions(reading, items, old?.extensions),
  ])
  const { seen, gaps } = sort({
    ...(replicatedItems ? { replicatedItems } : {}),
    ...(recoveryPlans ? { recoveryPlans } : {}),
    rolesThatUseApplications: roles,
  })
  const sides = await withRoom(reading, { primary, secondary, ...seen }, old)
  if (!extensions) return { ...sides, ...seen, gaps }
  const { seen: kept, gap } = extensions
  return { ...sides, ...seen, ...(kept && { extensions: kept }), gaps: gap ? [...gaps, gap] : gaps }
}

/** Behind the lists, since they say which places to look at. */
async function withRoom(
  { gateways, reader, pair }: PairReading,
  seen: RoomReading['seen'],
  old: PairSeen | undefined,
): Promise<Pick<PairSeen, 'primary' | 'secondary'>> {
  const rooms = { gateways, reader, pair, seen, old }
  const read = async (side: 'primary' | 'secondary'): Promise<SideSeen> => {
    const room = sort(await readRoom(rooms, pair[side]))
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

async function readSide(
  gateways: Gateways,
  reader: Reader,
  side: PlannedSide,
  old: SideSeen | undefined,
): Promise<SideSeen> {
  const { avd, compute } = gateways
  const { subscription, region } = side
  const pool = hostPoolIdOf(side)
  const machines = side.vmResourceGroup ?? side.resourceGroup
  const [hostPool, sessionHosts, vms, applicationGroups, scalingPlans, quotas] = await Promise.all([
    reader(`hostPool ${pool}`, () => avd.hostPool(pool)),
    reader(`sessionHosts ${pool}`, () => believed(() => avd.sessionHosts(pool), byName(old?.sessionHosts))),
    reader(`vms ${subscription} ${machines}`, () =>
      believed(() => compute.vms(subscription, machines), byId(old?.vms)),
    ),
    readApplicationGroups(gateways, reader, side, old?.applicationGroups),
    reader(`scalingPlans ${pool}`, () => avd.scalingPlans(pool)),
    reader(`quotas ${subscription} ${region}`, () => compute.quotas(subscription, region)),
  ])
  const { seen, gaps } = sort({ hostPool, sessionHosts, vms, applicationGroups, scalingPlans, quotas })
  return { ...seen, gaps }
}

const byId = <E extends { readonly id: string }>(old: readonly E[] | undefined) => ({
  keyOf: ({ id }: E) => idKey(id),
  last: old,
})

const byName = <E extends { readonly name: string }>(old: readonly E[] | undefined) => ({
  keyOf: ({ name }: E) => name,
  last: old,
})

/**
 * With their assignments: a group whose assignments are unknown would look as if nobody had access. Those are read twice
 * every time: the ones that were made a minute ago are in no inventory yet, and could be missing without a trace.
 */
async function readApplicationGroups(
  { avd, access }: Gateways,
  reader: Reader,
  side: PlannedSide,
  old: readonly ApplicationGroupSeen[] | undefined,
): Promise<Answer<readonly ApplicationGroupSeen[]>> {
  const { subscription } = side
  const resourceGroup = side.applicationGroups ?? side.resourceGroup
  const all = await reader(`applicationGroups ${subscription} ${resourceGroup}`, () =>
    believed(() => avd.applicationGroups(subscription, resourceGroup), byId<ApplicationGroup>(old)),
  )
  if (all.kind !== 'ok') return all
  const own = all.value.filter(({ hostPoolId }) => sameId(hostPoolId, hostPoolIdOf(side)))
  const answers = await Promise.all(
    own.map(async (group) => ({
      group,
      answer: await reader(`assignments ${group.id}`, () =>
        believed(() => access.assignments(group.id), { ...byId(assignmentsOf(group, old)), isDoubted: true }),
      ),
    })),
  )
  const groups: ApplicationGroupSeen[] = []
  for (const { group, answer } of answers) {
    if (answer.kind !== 'ok') return answer
    groups.push({ ...group, assignments: answer.value })
  }
  return { kind: 'ok', value: groups }
}

const assignmentsOf = ({ id }: ApplicationGroup, old: readonly ApplicationGroupSeen[] | undefined) =>
  old?.find((group) => sameId(group.id, id))?.assignments

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

type Answers = Readonly<Record<string, Answer<unknown>>>
type Seen<T extends Answers> = { readonly [K in keyof T]?: T[K] extends Answer<infer V> ? V : never }

/** Values under their names, failures as gaps of the same names. */
function sort<T extends Answers>(answers: T): { readonly seen: Seen<T>; readonly gaps: readonly Gap[] } {
  const seen: Record<string, unknown> = {}
  const gaps: Gap[] = []
  for (const [what, answer] of Object.entries(answers)) {
    if (answer.kind === 'ok') seen[what] = answer.value
    else gaps.push({ what, reason: reasonOf(answer.fault) })
  }
  return { seen: seen as Seen<T>, gaps }
}
