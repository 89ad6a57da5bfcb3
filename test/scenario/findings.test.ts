/** The life of a finding, from Azure to the message: seen, not to be seen while its region is dead, put right. */
import { describe, expect, test } from 'vitest'
import { killRegion, reviveRegion } from '../../sim/estate/regions.ts'
import { setTraits, surroundingsOf, traitsOf } from '../../sim/estate/surroundings.ts'
import type { Death } from '../../sim/estate/surroundings-types.ts'
import { drifts } from '../../sim/fleets/drifts.ts'
import { groundIds } from '../../sim/fleets/surrounding-ids.ts'
import { createMemoryStorage } from '../../sim/storage/memory-storage.ts'
import { silentLog } from '../../sim/virtual/app.ts'
import { minutes } from '../../src/lib/core/time.ts'
import { runDrift } from '../../src/lib/drift/run-drift.ts'
import { keepLastSeen } from '../../src/lib/inventory/last-seen.ts'
import type { Inventory } from '../../src/lib/model/inventory.ts'
import { viewFindings } from '../../src/lib/status/findings-view.ts'
import { createStores } from '../../src/lib/storage/stores.ts'
import { createDriftWorld, theApp } from '../support/drift-world.ts'

function openStory() {
  const azure = createDriftWorld()
  const { clock, sim, ids, settled } = azure
  // Of replicated desktops a dead region is news by itself: nothing is replicated out of it.
  const plan = { ...azure.plan, pairs: azure.plan.pairs.filter(({ strategy }) => strategy === 'pooledStandby') }
  const storage = createMemoryStorage(clock)
  const world = { ...createStores(storage), log: silentLog }
  let latest: Inventory | undefined
  return {
    ...azure,
    place: { sim, ids, ground: groundIds(ids), principal: theApp },
    /** As the timer does it, a quarter of an hour later. */
    async look() {
      await azure.later(minutes(15))
      const seen = await azure.take(latest)
      latest = latest ? keepLastSeen(latest, seen, plan) : seen
      await settled(runDrift({ world, plan, place: { region: ids.secondaryLocation }, before: new Map() }, latest))
      const view = await settled(viewFindings({ world, plan }))
      return (view?.pairs ?? []).flatMap(({ findings }) =>
        findings.map(({ rule, status, unchecked }) => `${rule} ${status}${unchecked ? ', not to be checked' : ''}`),
      )
    },
    told: () =>
      storage
        .queue('notifications')
        .peekAll()
        .map(({ text }) => JSON.parse(Buffer.from(text, 'base64').toString('utf8')) as Record<string, unknown>)
        .map(({ counts }) =>
          Object.entries(counts as object).flatMap(([kind, count]) => (count > 0 ? `${kind} ${count}` : [])),
        ),
  }
}

describe('findings of an estate that changes', () => {
  test.each(['silent', 'unreachable', 'garbage'] as const satisfies readonly Death[])(
    'come, stay while nobody can look into a region that is %s, and go; nothing else is said',
    { timeout: 60_000 },
    async (death) => {
      const { look, told, sim, ids, place } = openStory()
      expect([await look(), told()]).toEqual([[], []])

      const { vms } = ids.pooled.secondary
      const wellMade = vms.map((id) => traitsOf(sim, id))
      drifts['same-image']?.seed?.(place)
      expect([await look(), told()]).toEqual([['same-image open'], [['opened 1']]])

      surroundingsOf(sim).deaths.set(ids.primaryLocation, death)
      killRegion(sim, ids.primaryLocation)
      expect(await look()).toEqual(['same-image open, not to be checked'])
      for (const [i, id] of vms.entries()) setTraits(sim, id, wellMade[i] ?? {})
      expect(await look()).toEqual(['same-image open, not to be checked'])
      expect(told()).toEqual([['opened 1']])

      reviveRegion(sim, ids.primaryLocation)
      expect([await look(), told()]).toEqual([[], [['opened 1'], ['resolved 1']]])
    },
  )
})
