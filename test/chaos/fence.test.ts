/** A worker that stood still between its save and its begin must not send what nobody wants any more (design rule 13). */
import { expect, it } from 'vitest'
import { withoutFence } from '../../sim/chaos/plants.ts'
import { fleetIds } from '../../sim/fleets/fleet-ids.ts'
import { createFleet } from '../../sim/fleets/fleets.ts'
import { planTextFor } from '../../sim/fleets/plan-text.ts'
import { createOperator } from '../../sim/virtual/operator.ts'
import { createStory, type Story } from '../../sim/virtual/story.ts'
import { hours, type Millis, minutes, seconds } from '../../src/lib/core/time.ts'
import type { World } from '../../src/lib/ports/world.ts'

/** Longer than fence, settle and the whole way back together. */
const heldFor: Millis = minutes(30)

/** Holds the first process to begin a revoke right after its save, once. */
function holdAtFirstRevoke(story: () => Story, held: { count: number }): (world: World) => World {
  return (world) => ({
    ...world,
    operations: {
      ...world.operations,
      async saveTask(id, task, etag, event) {
        const saved = await world.operations.saveTask(id, task, etag, event)
        if (event?.step?.startsWith('revokeAccess') && saved !== undefined && held.count++ === 0)
          await story().region.clock.sleep(heldFor)
        return saved
      },
    },
  })
}

async function revokeHeldAndAborted(plant: (world: World) => World): Promise<{ rules: string[]; held: number }> {
  const held = { count: 0 }
  const overrides = { grace: '0 s' }
  const ids = fleetIds('tiny')
  const story: Story = createStory({
    seed: 13,
    fill: createFleet('tiny'),
    planText: planTextFor(ids, overrides),
    plant: (world) => holdAtFirstRevoke(() => story, held)(plant(world)),
  })
  const operator = createOperator(story, ids)
  await operator.collect()
  const id = await operator.begin({ pairId: 'pooled-uk' })
  await story.until(async () => held.count > 0, hours(1), seconds(1))
  await operator.control(id, { kind: 'abort' })
  expect(await operator.untilOver([id], heldFor - minutes(5))).toBe(true)
  await operator.pass(heldFor)
  story.stop()
  return { rules: operator.verdict().violations.map(({ rule }) => rule), held: held.count }
}

it('keeps a held revoke from taking away what was given back meanwhile', async () => {
  const { rules, held } = await revokeHeldAndAborted((world) => world)
  expect(held).toBeGreaterThan(0)
  expect(rules).toEqual([])
})

it('finds a missing fence: the held revoke leaves people with neither side', async () => {
  const { rules } = await revokeHeldAndAborted(withoutFence)
  expect(rules).toContain('leftWithNeither')
})
