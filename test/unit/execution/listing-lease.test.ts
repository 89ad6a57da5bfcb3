import { describe, expect, it } from 'vitest'
import { createMemoryStorage } from '../../../sim/storage/memory-storage.ts'
import { seconds } from '../../../src/lib/core/time.ts'
import { leaseLength, publish, release, takeLease } from '../../../src/lib/execution/listing-lease.ts'
import { type ListingState, type ListingStore, unlisted } from '../../../src/lib/ports/listings.ts'
import { createListingStore } from '../../../src/lib/storage/listing-store.ts'
import { poolId } from '../../support/listing-processes.ts'

const now = 1_900_000_000_000
const key = { name: 'sessionHosts', of: poolId } as const
const listing = { value: [], startedAt: now, took: 5 }

/** One list and those who want to make it; `calls`: what reached storage. */
function world(change: (store: ListingStore) => Partial<ListingStore> = () => ({})) {
  let uptime = 70_000
  const storage = createMemoryStorage({ now: () => now })
  const stored = createListingStore(storage.table('pacers'), storage.blobs('listings'))
  const calls: string[] = []
  const changed = { ...stored, ...change(stored) }
  const store: ListingStore = {
    ...changed,
    load: (...given) => {
      calls.push('load')
      return changed.load(...given)
    },
    save: (...given) => {
      calls.push('save')
      return changed.save(...given)
    },
  }
  const shell = {
    store,
    clock: { now: () => now - 300, latest: () => now + 400, monotonic: () => uptime },
    holder: 'a',
    limits: { minInterval: seconds(2) },
  }
  return {
    shell,
    calls,
    stored,
    pass: (length: number) => {
      uptime += length
    },
    state: async () => (await stored.load(key)).state,
    /** The lease, taken over what is stored. */
    lease: async (before?: ListingState) => {
      if (before) await stored.save(key, before, undefined)
      const leased = await takeLease(shell, key, await stored.load(key))
      if (!leased) throw new Error('another process was quicker')
      calls.length = 0
      return leased
    },
  }
}

const latest = { turn: 6, startedAt: now - 9, took: 1 }

describe('a lease', () => {
  it('is told in the row with whose it is, how long, and what is stored meanwhile', async () => {
    const { lease, state } = world()
    const { until, turn } = await lease({ turn: 6, notBefore: 0, holder: 'b', latest })
    expect({ until, turn }).toEqual({ until: 70_000 + leaseLength, turn: 7 })
    expect(await state()).toEqual({
      turn: 7,
      holder: 'a',
      leasedUntil: now + 400 + leaseLength,
      since: now + 400,
      notBefore: now + 400 + seconds(2),
      latest,
    })
  })

  it('goes to one of two who want it', async () => {
    const { shell, stored } = world()
    const before = await stored.load(key)
    expect(await takeLease(shell, key, before)).toBeDefined()
    expect(await takeLease(shell, key, before)).toBeUndefined()
  })

  it('is given back with why there is no listing, and how long everybody is to wait', async () => {
    const { shell, lease, state } = world()
    const leased = await lease()
    const fault = { code: 'throttled', message: 'x'.repeat(501), retryable: true, retryAfter: seconds(30) } as const
    await release(shell, key, leased, fault)
    expect(await state()).toEqual({
      turn: 1,
      holder: 'a',
      notBefore: now + 400 + seconds(30),
      fault: { ...fault, message: 'x'.repeat(500) },
    })
  })

  it('that is given back without a word leaves the pause there was', async () => {
    const { shell, lease, state } = world()
    await release(shell, key, await lease())
    expect(await state()).toEqual({ turn: 1, holder: 'a', notBefore: now + 400 + seconds(2) })
  })
})

describe('a listing', () => {
  it('is published by one save while the lease lasts', async () => {
    const { shell, lease, state, calls, pass } = world()
    const leased = await lease()
    pass(leaseLength - 1)
    await publish(shell, key, leased, listing)
    expect(calls).toEqual(['save'])
    expect(await state()).toMatchObject({ latest: { turn: 1, startedAt: now, took: 5 } })
    expect(await state()).not.toHaveProperty('leasedUntil')
  })

  it('is published after a look at what others have stored, when the lease is over', async () => {
    const { shell, lease, calls, pass } = world()
    const leased = await lease()
    pass(leaseLength)
    await publish(shell, key, leased, listing)
    expect(calls).toEqual(['load', 'save'])
  })

  it.each([
    ['started later', 1],
    ['started at the same moment', 0],
  ])('takes no place of one that was %s', async (_, later) => {
    const puts: number[] = []
    const { shell, lease, stored, pass, state } = world((store) => ({
      put: (of, turn, value) => {
        puts.push(turn)
        return store.put(of, turn, value)
      },
    }))
    const leased = await lease()
    const newer = { turn: 2, notBefore: 0, latest: { turn: 2, startedAt: now + later, took: 1 } }
    await stored.save(key, newer, (await stored.load(key)).etag)
    pass(leaseLength)
    await publish(shell, key, leased, listing)
    expect(puts).toEqual([])
    expect(await state()).toEqual(newer)
  })

  it('that cannot be put gives the lease back: others must not wait for what does not come', async () => {
    const { shell, lease, state } = world(() => ({ put: () => Promise.reject(new Error('503')) }))
    const leased = await lease()
    await expect(publish(shell, key, leased, listing)).rejects.toThrow('503')
    expect(await state()).not.toHaveProperty('leasedUntil')
    expect(await state()).not.toHaveProperty('latest')
  })

  it('is given up after three saves that others were quicker than', async () => {
    let isContested = false
    const { shell, lease, calls } = world((store) => ({
      save: (...given) => (isContested ? Promise.resolve(undefined) : store.save(...given)),
    }))
    const leased = await lease(unlisted)
    isContested = true
    await publish(shell, key, leased, listing)
    expect(calls).toEqual(['save', 'load', 'save', 'load', 'save', 'load'])
  })
})
