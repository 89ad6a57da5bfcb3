/** Whoever evaluates may die at any save or send, before or after it has had its effect, and others go on. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { minutes } from '../../../src/lib/core/time.ts'
import { type Drift, runDrift } from '../../../src/lib/drift/run-drift.ts'
import { openEngine } from '../../support/engine-world.ts'
import { ruleOf } from '../../support/findings.ts'
import { inventoryOf, now, planOf, pooledSeen } from '../../support/plans.ts'

const subjects = ['vm-1', 'vm-2', 'vm-3'] as const
const plan = planOf()
const onlyPooled = { ...plan, pairs: plan.pairs.filter(({ id }) => id === 'pooled') }

/** How many saves and sends a process lives to do, and whether the last one has its effect. */
const life = fc.record({ calls: fc.nat(5), effect: fc.boolean() })
const run = fc.record({
  found: fc.subarray([...subjects]),
  passes: fc.constantFrom(minutes(1), minutes(15), minutes(31 * 24 * 60)),
  /** Two at once; undefined: lives on. */
  processes: fc.array(fc.option(life, { nil: undefined, freq: 2 }), { minLength: 1, maxLength: 2 }),
})
type Life = { readonly calls: number; readonly effect: boolean }

function mortal(world: Drift['world'], lived: Life | undefined, onDeath: () => void): Drift['world'] {
  let left = lived?.calls ?? Number.POSITIVE_INFINITY
  const living = async <T>(work: () => Promise<T>): Promise<T> => {
    if (left < 0) throw new Error('dead')
    if (left-- > 0) return work()
    onDeath()
    if (lived?.effect) await work()
    throw new Error('dies')
  }
  const { findings, notifications } = world
  return {
    ...world,
    notifications: { send: (...given) => living(() => notifications.send(...given)) },
    findings: {
      ...findings,
      load: async (...given) => (left < 0 ? Promise.reject(new Error('dead')) : findings.load(...given)),
      save: (...given) => living(() => findings.save(...given)),
    },
  }
}

type Message = Readonly<Record<'opened' | 'reopened' | 'resolved', readonly { readonly subject: string }[]>>

test('what is told adds up to what is open, and is repeated only by those who died', { timeout: 30_000 }, async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(run, { minLength: 1, maxLength: 8 }), async (runs) => {
      const scene = openEngine(undefined, now)
      const inventory = inventoryOf({ pooled: pooledSeen })
      let deaths = 0
      const evaluate = (found: readonly string[], lived: Life | undefined) =>
        runDrift(
          {
            world: mortal(scene.world, lived, () => deaths++),
            plan: onlyPooled,
            before: new Map(),
            rules: [
              ruleOf('same-image', () => ({
                findings: found.map((subject) => ({ subject, evidence: 'is off.' })),
                unchecked: [],
              })),
            ],
          },
          { ...inventory, takenAt: scene.world.clock.now() },
        )
      for (const { found, passes, processes } of runs) {
        scene.pass(passes)
        await Promise.all(processes.map((lived) => evaluate(found, lived)))
      }
      // The last word: two evaluations that live, the first to tell what was left.
      const last = runs.at(-1)?.found ?? []
      for (let n = 0; n < 2; n++) {
        scene.pass(minutes(15))
        await evaluate(last, undefined)
      }
      const { findings, evaluation } = await scene.world.findings.load('pooled', () => {})
      const open = findings.filter(({ status }) => status === 'open').map(({ subject }) => subject)
      expect(open.sort()).toEqual([...last].sort())
      expect(evaluation.untold).toBeUndefined()
      const heard = new Set<string>()
      let repeated = 0
      const texts = new Set<string>()
      for (const message of scene.sent('notifications') as unknown as readonly Message[]) {
        for (const { subject } of message.resolved) heard.delete(subject)
        for (const { subject } of [...message.opened, ...message.reopened]) heard.add(subject)
        const text = JSON.stringify(message)
        if (texts.has(text)) repeated++
        texts.add(text)
      }
      expect([...heard].sort()).toEqual([...last].sort())
      expect(repeated).toBeLessThanOrEqual(deaths)
    }),
    { numRuns: 120 },
  )
})
