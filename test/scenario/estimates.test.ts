/** What an estimate says, beside what it comes to: first by what is assumed, then by what was measured. */
import { describe, expect, it } from 'vitest'
import type { Millis } from '../../src/lib/core/time.ts'
import type { HashedPreview } from '../../src/lib/execution/preview.ts'
import type { MilestoneName } from '../../src/lib/planning/preview.ts'
import { openScene, personalOnly, pooledOnly, runThrough, type Scene } from './support/scene.ts'

const request = (pairId: string, kind: 'failover' | 'failback') => ({ pairId, kind, acceptOut: 'all' }) as const

const milestone = ({ eta }: HashedPreview, name: MilestoneName): Millis =>
  eta?.milestones.find((one) => one.name === name)?.at ?? Number.NaN

/** Previews it from a fresh inventory and lets it run to its end. */
async function move(scene: Scene, pairId: string, kind: 'failover' | 'failback') {
  await scene.operator.collect()
  const preview = await scene.operator.preview(request(pairId, kind))
  const id = await runThrough(scene, request(pairId, kind))
  return { preview, state: (await scene.operator.operation(id)).state, report: await scene.operator.report(id) }
}

const partsUsed = ({ eta }: HashedPreview) => (eta?.times ?? []).map(({ part, from }) => `${part} ${from}`)
const missBy = (said: Millis, was: Millis) => Math.abs(said - was) / was

describe('an estimate', () => {
  it('of a pool goes by what was measured in it, and is not far from the truth', async () => {
    const scene = await openScene({ fleet: pooledOnly })
    const first = await move(scene, 'pooled-uk', 'failover')
    await move(scene, 'pooled-uk', 'failback')
    const second = await move(scene, 'pooled-uk', 'failover')
    scene.story.stop()
    expect(new Set(partsUsed(first.preview).map((line) => line.split(' ')[1]))).toEqual(new Set(['assumed']))
    expect(partsUsed(second.preview)).toEqual(
      ['secure', 'hostReady', 'revoke', 'signOut', 'grant'].map((part) => `${part} thisPair`),
    )
    const { startedAt, stages } = second.state
    const granted = (stages.grant?.overAt ?? Number.NaN) - startedAt
    expect(missBy(milestone(second.preview, 'accessGranted'), granted)).toBeLessThan(0.25)
    expect(missBy(milestone(second.preview, 'capacityReady'), second.report.capacityReady ?? 0)).toBeLessThan(0.25)
  }, 120_000)

  it('of desktops as well, part by part', async () => {
    const scene = await openScene({ fleet: { ...personalOnly, consistencyGroup: 0 } })
    const { report } = await move(scene, 'personal-uk', 'failover')
    const past = await scene.operator.ask(scene.story.desk.world.past.load('personal-uk'))
    scene.story.stop()
    const [run] = past?.value.measured ?? []
    expect(Object.keys(run?.parts ?? {}).sort()).toEqual(
      ['commit', 'desktopReady', 'extension', 'failoverWithShutdown', 'secure', 'signOut'].sort(),
    )
    const moved = report.recoveryTime?.count ?? 0
    expect(run?.parts.failoverWithShutdown?.count).toBe(moved)
    expect(past?.value.last.failover).toMatchObject({ outcome: report.outcome, arrived: moved })
  }, 120_000)
})
