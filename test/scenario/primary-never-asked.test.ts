/** A failover while the primary region is lost: nothing of that region is asked for anything, however it is lost. */
import { describe, expect, it } from 'vitest'
import { killRegion } from '../../sim/estate/regions.ts'
import type { Death } from '../../sim/estate/surroundings-types.ts'
import { fleetIds } from '../../sim/fleets/fleet-ids.ts'
import { callsInto } from '../../sim/judge/tripwire.ts'
import { minutes } from '../../src/lib/core/time.ts'
import type { World } from '../../src/lib/ports/world.ts'
import { openScene, personalOnly, pooledOnly, runThrough } from './support/scene.ts'

const deaths: readonly Death[] = ['silent', 'unreachable', 'garbage']

/** The region is lost after the last inventory; `plant` makes another product of the app. */
async function failOver(kind: 'pooled' | 'personal', death: Death, plant?: (world: World) => World) {
  const fleet = kind === 'pooled' ? pooledOnly : personalOnly
  const scene = await openScene({ fleet, ...(plant && { plant }) })
  const { sim, ids, operator } = scene
  killRegion(sim, ids.primaryLocation, death)
  await operator.pass(minutes(2))
  const known = sim.ledger.calls().length
  const waiver = kind === 'pooled' ? { grantWithoutSignOutProof: true } : {}
  const id = await runThrough(scene, { pairId: `${kind}-uk`, primaryIsDown: true, ...waiver })
  scene.story.stop()
  const { state, timeline } = await operator.operation(id)
  const began = timeline[0]?.at ?? 0
  return {
    asked: callsInto(sim, ids.primaryLocation, known).map(({ method, path }) => `${method} ${path}`),
    calls: sim.ledger.calls().length - known,
    outcome: state.status === 'over' ? state.outcome : state.status,
    took: (timeline.at(-1)?.at ?? 0) - began,
    violations: operator.verdict().violations,
  }
}

/** As long as it takes with a region that is simply gone; what waited for a call's deadline here and there would show. */
const longest = { pooled: minutes(20), personal: minutes(45) } as const

describe.each(['pooled', 'personal'] as const)('a %s failover without the primary region', (kind) => {
  it.each(deaths)('asks nothing of a region that is %s, and waits for nothing of it', async (death) => {
    const { asked, calls, outcome, took, violations } = await failOver(kind, death)
    expect(asked).toEqual([])
    expect(calls).toBeGreaterThan(20)
    expect(['succeeded', 'partial']).toContain(outcome)
    expect(took).toBeLessThan(longest[kind])
    expect(violations).toEqual([])
  })
})

/** Looks after one of the machines that users leave, too, whenever it looks after scaling plans. */
const nosy =
  (machine: string) =>
  (world: World): World => {
    const { avd, compute } = world.gateways
    const scalingPlans: typeof avd.scalingPlans = async (poolId) => {
      await compute.vm(machine)
      return avd.scalingPlans(poolId)
    }
    return { ...world, gateways: { ...world.gateways, avd: { ...avd, scalingPlans } } }
  }

it.each(deaths)('a product that asks for a machine of a region that is %s is caught', async (death) => {
  const [machine = ''] = fleetIds('tiny', pooledOnly).pooled.primary.vms
  const { asked } = await failOver('pooled', death, nosy(machine))
  expect(asked.length).toBeGreaterThan(0)
  expect(asked.every((call) => call === `GET ${machine}`)).toBe(true)
})
