/**
 * Grants begins of paced steps: never more than `batchSize` accepted in any `batchInterval`, per limiter, across
 * operations, retries, pauses and processes (design rule 8).
 *
 * A limiter has `batchSize` slots, one row each. A slot is free again `batchInterval` after its own begin was answered;
 * until the answer is on record it counts from the latest moment the begin could have been accepted.
 */
import { type Clock, type Instant, type Millis, seconds } from '../core/time.ts'
import type { Json, Stored, Table } from '../ports/storage.ts'

/** A begin is never sent later than this after its grant (design rule 8). */
export const grantLife: Millis = seconds(10)
/** A call to Azure is cut off after this (design rule 4). */
export const callDeadline: Millis = seconds(10)
/** Slots tried one after the other when others take them from under us. */
const contentionLimit = 8

export type Limiter = {
  /** `failovers:<subscription>/<region>` */
  readonly key: string
  readonly batchSize: number
  readonly batchInterval: Millis
}

export type Grant = {
  readonly limiter: Limiter
  readonly slots: readonly TakenSlot[]
  readonly holder: string
  readonly grantedAt: Instant
}

type TakenSlot = { readonly slot: string; readonly etag: string }

export type Granted =
  | { readonly kind: 'granted'; readonly grant: Grant }
  | { readonly kind: 'full'; readonly freeAt: Instant }

type Slot = { readonly slot: string; readonly freeAt: Instant; readonly etag?: string }

/**
 * `home`: the slot to try first; whoever has a place of his own needs one read and one write. A begin for several takes
 * `count` slots, all or none: never more than the limiter has.
 */
export async function acquire(
  table: Table,
  clock: Clock,
  limiter: Limiter,
  holder: string,
  home: number,
  count = 1,
): Promise<Granted> {
  if (count > limiter.batchSize) throw new Error(`${holder} wants ${count} slots of ${limiter.batchSize}`)
  if (count > 1) return acquireSeveral(table, clock, limiter, holder, count)
  const slot = slotName(home % limiter.batchSize)
  const stored = await table.get(limiter.key, slot)
  const own = slotOf(slot, stored)
  if (own.freeAt <= clock.now()) {
    const taken = await take(table, clock, limiter, own, holder)
    if (taken) return granted(clock, limiter, holder, [taken])
  }
  return acquireAny(table, clock, limiter, holder)
}

/** Azure has accepted the begin (or may have, by now at the latest): the slot is free an interval after this moment. */
export const answered = (table: Table, clock: Clock, grant: Grant): Promise<void> =>
  release(table, grant, roundUp(clock.latest()) + grant.limiter.batchInterval)

/** The begin was not sent or was refused: the slot is free at once. */
export const giveBack = (table: Table, grant: Grant): Promise<void> => release(table, grant, 0)

async function release(table: Table, { limiter, slots, holder }: Grant, freeAt: Instant): Promise<void> {
  await Promise.all(
    slots.map(async ({ slot, etag }) => {
      const left = await table.replace(rowOf(limiter, slot, holder, freeAt), etag)
      remember(table, limiter, slot, left === undefined ? undefined : { slot, freeAt, etag: left })
    }),
  )
}

const granted = (clock: Clock, limiter: Limiter, holder: string, slots: readonly TakenSlot[]): Granted => ({
  kind: 'granted',
  grant: { limiter, slots, holder, grantedAt: clock.now() },
})

/** Side by side, for the grant does not live long; what was taken in vain is given back. */
async function acquireSeveral(
  table: Table,
  clock: Clock,
  limiter: Limiter,
  holder: string,
  count: number,
): Promise<Granted> {
  const slots = [...(await listedSlots(table, clock, limiter)).values()].sort((a, b) => a.freeAt - b.freeAt)
  const [wanted, now] = [slots.slice(0, count), clock.now()]
  const freeAt = wanted.at(-1)?.freeAt ?? now
  if (freeAt > now) return { kind: 'full', freeAt }
  const taken = await Promise.all(wanted.map((slot) => take(table, clock, limiter, slot, holder)))
  const got = taken.filter((slot) => slot !== undefined)
  if (got.length === count) return granted(clock, limiter, holder, got)
  await release(table, { limiter, slots: got, holder, grantedAt: now }, 0)
  return { kind: 'full', freeAt: now + seconds(1) }
}

