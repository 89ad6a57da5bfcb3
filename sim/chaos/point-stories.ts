/** The smallest stories in which every path of the app is walked once. */
import { hours, minutes, seconds } from '../../src/lib/core/time.ts'
import type { Engine } from '../../src/lib/execution/engine.ts'
import { startKeepAlive } from '../../src/lib/execution/start-keep-alive.ts'
import type { FaultRule } from '../arm/faults.ts'
import type { FleetOptions } from '../fleets/fleet-options.ts'
import type { PlanOverrides } from '../fleets/plan-text.ts'
import type { Operator } from '../virtual/operator.ts'
import type { Story, StoryOptions } from '../virtual/story.ts'
import type { Door } from './door.ts'

export type PointStory = {
  readonly name: string
  /** Whose calls are struck: those of the process that does the work, or of the one that takes orders. */
  readonly aim: 'process' | 'desk'
  readonly fleet: Partial<FleetOptions>
  readonly overrides: PlanOverrides
  readonly rules?: readonly FaultRule[]
  /** What a story is told without, to see that it shows. */
  readonly options?: Pick<StoryOptions, 'plant' | 'withoutSweep'>
  /** Answers the operations begun. Calls before `mark` are no points: there is another story for them. */
  readonly play: (operator: Operator, mark: () => void, door: Door, story: Story) => Promise<readonly string[]>
}

/** In here everything ends, crash or not. */
export const limit = hours(4)

export const personal = { fleet: { personalVms: 1, users: 1, groups: 1 }, pairId: 'personal-uk' }
export const pooled = {
  fleet: { pooledHosts: 1, users: 1, groups: 1, applicationGroups: 1, scalingPlans: true } as const,
  pairId: 'pooled-uk',
}
export const overrides: PlanOverrides = { grace: '1 min', batchInterval: '2 min' }

type Estate = typeof personal | typeof pooled

const failover = (name: string, { fleet, pairId }: Estate): PointStory => ({
  name,
  aim: 'process',
  fleet,
  overrides,
  play: async (operator, mark) => {
    mark()
    return [await operator.begin({ pairId })]
  },
})

/** Aborted while people still have their minute. */
const abort = (name: string, { fleet, pairId }: Estate, after: number): PointStory => ({
  name,
  aim: 'process',
  fleet,
  overrides: { ...overrides, grace: '10 min' },
  play: async (operator, mark) => {
    const id = await operator.begin({ pairId })
    await operator.pass(after)
    mark()
    const controlled = await operator.control(id, { kind: 'abort' })
    if (controlled.kind !== 'done') throw new Error(`${name}: nothing was aborted: ${JSON.stringify(controlled)}`)
    return [id]
  },
})

const failback: PointStory = {
  name: 'pooled failback',
  aim: 'process',
  fleet: pooled.fleet,
  overrides,
  play: async (operator, mark) => {
    const there = await operator.begin({ pairId: pooled.pairId })
    await operator.untilOver([there], limit)
    await operator.pass(minutes(1))
    await operator.collect()
    mark()
    return [there, await operator.begin({ pairId: pooled.pairId, kind: 'failback' })]
  },
}

const agentUpdates = {
  every: hours(28 * 24),
  startsAfter: [60_000, 60_000],
  takes: [180_000, 180_000],
  fails: 0,
} as const

/** One standby host that lets people in, woken while autoscale switches off whatever it sees. */
export const wakeUp: PointStory = {
  name: 'keep-alive',
  aim: 'process',
  fleet: {
    ...pooled.fleet,
    tokenAgeDays: 40,
    autoscale: { every: minutes(5), changesAtOnce: 0 },
    standby: { scalesIn: true, undrained: 1, tagged: 0 },
    switches: { agentUpdates },
  },
  overrides: { ...overrides, keepAlive: { stayOn: '20 min', patches: 'install' } },
  play: async (_operator, mark, door) => {
    mark()
    return [await door.ask((engine) => wake(engine, ['avdp-ukw-0001']))]
  },
}

/** Answers the operation. */
export async function wake(engine: Engine, hosts: readonly string[]): Promise<string> {
  const wakes = hosts.map((host) => ({ side: 'secondary', host }) as const)
  const answer = await startKeepAlive(engine, { pairId: pooled.pairId, wakes, putBack: [], by: 'timer' })
  if (answer.kind !== 'started') throw new Error(`nobody is woken: ${answer.message}`)
  return answer.operationId
}

export const pointStories: readonly PointStory[] = [
  failover('personal failover', personal),
  abort('personal abort', personal, seconds(20)),
  failover('pooled failover', pooled),
  abort('pooled abort', pooled, minutes(7) + seconds(30)),
  failback,
  wakeUp,
]
