/** Resource Manager is away for an hour: nobody fails because of it, and it is not besieged meanwhile (R16). */
import { expect, it } from 'vitest'
import { silence } from '../../sim/chaos/outages.ts'
import { storyBegins } from '../../sim/virtual/region.ts'
import { hours, type Instant, minutes, seconds } from '../../src/lib/core/time.ts'
import { appCalls, openAway, resumedAfter } from './away-scene.ts'

const moments = [2, 4, 6, 9].flatMap((after) => [['pooled-uk', after] as const, ['personal-uk', after] as const])

/** Few lists are asked for, whoever wants to know, and less and less often. */
const mostProbes = 60 * 60 * 0.1

it.each(moments)('%s, away for an hour after %i min', async (pairId, after) => {
  const from: Instant = storyBegins + minutes(after)
  const outage = { from, until: from + hours(1) }
  const away = await openAway({ rules: silence(/./, outage) })
  const { operator, story } = away
  const id = await operator.begin({ pairId })
  expect(await operator.untilOver([id], hours(4))).toBe(true)
  await operator.pass(minutes(12))
  story.stop()
  const { outcome, troubles } = await operator.report(id)
  expect(troubles.filter((trouble) => trouble.outcome !== 'succeeded')).toEqual([])
  expect(outcome).toBe('succeeded')
  expect(operator.verdict().violations).toEqual([])
  const probes = appCalls(away, outage)
  expect(probes.length).toBeGreaterThan(10)
  expect(probes.length).toBeLessThan(mostProbes)
  expect(resumedAfter(away, outage)).toBeLessThanOrEqual(seconds(60))
  expect(probes.filter(({ method }) => method !== 'GET').length).toBeLessThanOrEqual(20)
})
