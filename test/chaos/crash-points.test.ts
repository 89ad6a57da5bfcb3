/** Whichever call a process dies at, the night ends as a calm one. All points: `node sim/chaos/crash-points-run.ts`. */
import { expect, it } from 'vitest'
import { type CalmRun, pointsOf, runCalm, runPoint, strikes } from '../../sim/chaos/crash-points.ts'
import { deskStories } from '../../sim/chaos/desk-stories.ts'
import { saveBeforeSend } from '../../sim/chaos/plants.ts'
import { type PointStory, pointStories } from '../../sim/chaos/point-stories.ts'
import type { World } from '../../src/lib/ports/world.ts'

/** Every so many calls of the long stories; a prime, so that it falls out of step with what repeats. */
const stride = 43
/** There and back again takes several times as long. */
const strideOf = ({ name }: PointStory) => (name === 'pooled failback' ? 3 * stride : stride)
const perStory = 240_000

async function brokenIn(story: PointStory, points: (calm: CalmRun) => ReturnType<typeof pointsOf>) {
  const calm = await runCalm(story)
  const broken: string[] = []
  const chosen = points(calm)
  for (const point of chosen) {
    const result = await runPoint(story, calm, point)
    broken.push(...result.broken.map((line) => `call ${point.call} ${result.name}, ${point.strike}: ${line}`))
  }
  return { calm, broken, runs: chosen.length }
}

it.each(pointStories.map((story, i) => [story.name, story, 5 + 7 * i] as const))(
  'ends as a calm night wherever the process is struck: %s',
  async (_name, story, offset) => {
    const { calm, broken, runs } = await brokenIn(story, (each) => pointsOf(each, strideOf(story), offset))
    expect(broken).toEqual([])
    expect(calm.calls.length - calm.from).toBeGreaterThan(100)
    expect(runs).toBeGreaterThanOrEqual(strikes.length * 2)
  },
  perStory,
)

it.each(deskStories.map((story) => [story.name, story] as const))(
  'is finished by asking once more, wherever it was cut off: %s',
  async (_name, story) => {
    const { broken, runs } = await brokenIn(story, (calm) => pointsOf(calm))
    expect(broken).toEqual([])
    expect(runs).toBeGreaterThanOrEqual(strikes.length * 4)
  },
  perStory,
)

it('tells the end of an operation once', async () => {
  for (const story of pointStories) {
    const { calls, from } = await runCalm(story)
    expect(calls.slice(from).filter((name) => name === 'notifications.send')).toHaveLength(1)
  }
})

/** Off the list before the pair is let go: a crash in between leaves the pair held for good. */
const releaseLast = (world: World): World => ({
  ...world,
  reports: {
    ...world.reports,
    async put(name, text) {
      await world.reports.put(name, text)
      await world.active.remove(name.replace('.json', ''))
    },
  },
})

const planted = [
  [
    'the order of sending and saving',
    'personal failover',
    { plant: saveBeforeSend, withoutSweep: true },
    /^operations.transact/,
  ],
  ['the order of letting go', 'personal abort', { plant: releaseLast }, /^active.remove/],
] as const

it.each(planted)(
  'finds a missing rule at the one call where it shows: %s',
  async (_rule, name, options, where) => {
    const story = pointStories.find((each) => each.name === name)
    if (!story) throw new Error(`there is no story ${name}`)
    const around = (calm: CalmRun) =>
      pointsOf(calm)
        .filter(({ call, strike }) => strike === 'crashAfter' && where.test(calm.calls[call] ?? ''))
        .slice(-120)
    expect((await brokenIn({ ...story, options }, around)).broken).not.toEqual([])
  },
  perStory,
)
