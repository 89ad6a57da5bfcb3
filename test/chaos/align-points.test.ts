/** A standby side is put right, and the process that does it is struck at some of its calls. All: `node sim/chaos/crash-points-run.ts --story align`. */
import { expect, it } from 'vitest'
import { alignStory } from '../../sim/chaos/align-story.ts'
import { pointsOf, runCalm, runPoint, strikes } from '../../sim/chaos/crash-points.ts'

/** A prime, so that it falls out of step with what repeats. */
const stride = 29

it('ends as a calm night wherever the process is struck', { timeout: 240_000 }, async () => {
  const calm = await runCalm(alignStory)
  const broken: string[] = []
  const points = pointsOf(calm, stride, 3)
  for (const point of points) {
    const result = await runPoint(alignStory, calm, point)
    broken.push(...result.broken.map((line) => `call ${point.call} ${result.name}, ${point.strike}: ${line}`))
  }
  expect(broken).toEqual([])
  expect(calm.calls.length - calm.from).toBeGreaterThan(100)
  expect(points.length).toBeGreaterThanOrEqual(strikes.length * 4)
  expect(calm.end.filter((line) => /: align of |align of pooled-uk: succeeded/.test(line))).toHaveLength(1)
})