async function acquireAny(table: Table, clock: Clock, limiter: Limiter, holder: string): Promise<Granted> {
  const slots = [...(await listedSlots(table, clock, limiter)).values()]
  const now = clock.now()
  const free = slots.filter((slot) => slot.freeAt <= now)
  const start = free.length === 0 ? 0 : hash(holder) % free.length
  for (let i = 0; i < Math.min(free.length, contentionLimit); i++) {
    const slot = free[(start + i) % free.length]
    const taken = slot && (await take(table, clock, limiter, slot, holder))
    if (taken) return granted(clock, limiter, holder, [taken])
  }
  if (free.length > 0) return { kind: 'full', freeAt: now + seconds(1) }
  return {
    kind: 'full',
    freeAt: slots.reduce((first, { freeAt }) => Math.min(first, freeAt), Number.POSITIVE_INFINITY),
  }
}

/** A whole batch may wait for slots at the same time: one listing answers everybody in the process for so long. */
const listingLife: Millis = seconds(1)

type Listing = { readonly askedAt: Millis; readonly slots: Promise<Map<string, Slot>> }

/** What it says may be out of date, which costs a try: only a row's etag lets anybody take a slot. */
const listings = new WeakMap<Table, Map<string, Listing>>()

function listedSlots(table: Table, clock: Clock, limiter: Limiter): Promise<Map<string, Slot>> {
  const known = listings.get(table) ?? new Map<string, Listing>()
  listings.set(table, known)
  const key = listingKey(limiter)
  const listing = known.get(key)
  const askedAt = clock.monotonic()
  if (listing && askedAt - listing.askedAt < listingLife) return listing.slots
  const slots = listSlots(table, limiter)
  known.set(key, { askedAt, slots })
  slots.catch(() => known.delete(key))
  return slots
}

/** Two plans may give one limiter different sizes. */
const listingKey = ({ key, batchSize }: Limiter): string => `${key} ${batchSize}`

async function listSlots(table: Table, limiter: Limiter): Promise<Map<string, Slot>> {
  const taken = new Map((await table.query(limiter.key)).map((row) => [row.rk, row]))
  const names = Array.from({ length: limiter.batchSize }, (_, i) => slotName(i))
  return new Map(names.map((name) => [name, slotOf(name, taken.get(name))]))
}

/** Our own doing is in the listing at once; where somebody else was first, it is not worth keeping. */
function remember(table: Table, limiter: Limiter, name: string, slot: Slot | undefined): void {
  const key = listingKey(limiter)
  const listing = listings.get(table)?.get(key)
  if (slot) void listing?.slots.then((slots) => slots.has(name) && slots.set(name, slot)).catch(() => undefined)
  else listings.get(table)?.delete(key)
}

async function take(
  table: Table,
  clock: Clock,
  limiter: Limiter,
  slot: Slot,
  holder: string,
): Promise<TakenSlot | undefined> {
  const freeAt = roundUp(clock.latest()) + grantLife + callDeadline + limiter.batchInterval
  const row = rowOf(limiter, slot.slot, holder, freeAt)
  const etag = slot.etag === undefined ? await table.insert(row) : await table.replace(row, slot.etag)
  remember(table, limiter, slot.slot, etag === undefined ? undefined : { slot: slot.slot, freeAt, etag })
  return etag === undefined ? undefined : { slot: slot.slot, etag }
}

const rowOf = (limiter: Limiter, slot: string, holder: string, freeAt: Instant) => ({
  pk: limiter.key,
  rk: slot,
  value: { holder, freeAt } satisfies Record<string, Json>,
})

function slotOf(slot: string, stored: Stored | undefined): Slot {
  if (!stored) return { slot, freeAt: 0 }
  const { freeAt } = stored.value
  // A slot nobody can read is taken as busy for good: a person repairs it, the pace is kept.
  return { slot, etag: stored.etag, freeAt: typeof freeAt === 'number' ? freeAt : Number.MAX_SAFE_INTEGER }
}

const slotName = (index: number): string => `slot-${String(index).padStart(5, '0')}`

/** Storage tells whole seconds only (design rule 8). */
const roundUp = (at: Instant): Instant => Math.ceil(at / 1_000) * 1_000

function hash(text: string): number {
  let value = 0
  for (const character of text) value = (value * 31 + (character.codePointAt(0) ?? 0)) >>> 0
  return value
}
