import type { Instant } from '../../src/lib/core/time.ts'

/** A token bucket: `size` at most, `perSecond` back. */
export type BucketSize = { readonly size: number; readonly perSecond: number }

/** What is left after a call was charged (whole tokens), or how long until one is there. */
export type Charge = { readonly isAllowed: boolean; readonly left: number; readonly waitSeconds: number }

type Bucket = { tokens: number; at: Instant }

/** Token buckets by key, full at first use. */
export function createBuckets(now: () => Instant): {
  readonly look: (key: string, size: BucketSize) => Charge
  readonly take: (key: string, size: BucketSize) => Charge
} {
  const buckets = new Map<string, Bucket>()

  const refilled = (key: string, { size, perSecond }: BucketSize): Bucket => {
    const moment = now()
    const bucket = buckets.get(key)
    if (!bucket) {
      const fresh = { tokens: size, at: moment }
      buckets.set(key, fresh)
      return fresh
    }
    bucket.tokens = Math.min(size, bucket.tokens + (Math.max(0, moment - bucket.at) / 1_000) * perSecond)
    bucket.at = moment
    return bucket
  }
  const chargeOf = (tokens: number, { perSecond }: BucketSize): Charge => ({
    isAllowed: tokens >= 1,
    left: Math.max(0, Math.floor(tokens)),
    waitSeconds: Math.max(1, Math.ceil((1 - tokens) / perSecond)),
  })

  return {
    look: (key, size) => chargeOf(refilled(key, size).tokens, size),
    take(key, size) {
      const bucket = refilled(key, size)
      const charge = chargeOf(bucket.tokens, size)
      if (!charge.isAllowed) return charge
      bucket.tokens -= 1
      return { ...charge, left: Math.floor(bucket.tokens) }
    },
  }
}
