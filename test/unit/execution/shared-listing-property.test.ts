/** Three processes with clocks that disagree, slow and broken ways to storage, pauses longer than a lease: what must hold all the same. */
import { expect, test } from 'vitest'
import { createRandom } from '../../../sim/random.ts'
import { type Instant, minutes, seconds } from '../../../src/lib/core/time.ts'
import type { ListingStore } from '../../../src/lib/ports/listings.ts'
import { StorageAway } from '../../../src/lib/storage/errors.ts'
import { openProcesses, type Seen } from '../../support/listing-processes.ts'

type Plant = (store: ListingStore, now: () => Instant) => ListingStore

/** What is broken in one random quarter of an hour; empty when all is well. */
async function brokenIn(seed: number, plant: Plant = (store) => store): Promise<readonly string[]> {
  const random = createRandom(seed)
  const world = openProcesses()
  const { clock } = world
  const start = clock.now()
  const pauses = random.pick([0, 0.04])
  let isTroubled = true
  const around = async (name: string, call: () => Promise<unknown>) => {
    if (!isTroubled) return call()
    await clock.sleep(random.chance(pauses) ? random.between(0, 40_000) : random.between(0, 60))
    if (random.chance(0.02)) throw new StorageAway(`${name} did not arrive`)
    const answer = await call()
    if (random.chance(pauses)) await clock.sleep(random.between(0, 40_000))
    if (random.chance(0.02)) throw new StorageAway(`the answer to ${name} got lost`)
    return answer
  }
  const processes = [0, 1, 2].map(() =>
    world.open({
      around,
      unsure: [random.between(0, 900), random.between(0, 900)],
      change: (store) => plant(store, clock.now),
      azure: async () => {
        world.state.takes = random.chance(0.05) ? random.between(0, 40_000) : random.between(0, 1_000)
        return world.listed()
      },
    }),
  )
  const broken: string[] = []
  const judge = (seen: Seen) => {
    if ('startedAt' in seen && seen.trueAt < seen.startedAt) broken.push(`${seen.startedAt - seen.trueAt} ms too new`)
    return seen
  }
  let newest = 0
  while (clock.now() < start + minutes(15)) {
    for (const each of processes) {
      const wanted = random.chance(0.7) ? clock.now() - random.between(0, 3_000) : undefined
      if (random.chance(0.7)) void each.ask(wanted).then(judge)
    }
    await world.pass(random.between(50, 1_500))
    const startedAt = await newestStored(world)
    if (startedAt < newest) broken.push(`an older one took the place of a newer one: ${newest - startedAt} ms`)
    newest = Math.max(newest, startedAt)
  }
  isTroubled = false
  const asked = processes.flatMap((each) => each.asked).length
  if (asked > (clock.now() - start) / seconds(2) + 1) broken.push(`asked ${asked} times`)
  await world.pass(minutes(2))
  const calm = clock.now()
  for (let i = 0; i < 12; i++) {
    for (const each of processes) void each.ask(calm).then(judge)
    await world.pass(seconds(5))
  }
  for (const each of processes) {
    const seen = judge(await world.told(each.ask(calm)))
    if (!('startedAt' in seen) || seen.startedAt < calm) broken.push('hears nothing new after all is well again')
  }
  return broken
}

async function newestStored({ storage }: ReturnType<typeof openProcesses>): Promise<Instant> {
  const [row] = await storage.table('pacers').query('listings')
  const latest = row?.value.latest as { readonly startedAt: Instant } | undefined
  return latest?.startedAt ?? 0
}

const seeds = Array.from({ length: 25 }, (_, i) => i + 1)

test.each(seeds)(
  'no listing passes for newer than it is, replaces a newer one, or is made too often: seed %i',
  async (seed) => {
    expect(await brokenIn(seed)).toEqual([])
  },
)

const byStoreTime: Plant = (store, now) => ({
  ...store,
  put: (key, turn, listing) => store.put(key, turn, { ...listing, startedAt: now() }),
})

const lastOneWins: Plant = (store) => ({
  ...store,
  async save(key, state, etag) {
    const kept = await store.load(key)
    return store.save(key, state, etag && (kept.etag ?? etag))
  },
})

const withoutLease: Plant = (store) => ({
  ...store,
  async load(key) {
    const { state, ...rest } = await store.load(key)
    const { leasedUntil: _, ...open } = state
    return { ...rest, state: { ...open, notBefore: 0 } }
  },
})

test.each([
  ['listings are dated by when they were stored', byStoreTime, /too new/],
  ['the last one to store wins', lastOneWins, /older one took the place/],
  ['nobody keeps to the lease and the pause', withoutLease, /asked \d+ times/],
])('shows when %s', async (_, plant, shows) => {
  const found: string[] = []
  for (const seed of seeds.slice(0, 8)) found.push(...(await brokenIn(seed, plant)))
  expect(found.join('\n')).toMatch(shows)
})
