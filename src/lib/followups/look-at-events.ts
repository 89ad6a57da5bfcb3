/** Looks at what was told from outside, as long as it may still come true, and notes down the machines that failed over. */
import { idKey } from '../core/arm-id.ts'
import { type Instant, type Millis, seconds } from '../core/time.ts'
import type { Inventory } from '../model/inventory.ts'
import type { DrPlan, PlannedPair } from '../plan/schema.ts'
import type { SiteRecoveryEvent } from '../ports/follow-ups.ts'
import type { World } from '../ports/world.ts'
import { decideEvent } from './decide-event.ts'
import { machinesOf, type PairNow } from './machines.ts'
import { ownWorkOf } from './own-operations.ts'

export type EventWorld = Pick<
  World,
  'clock' | 'log' | 'events' | 'followUps' | 'operations' | 'reports' | 'active' | 'fleet'
>

const writesAtOnce = 16
/** One listing of items and one of jobs for each run of the timer, and none where somebody else has just made one. */
const listingAge: Millis = seconds(30)

/** The pairs of which machines are on their way at this moment. Ends early when `isLate`; the next run goes on. */
export async function lookAtEvents(
  world: EventWorld,
  plan: DrPlan,
  inventory: Inventory | undefined,
  isLate: () => boolean,
): Promise<ReadonlySet<string>> {
  const open = await world.events.open((error) => world.log.error('event unreadable', { message: error.message }))
  const underway = new Set<string>()
  if (open.length === 0) return underway
  const newest = Math.max(...open.map(({ value }) => value.receivedAt))
  const vaults = new Set(open.map(({ value }) => value.vaultId))
  const replicated = plan.pairs.filter(
    ({ vault }) => vault !== undefined && (vaults.has(undefined) || vaults.has(idKey(vault))),
  )
  const pairs = await Promise.all(replicated.map((pair) => pairNow(world, pair, inventory, newest)))
  for (let i = 0; i < open.length && !isLate(); i += writesAtOnce) {
    const some = open.slice(i, i + writesAtOnce)
    const found = await Promise.all(some.map(({ value, etag }) => settle(world, value, etag, pairs)))
    for (const pairId of found.flat()) underway.add(pairId)
  }
  return underway
}

async function pairNow(
  world: EventWorld,
  pair: PlannedPair,
  inventory: Inventory | undefined,
  newest: Instant,
): Promise<PairNow> {
  const vault = pair.vault ?? ''
  const notBefore = Math.max(newest + 1, world.clock.now() - listingAge)
  const [items, jobs, ownWork] = await Promise.all([
    world.fleet.replicatedItems(vault, notBefore),
    world.fleet.jobs(vault, notBefore),
    ownWorkOf(world, pair.id),
  ])
  const seen = inventory && Object.hasOwn(inventory.pairs, pair.id) ? inventory.pairs[pair.id] : undefined
  const known = seen?.primary.sessionHosts ?? seen?.secondary.sessionHosts
  // All or nothing: an item alone does not show that a job is at work on it.
  if (!known || items.kind !== 'ok' || jobs.kind !== 'ok') return { pair, listedAt: 0, ownWork }
  const listings = {
    hosts: known.map(({ name }) => name),
    items: [...items.value.value.values()],
    jobs: jobs.value.value,
  }
  const listedAt = Math.min(items.value.startedAt, jobs.value.startedAt)
  return { pair, machines: machinesOf(pair, listings), listedAt, ownWork }
}

/** Noted first: an event that is settled and saved is not looked at again. */
async function settle(
  { clock, log, events, followUps }: EventWorld,
  event: SiteRecoveryEvent,
  etag: string,
  pairs: readonly PairNow[],
): Promise<readonly string[]> {
  const { notes, event: after, underway } = decideEvent(event, pairs, clock.now())
  for (const followUp of notes) {
    if (!(await followUps.note(followUp))) continue
    const { pairId, id, host, side } = followUp
    log.info('extensions are to be restored', { pair: pairId, followUp: id, host, side, event: event.id })
  }
  const isNew = after.ended !== undefined || after.settled.length > event.settled.length
  if (isNew) await events.save(after, etag)
  if (after.ended) log.info('event is over', { event: event.id, what: event.what, how: after.ended.how })
  return underway
}
