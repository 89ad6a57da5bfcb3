/** Evaluations of a pooled pair by one rule that says what it is told to, over storage in memory. */
import { minutes } from '../../../src/lib/core/time.ts'
import type { Rule, RuleContext } from '../../../src/lib/drift/rule.ts'
import { type Evaluated, readPairs, runDrift } from '../../../src/lib/drift/run-drift.ts'
import type { DrPlan } from '../../../src/lib/plan/schema.ts'
import type { World } from '../../../src/lib/ports/world.ts'
import { openEngine } from '../../support/engine-world.ts'
import { ruleOf } from '../../support/findings.ts'
import { inventoryOf, now, personalSeen, planOf, pooledSeen } from '../../support/plans.ts'

export const found = (...subjects: readonly string[]) => ({
  findings: subjects.map((subject) => ({ subject, evidence: `${subject} is off.` })),
  unchecked: [],
})

/** `say`: subjects that the one rule finds in the pooled pair, at each run. */
export function open(change?: (world: World) => World) {
  const scene = openEngine(change, now)
  const story = {
    said: [] as readonly string[],
    contexts: [] as RuleContext[],
    evaluated: [] as Evaluated[],
    plan: planOf() as DrPlan,
    rules: undefined as readonly Rule[] | undefined,
    takenAt: undefined as number | undefined,
  }
  const rule = ruleOf('same-image', (context) => {
    story.contexts.push(context)
    return context.pair.id === 'pooled' ? found(...story.said) : found()
  })
  const run = async (...said: readonly string[]) => {
    story.said = said
    const inventory = inventoryOf({ pooled: pooledSeen, personal: personalSeen })
    const before = await readPairs({ world: scene.world, plan: story.plan })
    await runDrift(
      {
        world: scene.world,
        plan: story.plan,
        place: { region: 'ukwest' },
        before,
        rules: story.rules ?? [rule],
        evaluated: async (one) => void story.evaluated.push(one),
      },
      { ...inventory, takenAt: story.takenAt ?? scene.world.clock.now() - minutes(1) },
    )
  }
  const messages = () =>
    scene.sent('notifications').map(({ pairId, opened, resolved }) => ({
      pairId,
      opened: subjectsIn(opened),
      resolved: subjectsIn(resolved),
    }))
  const stored = () => scene.world.findings.load('pooled', () => {})
  const rows = async () => (await stored()).findings.map(({ status, subject }) => `${status} ${subject}`).sort()
  return { ...scene, story, rule, run, messages, rows, evaluation: async () => (await stored()).evaluation }
}

const subjectsIn = (list: unknown) => (list as { subject: string }[]).map(({ subject }) => subject)
export const opened = (...subjects: readonly string[]) => ({ pairId: 'pooled', opened: subjects, resolved: [] })

/** `fails` decides, call by call. */
export const failing =
  (fails: (call: 'send' | 'save') => boolean) =>
  (world: World): World => {
    const guarded = async <T>(call: 'send' | 'save', work: () => Promise<T>) => {
      if (fails(call)) throw new Error(`${call} does not answer`)
      return work()
    }
    return {
      ...world,
      notifications: { send: (...given) => guarded('send', () => world.notifications.send(...given)) },
      findings: { ...world.findings, save: (...given) => guarded('save', () => world.findings.save(...given)) },
    }
  }
