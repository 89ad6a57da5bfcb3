/** A hundred hosts for ninety days, and everything that gets in their way. A thousand for a year: `npm run bench -- --only keep-alive`. */
import { expect, test } from 'vitest'
import { keepHostsAlive, takeInventory } from '../../sim/keepalive/app-timers.ts'
import { resultOf, type YearResult } from '../../sim/keepalive/result.ts'
import { playYear, type YearOptions } from '../../sim/keepalive/year.ts'
import { hours } from '../../src/lib/core/time.ts'

const day = hours(24)

const months = async (options: Partial<YearOptions> = {}): Promise<YearResult> =>
  resultOf(
    await playYear({
      seed: 1,
      pairs: [34, 33, 33],
      days: 90,
      keepAlive: {},
      startFailures: 0.03,
      outage: { day: 30, days: 10 },
      shortage: { day: 12, days: 20, zone: '2' },
      failover: { day: 50, backOn: 75 },
      portal: true,
      takeInventory,
      keepHostsAlive,
      ...options,
    }),
  )

test('no host is silent for ninety days, none is left on or drained, nobody is disturbed, and what went wrong is told', async () => {
  const { broken, cost, mostAtOnce, longestSilence, failedStarts, caught, told } = await months()
  expect(broken).toEqual([])
  expect(longestSilence).toBeLessThan(62 * day)
  expect(mostAtOnce).toBeLessThanOrEqual(20)
  // Half of the first cycle makes an uneven pool even: what that costs is spread over a year in the benchmark.
  expect(cost.usedHours / cost.leastHours).toBeLessThan(1.35)
  expect(failedStarts).toBeGreaterThan(0)
  expect(caught).toBeGreaterThan(0)
  expect(told['operationOver takenOver']).toBeGreaterThan(0)
}, 240_000)

test('the same months without anybody who wakes them lose hosts', async () => {
  const asleep = await months({
    pairs: [12],
    portal: false,
    keepHostsAlive: async () => undefined,
    failover: undefined,
  })
  expect(asleep.broken.filter((line) => line.startsWith('heartbeatTooOld'))).toHaveLength(12)
}, 120_000)
