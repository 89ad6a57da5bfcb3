import { type Instant, isoOf } from '../../src/lib/core/time.ts'
import { gatewayFailure } from './answers.ts'
import { type BucketSize, createBuckets } from './buckets.ts'
import type { Bucket, ComputePolicy, SimRequest, SimResponse } from './types.ts'

export type ThrottlingOptions = {
  /** Makes every bucket smaller or larger (size and refill); default 1. */
  readonly scale?: number
}
export type Throttled = { readonly headers: Record<string, string>; readonly refusal?: SimResponse }
export type Throttle = {
  readonly arm: (request: SimRequest, subscription: string, bucket: Bucket) => Throttled
  readonly compute: (policy: ComputePolicy, subscription: string, region: string, vm: string | undefined) => Throttled
}

/** Per principal, subscription and sort of call ("Understand how Azure Resource Manager throttles requests", learn.microsoft.com). */
const armSizes: Readonly<Record<Bucket, BucketSize>> = {
  reads: { size: 250, perSecond: 25 },
  writes: { size: 200, perSecond: 10 },
  deletes: { size: 200, perSecond: 10 },
}
/** All principals of a subscription together. */
const globalFactor = 15

type ComputeLimit = {
  readonly name: string
  readonly perMinute: number
  readonly size: number
  readonly vmPerMinute?: number
  readonly vmSize?: number
}

/** Per subscription and region, and per VM ("Compute throttling limits", learn.microsoft.com). */
const computeLimits: Readonly<Record<ComputePolicy, ComputeLimit>> = {
  putVm: { name: 'PutVM', perMinute: 500, size: 1_500, vmPerMinute: 4, vmSize: 12 },
  updateVm: { name: 'UpdateVM', perMinute: 500, size: 1_500, vmPerMinute: 4, vmSize: 12 },
  deleteVm: { name: 'DeleteVM', perMinute: 500, size: 1_500, vmPerMinute: 4, vmSize: 12 },
  lowCostGet: { name: 'LowCostGet', perMinute: 8_000, size: 24_000, vmPerMinute: 12, vmSize: 36 },
  highCostGet: { name: 'HighCostGet', perMinute: 300, size: 900 },
  getOperation: { name: 'GetOperation', perMinute: 5_000, size: 15_000 },
  guestPatch: { name: 'GuestPatch', perMinute: 200, size: 600, vmPerMinute: 2, vmSize: 6 },
}

/** Resource Manager's and Compute's limits, with the headers and bodies of the real ones. */
export function createThrottle(now: () => Instant, options: ThrottlingOptions = {}): Throttle {
  const buckets = createBuckets(now)
  const { scale = 1 } = options
  const scaled = ({ size, perSecond }: BucketSize, factor = 1) => ({
    size: size * scale * factor,
    perSecond: perSecond * scale * factor,
  })

  return {
    arm(request, subscription, bucket) {
      const own = buckets.look(`${request.principal}/${subscription}/${bucket}`, scaled(armSizes[bucket]))
      const all = buckets.look(`/${subscription}/${bucket}`, scaled(armSizes[bucket], globalFactor))
      const level = subscription === '' ? 'tenant' : 'subscription'
      const header = `x-ms-ratelimit-remaining-${level}-${bucket}`
      if (!own.isAllowed || !all.isAllowed) {
        const wait = Math.max(own.isAllowed ? 0 : own.waitSeconds, all.isAllowed ? 0 : all.waitSeconds)
        return { headers: { [header]: '0' }, refusal: armRefusal(request, subscription, wait) }
      }
      const left = buckets.take(`${request.principal}/${subscription}/${bucket}`, scaled(armSizes[bucket])).left
      const leftOfAll = buckets.take(`/${subscription}/${bucket}`, scaled(armSizes[bucket], globalFactor)).left
      return {
        headers: { [header]: String(left), [`x-ms-ratelimit-remaining-${level}-global-${bucket}`]: String(leftOfAll) },
      }
    },
    compute: (policy, subscription, region, vm) => {
      const limit = computeLimits[policy]
      const parts = computeParts(limit, `${policy}/${subscription}/${region}`.toLowerCase(), vm)
      const empty = parts.find((part) => !buckets.look(part.key, scaled(part.size)).isAllowed)
      if (empty) return computeRefusal(limit, empty, buckets.look(empty.key, scaled(empty.size)).waitSeconds, now())
      const left = parts.map(
        (part) => `Microsoft.Compute/${part.name};${buckets.take(part.key, scaled(part.size)).left}`,
      )
      return { headers: { 'x-ms-ratelimit-remaining-resource': left.join(','), 'x-ms-request-charge': '1' } }
    },
  }
}

type ComputePart = { readonly key: string; readonly name: string; readonly size: BucketSize }

function computeParts(limit: ComputeLimit, key: string, vm: string | undefined): ComputePart[] {
  const whole = {
    key,
    name: `${limit.name}SubscriptionMaximum`,
    size: { size: limit.size, perSecond: limit.perMinute / 60 },
  }
  if (vm === undefined || limit.vmSize === undefined || limit.vmPerMinute === undefined) return [whole]
  const one = {
    key: `${key}/${vm}`,
    name: `${limit.name}Resource`,
    size: { size: limit.vmSize, perSecond: limit.vmPerMinute / 60 },
  }
  return [whole, one]
}

function armRefusal(request: SimRequest, subscription: string, waitSeconds: number | undefined): SimResponse {
  const operation = `${request.method}${request.path.replace(/\/[0-9a-f-]{36}/i, '')}`.toUpperCase()
  const advice =
    waitSeconds === undefined ? 'Please try again later.' : `Please try again after '${waitSeconds}' seconds.`
  const { status, headers, body } = gatewayFailure(
    429,
    'SubscriptionRequestsThrottled',
    `Number of requests for subscription '${subscription}' and operation '${operation}' exceeded the backend storage limit. ${advice}`,
  )
  return {
    status,
    body,
    headers: { ...headers, ...(waitSeconds === undefined ? {} : { 'retry-after': String(waitSeconds) }) },
  }
}

/** No `error` envelope: that is how Compute answers. */
function computeRefusal(limit: ComputeLimit, part: ComputePart, waitSeconds: number, now: Instant): Throttled {
  const headers = {
    'x-ms-ratelimit-remaining-resource': `Microsoft.Compute/${part.name};0`,
    'x-ms-request-charge': '1',
  }
  const detail = {
    operationGroup: limit.name,
    startTime: isoOf(now - 60_000),
    endTime: isoOf(now),
    allowedRequestCount: Math.floor(part.size.size),
    measuredRequestCount: Math.floor(part.size.size) + 1,
  }
  const body = {
    code: 'OperationNotAllowed',
    message: 'The server rejected the request because too many requests have been received for this subscription.',
    details: [{ code: 'TooManyRequests', target: limit.name, message: JSON.stringify(detail) }],
  }
  return { headers, refusal: { status: 429, headers: { ...headers, 'retry-after': String(waitSeconds) }, body } }
}
