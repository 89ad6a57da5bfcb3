/** The same small estate, faults and seed twice: once moved by the product, once by the naive handler. */

import { base } from '../sim/chaos/troubles.ts'
import { unreliable } from '../sim/chaos/unreliable-queue.ts'
import { fleetIds } from '../sim/fleets/fleet-ids.ts'
import { createCustomFleet } from '../sim/fleets/fleets.ts'
import { planTextFor } from '../sim/fleets/plan-text.ts'
import { createRandom } from '../sim/random.ts'
import { createVirtualApp } from '../sim/virtual/app.ts'
import { createLife } from '../sim/virtual/life.ts'
import { createOperator, type Operator } from '../sim/virtual/operator.ts'
import { pump } from '../sim/virtual/pump.ts'
import { storyBegins } from '../sim/virtual/region.ts'
import { createStory, type Story } from '../sim/virtual/story.ts'
import { hours, minutes } from '../src/lib/core/time.ts'
import type { OperationSpec, Subject } from '../src/lib/machine/spec.ts'
import { createNaiveHandler, type NaivePlan, naiveMessages } from './naive-handler.ts'

export type Harm = {
  /** VMs whose failover was accepted again although the job before it had not failed. */
  readonly twice: number
  /** Replicated VMs that are not failed over and committed at the end. */
  readonly lost: number
  /** Users who had, or could use, both sides at one time. */
  readonly bothSides: number
  readonly injected: number
}

const fleet = { pooledHosts: 6, personalVms: 20, users: 40, groups: 3, applicationGroups: 2 } as const
const calmFor = minutes(1)

export async function harmByProduct(seed: number): Promise<Harm> {
  const { story, operator } = createWorld(seed, 2)
  await operator.collect()
  await story.region.clock.run(storyBegins + calmFor)
  const ids = [await operator.begin({ pairId: 'pooled-uk' }), await operator.begin({ pairId: 'personal-uk' })]
  for (let waited = 0; waited < hours(12); waited += minutes(10)) {
    if (await operator.untilOver(ids, minutes(10))) break
    for (const id of ids)
      if ((await operator.operation(id)).state.question) await operator.control(id, { kind: 'reply', reply: 'retry' })
  }
  story.stop()
  return harmIn(story, operator)
}

export async function harmByNaive(seed: number): Promise<Harm> {
  const { story, operator } = createWorld(seed, 0)
  await operator.collect()
  const plan = naivePlanOf([await specOf(story, operator, 'pooled-uk'), await specOf(story, operator, 'personal-uk')])
  await story.region.clock.run(storyBegins + calmFor)
  const state = { isOver: false }
  for (let i = 0; i < 2; i++) serveNaive(story, plan, i, 0, state)
  const sending = unreliable(story.desk.world, story.region.random.fork('queue'), base.queue ?? {}, {
    lost: 0,
    doubled: 0,
    late: 0,
  })
  for (const message of naiveMessages(plan)) await operator.ask(sending.taskTicks.send(message, 0))
  await operator.pass(hours(3))
  state.isOver = true
  return harmIn(story, operator)
}

function createWorld(seed: number, processes: number) {
  const ids = fleetIds(fleet)
  const story = createStory({
    seed,
    processes,
    fill: createCustomFleet(fleet),
    planText: planTextFor(ids, { batchSize: 10, grace: '1 min' }),
    faults: { ...base.http, ratesFrom: storyBegins + calmFor },
    ...(base.storage && { storageFaults: base.storage }),
    ...(base.life && { lifeFaults: base.life }),
    plant: (world) =>
      unreliable(world, createRandom(`queue ${seed}`), base.queue ?? {}, { lost: 0, doubled: 0, late: 0 }),
  })
  return { story, operator: createOperator(story, ids) }
}

/** One process of the naive app, started again when it dies. */
function serveNaive(
  story: Story,
  plan: NaivePlan,
  index: number,
  generation: number,
  state: { isOver: boolean },
): void {
  const { region, storage, incidents, failures } = story
  const { clock } = region
  const random = region.random.fork(`naive ${index}.${generation}`)
  const life = createLife(clock, random, base.life ?? {}, incidents, () => {
    clock.at(clock.now() + random.between(5_000, 40_000), () => {
      if (!state.isOver) serveNaive(story, plan, index, generation + 1, state)
    })
  })
  const link = storage.connect(random, base.storage)
  const { world } = createVirtualApp({
    region,
    storage: link,
    plan: story.plan,
    life,
    principal: naivePrincipal,
    isWithoutBudget: true,
  })
  void pump({
    queue: link.queue('task-ticks'),
    poison: link.queue('task-ticks-poison'),
    clock,
    handle: createNaiveHandler(plan, world, clock.sleep),
    isOver: () => state.isOver || life.isOver(),
    onFailure: (error) => failures.push(error),
  })
}

const naivePrincipal = '00000000-0000-4000-8000-0000000000b1'

async function specOf({ desk }: Story, operator: Operator, pairId: string): Promise<OperationSpec> {
  const { hash } = await operator.preview({ pairId })
  if (!hash) throw new Error(`planning refuses ${pairId}`)
  return (await operator.ask(desk.specOf(hash))).spec
}

function naivePlanOf([pooled, personal]: readonly [OperationSpec, OperationSpec]): NaivePlan {
  const tasksOf = (spec: OperationSpec, name: string): readonly Subject[] =>
    spec.stages.find((stage) => stage.name === name)?.tasks ?? []
  return {
    vault: personal.vaultId ?? '',
    oldPool: pooled.primary.hostPoolId,
    newPool: pooled.secondary.hostPoolId,
    desktops: tasksOf(personal, 'desktops').filter((task) => task.kind === 'desktop'),
    newHosts: tasksOf(pooled, 'capacity').filter((task) => task.kind === 'host'),
    assignments: tasksOf(pooled, 'grant').filter((task) => task.kind === 'assignment'),
  }
}

function harmIn(story: Story, operator: Operator): Harm {
  const { violations } = operator.verdict()
  const subjects = (...rules: readonly string[]) =>
    new Set(violations.filter(({ rule }) => rules.includes(rule)).map(({ subject }) => subject)).size
  const items = [...story.region.sim.estate.replicatedItems.values()]
  const { latency: _, ...storage } = story.storageTrouble()
  const struck = [story.region.sim.faults.counts(), storage].flatMap((counts) => Object.values(counts))
  return {
    twice: subjects('failedOverTwice'),
    lost: items.filter(({ state }) => state.now() !== 'Committed').length,
    bothSides: subjects('assignedBothSides', 'usesBothSides'),
    injected: struck.reduce((sum, count) => sum + count, story.incidents.crashes + story.incidents.stalls),
  }
}
