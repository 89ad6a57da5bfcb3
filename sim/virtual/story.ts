/** A whole estate and the app's processes, in virtual time: what scenario tests, chaos and benchmarks stand on. */

import type { Log } from '../../src/lib/core/log.ts'
import { type Instant, type Millis, minutes, seconds } from '../../src/lib/core/time.ts'
import { buryPoison } from '../../src/lib/execution/bury-poison.ts'
import type { Engine } from '../../src/lib/execution/engine.ts'
import { parseOperationTick, parseTaskTick } from '../../src/lib/execution/messages.ts'
import { sweep } from '../../src/lib/execution/sweep.ts'
import { tickOperation } from '../../src/lib/execution/tick-operation.ts'
import { tickTask } from '../../src/lib/execution/tick-task.ts'
import { readPlan } from '../../src/lib/plan/read-plan.ts'
import type { DrPlan } from '../../src/lib/plan/schema.ts'
import type { World } from '../../src/lib/ports/world.ts'
import type { StorageFaults } from '../storage/link.ts'
import { createMemoryStorage, type MemoryStorage } from '../storage/memory-storage.ts'
import { createVirtualApp } from './app.ts'
import { createLife, type Incidents, type Life, type LifeFaults, type StrikeAt } from './life.ts'
import { outside } from './outside.ts'
import { pump } from './pump.ts'
import { createVirtualRegion, type RegionOptions, type VirtualRegion } from './region.ts'

export type StoryOptions = RegionOptions & {
  readonly planText: string
  /** App processes. */
  readonly processes?: number
  readonly storageFaults?: StorageFaults
  readonly lifeFaults?: LifeFaults
  /** Aims at single calls of the processes. */
  readonly strikeAt?: StrikeAt
  /** The sweep never runs: what heals without it. */
  readonly withoutSweep?: boolean
  readonly plant?: (world: World) => World
  /** The processes send whatever they like. */
  readonly isWithoutBudget?: boolean
  readonly log?: Log
  /** Timers of the app; one process serves them, as the platform sees to it. */
  readonly timers?: readonly StoryTimer[]
  /** For stories of months: queues are read when there is something in them, and the sweep comes less often. */
  readonly isLong?: boolean
  /** The app does not run at all; what was in flight at `from` is lost. */
  readonly outages?: readonly Outage[]
}

export type StoryTimer = { readonly every: Millis; readonly run: (engine: Engine) => Promise<unknown> }
export type Outage = { readonly from: Instant; readonly until: Instant }

export type Story = {
  readonly region: VirtualRegion
  readonly plan: DrPlan
  readonly storage: MemoryStorage
  /** An engine of its own that never fails: for asking and starting. */
  readonly desk: Engine
  readonly incidents: Incidents
  readonly failures: unknown[]
  /** How often trouble struck on the way to storage, over all processes. */
  readonly storageTrouble: () => Readonly<Record<string, number>>
  /** Lets time pass until the condition holds; checked every `every`. */
  readonly until: (isReached: () => Promise<boolean>, limit: Millis, every?: Millis) => Promise<boolean>
  readonly stop: () => void
}

const sweepEvery: Millis = seconds(30)
const sweepEveryOfLong: Millis = minutes(10)

export function createStory(options: StoryOptions): Story {
  const read = readPlan(options.planText)
  if (!read.ok) throw new Error(`the plan is not valid: ${JSON.stringify(read.problems)}`)
  const region = createVirtualRegion(options)
  const root = createMemoryStorage(region.clock, region.random.fork('storage'))
  const state = { isOver: false }
  const incidents: Incidents = { crashes: 0, stalls: 0 }
  const failures: unknown[] = []
  const immortal = createLife(region.clock, region.random.fork('desk'), {}, incidents, () => undefined)
  const desk = createVirtualApp({
    region,
    storage: root,
    plan: read.plan,
    life: immortal,
    principal: '00000000-0000-4000-8000-0000000000d1',
    isWithoutBudget: true,
  })
  const links: MemoryStorage[] = []
  const story: Story = {
    region,
    plan: read.plan,
    storage: root,
    desk,
    incidents,
    failures,
    storageTrouble: () => sumOf(links.map((link) => link.faultCounts())),
    async until(isReached, limit, every = seconds(5)) {
      const end = region.clock.now() + limit
      while (region.clock.now() < end) {
        const asked = isReached()
        let reached: boolean | undefined
        void asked.then((value) => {
          reached = value
        })
        await region.clock.run(() => reached !== undefined)
        if (reached) return true
        await region.clock.run(region.clock.now() + every)
      }
      return false
    },
    stop: () => {
      state.isOver = true
    },
  }
  for (let i = 0; i < (options.processes ?? 1); i++) run(options, story, links, i, 0, state)
  return story
}

