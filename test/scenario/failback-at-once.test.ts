/** A failback right after its failover: the access that was revoked on the primary may still be in force. */
import { expect, it } from 'vitest'
import { fleetIds } from '../../sim/fleets/fleet-ids.ts'
import { usualActivity } from '../../sim/fleets/fleet-options.ts'
import { createFleet } from '../../sim/fleets/fleets.ts'
import { planTextFor } from '../../sim/fleets/plan-text.ts'
import { createOperator } from '../../sim/virtual/operator.ts'
import { createStory } from '../../sim/virtual/story.ts'
import { hours, minutes } from '../../src/lib/core/time.ts'
import { revocationTail } from '../../src/lib/runbooks/pooled-standby.ts'

it('lets nobody onto the primary before the access revoked there has surely ended', async () => {
  const fleet = { userActivity: usualActivity }
  const ids = fleetIds('tiny', fleet)
  const story = createStory({ seed: 1, fill: createFleet('tiny', fleet), planText: planTextFor(ids, { grace: '0 s' }) })
  const operator = createOperator(story, ids)
  await operator.collect()
  const failover = await operator.begin({ pairId: 'pooled-uk' })
  expect(await operator.untilOver([failover], hours(3))).toBe(true)
  await operator.pass(minutes(1))
  await operator.collect()
  const failback = await operator.begin({ pairId: 'pooled-uk', kind: 'failback' })
  expect(await operator.untilOver([failback], hours(3))).toBe(true)
  story.stop()
  expect((await operator.operation(failback)).state.outcome).toBe('succeeded')
  expect(operator.verdict().violations).toEqual([])
  const revokedAt = (await operator.operation(failover)).state.stages.revoke?.overAt ?? 0
  const undrained = story.region.sim.ledger
    .events()
    .filter((event) => event.kind === 'drainSet' && event.allowNewSession && /-uks-/.test(event.host))
  expect(undrained.length).toBeGreaterThan(0)
  expect(undrained.filter(({ at }) => at < revokedAt + revocationTail)).toEqual([])
})
