/** Forty pages a list, as four thousand desktops have: one desktop a page, so that it takes as long and costs as many requests. */
import { describe, expect, it } from 'vitest'
import { fleetIds } from '../../sim/fleets/fleet-ids.ts'
import { createFleet } from '../../sim/fleets/fleets.ts'
import { planTextFor } from '../../sim/fleets/plan-text.ts'
import { createOperator } from '../../sim/virtual/operator.ts'
import { createStory, type StoryOptions } from '../../sim/virtual/story.ts'
import { hours, minutes, seconds } from '../../src/lib/core/time.ts'
import { aftermath } from './support/scene.ts'

const fleet = { personalVms: 40, users: 40, pooledHosts: 0, extensions: 'none', switches: { pageSize: 1 } } as const
/** Real milliseconds: some 10 s of a core each, on a busy machine. */
const patience = 240_000

async function play(options: Pick<StoryOptions, 'processes' | 'lifeFaults' | 'storageFaults'>) {
  const ids = fleetIds('tiny', fleet)
  const planText = planTextFor(ids, { batchSize: 20, batchInterval: '10 min', grace: '2 min' })
  const story = createStory({ seed: 3, fill: createFleet('tiny', fleet), planText, ...options })
  const operator = createOperator(story, ids)
  await operator.collect()
  const startedAt = story.region.clock.now()
  const id = await operator.begin({ pairId: 'personal-uk' })
  const isOver = await operator.untilOver([id], hours(3))
  await operator.pass(aftermath)
  story.stop()
  const { ledger } = story.region.sim
  return {
    isOver,
    report: await operator.report(id),
    tasks: await operator.tasks(id),
    violations: operator.verdict().violations,
    calls: ledger.calls().filter(({ at }) => at >= startedAt),
    events: ledger.events().filter(({ at }) => at >= startedAt),
    crashes: story.incidents.crashes,
  }
}

const isOfOne = /\/sessionhosts\/[^/]+$/i

describe('a failover of desktops whose lists take ten seconds', () => {
  it(
    'loses no time to them, tells everybody, and stays within the request budget',
    async () => {
      const { isOver, report, tasks, violations, calls, events } = await play({})
      expect({ isOver, outcome: report.outcome, violations }).toEqual({
        isOver: true,
        outcome: 'succeeded',
        violations: [],
      })
      expect(calls.filter(({ status }) => status === 429)).toEqual([])
      const failovers = events.filter(({ kind }) => kind === 'failoverAccepted').map(({ at }) => at)
      expect(failovers).toHaveLength(40)
      // Two batches 10 min apart, each of them ready to go within its own.
      expect((failovers.at(-1) ?? 0) - (failovers[0] ?? 0)).toBeLessThan(minutes(18))
      const passedOver = tasks.flatMap(({ state }) => state.passedOver)
      expect(passedOver).toEqual([])
      const hosts = calls.filter(({ method, path }) => method === 'GET' && isOfOne.test(path))
      expect(hosts.length).toBeGreaterThan(100)
    },
    patience,
  )

  it(
    'comes to the same with four processes that die now and then, and storage that loses answers',
    async () => {
      const { isOver, report, violations, crashes, calls } = await play({
        processes: 4,
        lifeFaults: { crash: 0.0005 },
        storageFaults: { before: 0.005, after: 0.005, latency: [5, 60] },
      })
      expect(crashes).toBeGreaterThan(1)
      expect({ isOver, violations }).toEqual({ isOver: true, violations: [] })
      expect(report.stages.find(({ name }) => name === 'desktops')?.tally.succeeded).toBe(40)
      expect(calls.filter(({ status }) => status === 429)).toEqual([])
      expect(report.duration).toBeLessThan(hours(2) + seconds(1))
    },
    patience,
  )
})
