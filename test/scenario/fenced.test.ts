/** The side that was left, as the rules see it: while its region is away, when it comes back, and when people meddle. */
import { describe, expect, it } from 'vitest'
import { killRegion, reviveRegion } from '../../sim/estate/regions.ts'
import { edit, first, hostOf } from '../../sim/fleets/drifts/tools.ts'
import { hours, minutes } from '../../src/lib/core/time.ts'
import { contextOfPair } from '../../src/lib/drift/context-of.ts'
import { type Evaluation, evaluate } from '../../src/lib/drift/evaluate.ts'
import { inactiveSideFenced } from '../../src/lib/drift/rules/inactive-side-fenced.ts'
import { oneSideHasAccess } from '../../src/lib/drift/rules/one-side-has-access.ts'
import { replicationCoversDesktops } from '../../src/lib/drift/rules/replication-covers-desktops.ts'
import { scalingPlansPaired } from '../../src/lib/drift/rules/scaling-plans-paired.ts'
import { startOnConnect } from '../../src/lib/drift/rules/start-on-connect.ts'
import { latestInventoryName } from '../../src/lib/execution/preview.ts'
import type { Inventory } from '../../src/lib/model/inventory.ts'
import { openScene, pooledOnly, runThrough, type Scene } from './support/scene.ts'

const guards = [oneSideHasAccess, scalingPlansPaired, startOnConnect, inactiveSideFenced]
/** Real milliseconds: some 10 s of a core, on a busy machine. */
const patience = 120_000

/** A fresh inventory, and what the rules say of one pair. */
async function look({ operator, story }: Scene, pairId: string, rules = guards): Promise<Evaluation> {
  await operator.collect()
  const { world } = story.desk
  const inventory = JSON.parse((await operator.ask(world.inventory.get(latestInventoryName))) ?? '') as Inventory
  const { value: pairState } = await operator.ask(world.pairs.load(pairId))
  const [pair] = story.plan.pairs.filter(({ id }) => id === pairId)
  if (!pair) throw new Error(`the plan has no pair ${pairId}`)
  const now = story.region.clock.now()
  const context = contextOfPair({ plan: story.plan, pair, pairState, clocks: [], inventory, now })
  if (!context) throw new Error(`${pairId} was not seen`)
  return evaluate(context, rules)
}

const foundIn = ({ findings }: Evaluation) => findings.map(({ severity, fingerprint }) => `${severity} ${fingerprint}`)

describe('the side that was left', () => {
  it(
    'is not known while its region is away; a desktop that comes back with it runs twice',
    async () => {
      const scene = await openScene()
      const { sim, ids, operator } = scene
      killRegion(sim, ids.primaryLocation)
      await operator.pass(minutes(20))
      await runThrough(scene, { pairId: 'pooled-uk', kind: 'failover', primaryIsDown: true })
      await runThrough(scene, { pairId: 'personal-uk', kind: 'failover', primaryIsDown: true }, hours(12))
      for (const pair of ['pooled-uk', 'personal-uk']) {
        const { findings, unchecked } = await look(scene, pair)
        expect(findings, pair).toEqual([])
        expect(unchecked.map(({ rule }) => rule)).toEqual(['inactive-side-fenced'])
      }
      reviveRegion(sim, ids.primaryLocation)
      await operator.pass(minutes(30))
      expect(foundIn(await look(scene, 'pooled-uk'))).toEqual([])
      const twice = ids.personal.vms.map((id) => `critical inactive-side-fenced:${id.split('/').at(-1)?.toLowerCase()}`)
      expect(foundIn(await look(scene, 'personal-uk'))).toEqual(twice)
      scene.story.stop()
    },
    patience,
  )

  it(
    'is guarded after a failover and well again at home; what is meddled with is found by its own rule',
    async () => {
      const scene = await openScene({ fleet: pooledOnly })
      const { sim, ids } = scene
      const { primary } = ids.pooled
      await runThrough(scene, { pairId: 'pooled-uk', kind: 'failover' })
      expect(await look(scene, 'pooled-uk')).toMatchObject({ findings: [], unchecked: [] })
      hostOf(sim, first(primary.vms)).allowNewSession.set(true)
      edit(sim.estate.hostPools, primary.hostPool, (pool) => ({ ...pool, startVMOnConnect: true }))
      edit(sim.estate.scalingPlans, primary.scalingPlan, (plan) => ({
        ...plan,
        pools: [{ hostPoolId: primary.hostPool, enabled: true }],
      }))
      await scene.operator.pass(minutes(5))
      expect(foundIn(await look(scene, 'pooled-uk'))).toEqual([
        'warning scaling-plans-paired:primary/enabled',
        'warning start-on-connect:hp-pooled-uks',
        'critical inactive-side-fenced:primary/avdp-uks-0001',
      ])
      await runThrough(scene, { pairId: 'pooled-uk', kind: 'failback' })
      expect(await look(scene, 'pooled-uk')).toMatchObject({ findings: [], unchecked: [] })
      scene.story.stop()
    },
    patience,
  )

  it(
    'has desktops that nobody protects until a reprotect is over',
    async () => {
      const scene = await openScene({ fleet: { pooledHosts: 0 } })
      const covered = () => look(scene, 'personal-uk', [replicationCoversDesktops])
      expect(await covered()).toMatchObject({ findings: [], unchecked: [] })
      await runThrough(scene, { pairId: 'personal-uk', kind: 'failover' }, hours(12))
      expect((await covered()).findings.map(({ severity }) => severity)).toEqual(Array(6).fill('warning'))
      await runThrough(scene, { pairId: 'personal-uk', kind: 'reprotect' }, hours(12))
      expect(await covered()).toMatchObject({ findings: [], unchecked: [] })
      await runThrough(scene, { pairId: 'personal-uk', kind: 'failback' }, hours(12))
      expect((await covered()).findings.map(({ severity }) => severity)).toEqual(Array(6).fill('critical'))
      scene.story.stop()
    },
    patience,
  )
})
