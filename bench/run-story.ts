/** One failover of a personal pool in virtual time, and what it came to. */

import { fleetIds } from '../sim/fleets/fleet-ids.ts'
import { createFleet } from '../sim/fleets/fleets.ts'
import { planTextFor } from '../sim/fleets/plan-text.ts'
import { createOperator, type Operator } from '../sim/virtual/operator.ts'
import { createStory, type Story, type StoryOptions } from '../sim/virtual/story.ts'
import { hours, type Instant, type Millis, minutes } from '../src/lib/core/time.ts'
import type { Pace } from './bounds.ts'
import { factsOf } from './story-facts.ts'
import type { VmFacts } from './vm-facts.ts'

export type StorySettings = Pick<StoryOptions, 'processes' | 'lifeFaults' | 'storageFaults' | 'faults'> & {
  readonly seed: number
  readonly vms: number
  readonly batchSize?: number
  /** What the VMs carry; none unless told: how long they take to come back is Azure's affair. */
  readonly extensions?: 'four'
  /** Stops then, over or not. */
  readonly limit?: Millis
}

export type StoryResult = {
  readonly seed: number
  readonly pace: Pace
  readonly isOver: boolean
  readonly startedAt: Instant
  readonly vms: readonly VmFacts[]
  /** Every accepted failover, of any VM. */
  readonly accepted: readonly Instant[]
  /** Requests by `METHOD action status`, from the start of the operation. */
  readonly requests: Readonly<Record<string, number>>
  readonly crashes: number
  readonly violations: readonly string[]
  /** Real seconds of one core. */
  readonly cpuSeconds: number
}

export async function runStory(settings: StorySettings): Promise<StoryResult> {
  const { seed, vms, batchSize, extensions = 'none', limit = hours(6), ...trouble } = settings
  const cpu = process.threadCpuUsage()
  const fleet = { personalVms: vms, users: vms, extensions } as const
  const ids = fleetIds('thousand', fleet)
  const planText = planTextFor(ids, batchSize === undefined ? {} : { batchSize })
  const story = createStory({ seed, fill: createFleet('thousand', fleet), planText, ...trouble })
  const operator = createOperator(story, ids)
  await operator.collect()
  const id = await operator.begin({ pairId: 'personal-uk' })
  const startedAt = (await operator.operation(id)).createdAt
  const isOver = await operator.untilOver([id], limit)
  if (isOver) await operator.pass(minutes(1))
  story.stop()
  const { user, system } = process.threadCpuUsage(cpu)
  return {
    ...(await outcomeOf(story, operator, id, startedAt)),
    seed,
    isOver,
    startedAt,
    vms: factsOf(story.region.sim, ids, await operator.tasks(id)),
    cpuSeconds: (user + system) / 1e6,
  }
}

async function outcomeOf({ region, incidents, desk }: Story, operator: Operator, id: string, startedAt: Instant) {
  const { limits } = (await operator.ask(desk.specOf((await operator.operation(id)).specHash))).spec
  const requests: Record<string, number> = {}
  for (const { at, method, action, status } of region.sim.ledger.calls()) {
    if (at < startedAt) continue
    const key = `${method} ${action.split('/').slice(-2).join('/')} ${status}`
    requests[key] = (requests[key] ?? 0) + 1
  }
  const accepted = region.sim.ledger.events().filter(({ kind }) => kind === 'failoverAccepted')
  return {
    pace: { batchSize: limits.batchSize, batchInterval: limits.batchInterval, grace: limits.grace },
    accepted: accepted.map(({ at }) => at),
    requests,
    crashes: incidents.crashes,
    violations: operator.verdict().violations.map(({ rule, subject, detail }) => `${rule}: ${subject}: ${detail}`),
  }
}
