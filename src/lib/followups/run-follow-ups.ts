/** One run of the timer: looks at what was told, begins the work that waits, and reminds of what a person has to do. */
import { type Instant, type Millis, minutes, seconds } from '../core/time.ts'
import { rank } from '../machine/spec.ts'
import type { Inventory } from '../model/inventory.ts'
import type { DrPlan, PlannedPair } from '../plan/schema.ts'
import type { FollowUp, Stored } from '../ports/follow-ups.ts'
import type { World } from '../ports/world.ts'
import { itemsByVm } from './items.ts'
import { type EventWorld, lookAtEvents } from './look-at-events.ts'
import { type RemindWorld, remind } from './remind.ts'
import { type ItemsOf, settleWork } from './settle-work.ts'
import { type Engine, type StartWorld, startWork, type Work } from './start-work.ts'

export type FollowUps = {
  readonly world: EventWorld & RemindWorld & StartWorld & Pick<World, 'pacers'>
  readonly plan: DrPlan
  readonly engine: Engine
  /** The newest one; undefined: none has been taken yet. */
  readonly inventory: () => Promise<Inventory | undefined>
  /** Takes one now. */
  readonly takeInventory: () => Promise<Inventory>
}

/** A process that dies holds the others up for so long. Two at once do no harm: all that counts is saved by etag. */
export const followUpLease: Millis = minutes(2)
/** Whoever waits for a vault that protects again asks no more often (facts of the vault change slowly). */
const itemsAge: Millis = minutes(5)
/** So long, and no longer, the first machine waits for others that are on their way. */
const gatherFor: Millis = minutes(5)
/** What is left then is for the next run. */
const runFor: Millis = seconds(50)

export async function runFollowUps(given: FollowUps): Promise<void> {
  const lease = await takeLease(given.world)
  if (lease === undefined) return
  try {
    await run(given)
  } finally {
    await given.world.pacers.replace(leaseRow(0), lease)
  }
}

async function run(given: FollowUps): Promise<void> {
  const { world, plan } = given
  const startedAt = world.clock.monotonic()
  const isLate = () => world.clock.monotonic() - startedAt > runFor
  const inventory = await given.inventory()
  const underway = await lookAtEvents(world, plan, inventory, isLate)
  const open = await openFollowUps(world)
  const byPair = Map.groupBy(open, ({ value }) => value.pairId)
  const fresh = freshInventory(given, inventory)
  for (const [pairId, followUps] of byPair) {
    if (isLate()) return
    try {
      await runPair(given, pairId, followUps, { fresh, isUnderway: underway.has(pairId) })
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      world.log.error('waiting work of a pair could not be looked after', { pair: pairId, message })
    }
  }
}

const openFollowUps = ({ followUps, log }: FollowUps['world']) =>
  followUps.open((error) => log.error('waiting work unreadable', { message: error.message }))

async function runPair(
  { world, plan, engine }: FollowUps,
  pairId: string,
  followUps: readonly Stored<FollowUp>[],
  { fresh, isUnderway }: { readonly fresh: Fresh; readonly isUnderway: boolean },
): Promise<void> {
  const pair = plan.pairs.find(({ id }) => id === pairId)
  const now = world.clock.now()
  // It may be back with the next plan.
  if (!pair) return world.log.warn('waiting work of a pair that the plan does not have', { pair: pairId })
  const itemsOf = await listItems(world, pair, Math.max(...followUps.map(({ value }) => value.createdAt)))
  const { commitReminder: reminders = [], ...others } = Object.groupBy(followUps, ({ value }) => value.kind)
  await remind(world, pair, reminders, itemsOf)
  const work = [...(others.restoreExtensions ?? []), ...(others.reprotect ?? [])]
  const rest = await settleWork(world, pair, work, itemsOf)
  // One operation holds a pair: what runs, runs on, and others wait until it is over, unless they are of a higher rank.
  const running = rest.filter(({ value }) => value.operationId !== undefined)
  const due = worksOf(rest.filter(({ value }) => value.operationId === undefined && value.notBefore <= now))
  const [next] = due.filter(({ kind }) => running.every(({ value }) => rankOf(value) > rank[kind]))
  if (!next || (isUnderway && mayGather(next, now))) return
  const newest = Math.max(...next.followUps.map(({ value }) => value.createdAt))
  await startWork(world, engine, next, await fresh(newest))
}

/** An operation that begins with the first machine of a failover would keep the others waiting until it is over. */
const mayGather = ({ kind, followUps }: Work, now: Instant): boolean =>
  kind === 'restoreExtensions' && followUps.every(({ value }) => value.createdAt + gatherFor > now)

const rankOf = ({ kind }: FollowUp): number => (kind === 'commitReminder' ? Number.POSITIVE_INFINITY : rank[kind])

/** The most important first, the side with the most hosts before the other. */
function worksOf(due: readonly Stored<FollowUp>[]): readonly Work[] {
  const groups = Map.groupBy(due, ({ value }) => `${value.kind}/${value.side}`)
  const works = [...groups.values()].flatMap((followUps): readonly Work[] => {
    const [first] = followUps
    if (!first || first.value.kind === 'commitReminder') return []
    const { pairId, kind, side } = first.value
    return [{ pairId, kind, side, followUps }]
  })
  return works.sort((a, b) => rank[a.kind] - rank[b.kind] || b.followUps.length - a.followUps.length)
}

/** An older listing could not have seen what the newest work is about. */
async function listItems(
  { fleet, clock }: FollowUps['world'],
  pair: PlannedPair,
  newest: Instant,
): Promise<ItemsOf | undefined> {
  const { vault } = pair
  if (vault === undefined) return undefined
  const listed = await fleet.replicatedItems(vault, Math.max(clock.now() - itemsAge, newest + 1))
  if (listed.kind !== 'ok' || listed.value.startedAt <= newest) return undefined
  const byVm = itemsByVm([...listed.value.value.values()], pair)
  return (vm) => byVm.get(vm) ?? []
}

type Fresh = (since: Instant) => Promise<Inventory>

/** At most one inventory is taken in a run, and none where the newest has seen everything. */
function freshInventory({ takeInventory }: FollowUps, first: Inventory | undefined): Fresh {
  let inventory = first
  let isTaken = false
  return async (since) => {
    if (inventory && (inventory.takenAt >= since || isTaken)) return inventory
    isTaken = true
    inventory = await takeInventory()
    return inventory
  }
}

const leaseRow = (until: Instant) => ({ pk: 'leases', rk: 'follow-ups', value: { until } })

async function takeLease({ pacers, clock }: FollowUps['world']): Promise<string | undefined> {
  const now = clock.now()
  const stored = await pacers.get('leases', 'follow-ups')
  const row = leaseRow(clock.latest() + followUpLease)
  if (!stored) return pacers.insert(row)
  const { until } = stored.value
  return typeof until === 'number' && until > now ? undefined : pacers.replace(row, stored.etag)
}