function sumOf(counts: readonly Readonly<Record<string, number>>[]): Record<string, number> {
  const sum: Record<string, number> = {}
  for (const [name, count] of counts.flatMap((each) => Object.entries(each))) sum[name] = (sum[name] ?? 0) + count
  return sum
}

/** One process; when it dies the platform starts it again a little later. */
function run(
  options: StoryOptions,
  story: Story,
  links: MemoryStorage[],
  index: number,
  generation: number,
  state: { readonly isOver: boolean },
): void {
  const { region, storage, plan, incidents, failures } = story
  const random = region.random.fork(`process ${index}.${generation}`)
  const restart = () => {
    const back = outageAt(options, region.clock.now())?.until ?? region.clock.now()
    region.clock.at(back + random.between(5_000, 40_000), () => {
      if (!state.isOver) run(options, story, links, index, generation + 1, state)
    })
  }
  const faults: LifeFaults = {
    ...options.lifeFaults,
    get crash() {
      return outageAt(options, region.clock.now()) ? 1 : (options.lifeFaults?.crash ?? 0)
    },
  }
  const life = createLife(region.clock, random, faults, incidents, restart, options.strikeAt)
  const { around, httpClient } = outside(life, region.httpClient)
  const link = storage.connect(random, { ...options.storageFaults, ...(around && { around }) })
  links.push(link)
  const engine = createVirtualApp({
    region: { ...region, httpClient },
    storage: link,
    plan,
    life,
    principal: '00000000-0000-4000-8000-0000000000a1',
    ...(options.log && { log: options.log }),
    ...(options.plant && { plant: options.plant }),
    ...(options.isWithoutBudget && { isWithoutBudget: true }),
  })
  const isOver = () => state.isOver || life.isOver()
  const onFailure = (error: unknown) => {
    failures.push(error)
  }
  const { withoutSweep = false, isLong = false, timers = [] } = options
  void serve({ engine, link, region, life, isOver, onFailure, withoutSweep, isLong, timers: index === 0 ? timers : [] })
}

const outageAt = ({ outages = [] }: StoryOptions, now: Instant): Outage | undefined =>
  outages.find(({ from, until }) => from <= now && now < until)

type Serving = {
  readonly engine: Engine
  readonly link: MemoryStorage
  readonly region: VirtualRegion
  readonly life: Life
  readonly isOver: () => boolean
  readonly onFailure: (error: unknown) => void
  readonly withoutSweep: boolean
  readonly isLong: boolean
  readonly timers: readonly StoryTimer[]
}

async function serve(serving: Serving): Promise<void> {
  const { engine, link, region, isOver, onFailure, withoutSweep, isLong, timers } = serving
  await refresh(serving)
  const queues = { clock: region.clock, isOver, onFailure }
  const pumps = [
    ['task-ticks', (message: unknown) => onTask(engine, message)],
    ['operation-ticks', (message: unknown) => onOperation(engine, message)],
    ['task-ticks-poison', (message: unknown) => buryPoison(engine, message)],
  ] as const
  for (const [name, handle] of pumps) {
    const poison = link.queue(name.endsWith('-poison') ? name : `${name}-poison`)
    const fresh = async (message: unknown) => {
      await refresh(serving)
      await handle(message)
    }
    void pump({ ...queues, queue: link.queue(name), poison, handle: fresh, isPatient: isLong })
  }
  for (const timer of timers) void keepTime(serving, timer)
  while (!isOver() && !withoutSweep) {
    await refresh(serving)
    await sweep(engine).catch(onFailure)
    await region.clock.sleep(isLong ? sweepEveryOfLong : sweepEvery)
  }
}

/** On the multiples of its interval, as a schedule would have it; a run that takes longer skips its turns. */
async function keepTime(serving: Serving, { every, run }: StoryTimer): Promise<void> {
  const { engine, region, isOver, onFailure } = serving
  while (!isOver()) {
    const now = region.clock.now()
    await region.clock.sleep(every - (now % every))
    if (isOver()) return
    await refresh(serving)
    await run(engine).catch(onFailure)
  }
}

/** The app asks storage for the time when it has not heard from it for a while. */
async function refresh({ link, region, isOver }: Serving): Promise<void> {
  while (link.clock.isStale() && !isOver()) {
    await link.refreshClock().catch(() => region.clock.sleep(seconds(1)))
  }
}

async function onTask(engine: Engine, message: unknown): Promise<void> {
  const tick = parseTaskTick(message)
  if (tick) await tickTask(engine, tick)
}

async function onOperation(engine: Engine, message: unknown): Promise<void> {
  const tick = parseOperationTick(message)
  if (tick) await tickOperation(engine, tick)
}
