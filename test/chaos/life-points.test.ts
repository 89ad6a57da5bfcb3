/** Whichever call a process dies at after a failover, it ends as a calm night. All points: `npm run chaos:points`. */
import { expect, it } from 'vitest'
import { pointsOf, runCalm, runPoint, strikes } from '../../sim/chaos/crash-points.ts'
import { lifeDeskStories, lifeStories } from '../../sim/chaos/life-stories.ts'

/** Primes, so that they fall out of step with what repeats; by how long a story is, and takes. */
const strides: Readonly<Record<string, number>> = {
  'extensions of one desktop': 113,
  reprotect: 109,
  'personal failback': 613,
  'end of a failover that leaves work': 13,
  'what Site Recovery tells': 1,
  'timer of what waits': 53,
}
const perStory = 240_000

it.each([...lifeStories, ...lifeDeskStories].map((story, i) => [story.name, story, 3 + 5 * i] as const))(
  'ends as a calm night wherever it is cut: %s',
  async (name, story, offset) => {
    const calm = await runCalm(story)
    const points = pointsOf(calm, strides[name] ?? 1, offset)
    const broken: string[] = []
    for (const point of points) {
      const result = await runPoint(story, calm, point)
      broken.push(...result.broken.map((line) => `call ${point.call} ${result.name}, ${point.strike}: ${line}`))
    }
    expect(broken).toEqual([])
    expect(points.length).toBeGreaterThanOrEqual(2 * strikes.length)
  },
  perStory,
)
