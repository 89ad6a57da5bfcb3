/** The engine over storage in memory, at a moment the test sets, with steps whose look and begin a test decides. */

import { createMemoryStorage } from '../../sim/storage/memory-storage.ts'
import { silentLog } from '../../sim/virtual/app.ts'
import type { Instant, Millis } from '../../src/lib/core/time.ts'
import type { Engine } from '../../src/lib/execution/engine.ts'
import { createSpecCache, hashOf, specName } from '../../src/lib/execution/spec-cache.ts'
import { newOperation, type OperationState } from '../../src/lib/machine/operation-state.ts'
import type { OperationKind, OperationSpec, StepCall, StepName } from '../../src/lib/machine/spec.ts'
import type { Begun, Look, Seen, StepLimits } from '../../src/lib/machine/step.ts'
import { newTask } from '../../src/lib/machine/task-state.ts'
import type { OperationRecord, TaskRecord } from '../../src/lib/ports/operations.ts'
import type { Step, StepContext } from '../../src/lib/ports/steps.ts'
import type { World } from '../../src/lib/ports/world.ts'
import { steps as realSteps } from '../../src/lib/steps/index.ts'
import { createStores } from '../../src/lib/storage/stores.ts'
import { planOf } from './plans.ts'
import { hostSubject, spec as someSpec } from './step-things.ts'

export const begunAt: Instant = 1_900_000_000_000

export type EngineWorld = {
  readonly engine: Engine
  readonly world: World
  readonly storage: ReturnType<typeof createMemoryStorage>
  /** What was sent, saved and begun, in its order. */
  readonly deeds: string[]
  readonly pass: (length: Millis) => void
  /** What waits in a queue, without the envelope. */
  readonly sent: (queue: 'task-ticks' | 'operation-ticks' | 'notifications') => readonly Record<string, unknown>[]
}

/** `change` replaces parts of the world before anything is recorded. */
export function openEngine(change: (world: World) => World = (world) => world, start = begunAt): EngineWorld {
  let now = start
  const deeds: string[] = []
  const storage = createMemoryStorage({ now: () => now })
  let ids = 0
  const parts = createStores(storage)
  const bare: World = {
    ...parts,
    clock: { now: () => now, latest: () => now, monotonic: () => now - start },
    log: silentLog,
    gateways: {} as World['gateways'],
    fleet: {} as World['fleet'],
    steps: realSteps,
    newId: () => `id-${++ids}`,
  }
  const world = recorded(change(bare), deeds)
  return {
    engine: { world, plan: planOf(), specOf: createSpecCache(world.specs) },
    world,
    storage,
    deeds,
    pass: (length) => {
      now += length
    },
    sent: (queue) =>
      storage
        .queue(queue)
        .peekAll()
        .map(({ text }) => JSON.parse(Buffer.from(text, 'base64').toString('utf8'))),
  }
}

function recorded(world: World, deeds: string[]): World {
  const { taskTicks, operationTicks, operations, pacers } = world
  const told = <T>(deed: string, result: T): T => {
    deeds.push(deed)
    return result
  }
  return {
    ...world,
    taskTicks: {
      send: (message, delay) => told(`send ${message.key} ${message.tick}`, taskTicks.send(message, delay)),
    },
    operationTicks: {
      send: (message, delay) =>
        told(
          message.tick === undefined ? 'nudge' : `send operation ${message.tick}`,
          operationTicks.send(message, delay),
        ),
    },
    operations: {
      ...operations,
      saveTask: (id, task, ...rest) => told(`save ${task.key} ${task.tick}`, operations.saveTask(id, task, ...rest)),
      save: (record, ...rest) => told(`save operation ${record.tick}`, operations.save(record, ...rest)),
    },
    pacers: {
      ...pacers,
      insert: (row) => told('take slot', pacers.insert(row)),
      replace: (row, etag) => told(row.value.freeAt === 0 ? 'free slot' : 'keep slot', pacers.replace(row, etag)),
    },
  }
}

/** A step that finds what `see` says and answers a begin as told. */
export function stepOf(
  name: StepName,
  see: (context: StepContext) => Seen,
  begin?: (context: StepContext) => Promise<Begun> | Begun,
  limits: Partial<StepLimits> = {},
): Step {
  const look = async (context: StepContext): Promise<Look> => ({ seen: see(context), readAt: context.now })
  return {
    limits: {
      name,
      timeout: 900_000,
      maxAttempts: 3,
      pollEvery: 15_000,
      settle: 60_000,
      retryAfter: 30_000,
      ...limits,
    },
    look,
    ...(begin && { begin: async (context) => begin(context) }),
    limiter: () => 'sub/uksouth',
  }
}

export const callOf = (step: StepName, parts: Partial<StepCall> = {}): StepCall => ({
  step,
  side: 'secondary',
  required: true,
  onFailure: 'turnBack',
  ...parts,
})

/** One stage of one host that is started, unless told otherwise. */
export const hostSpec = (parts: Partial<OperationSpec> = {}): OperationSpec => ({
  ...someSpec,
  stages: [{ name: 'capacity', after: [], steps: [callOf('startVm')], tasks: [hostSubject], trouble: 'turnBack' }],
  ...parts,
})

export type Given = {
  readonly id?: string
  readonly spec?: OperationSpec
  readonly kind?: OperationKind
  readonly state?: Partial<OperationState>
  readonly record?: Partial<OperationRecord>
  /** False: it has not taken its pair yet. */
  readonly holds?: boolean
}

/** An operation as it is after its first ticks: it holds its pair, its stages are open, its entry is with the active ones. */
export async function putOperation({ world }: EngineWorld, given: Given = {}): Promise<OperationRecord> {
  const { id = 'op-1', spec = hostSpec(), kind = spec.kind, holds = true } = given
  const content = JSON.stringify(spec)
  const specHash = hashOf(content)
  await world.specs.put(specName(specHash), content)
  const fresh = newOperation(spec, begunAt)
  const stages = Object.fromEntries(
    Object.entries(fresh.stages).map(([name, stage]) => [
      name,
      { ...stage, status: 'open' as const, openedAt: begunAt, releasedBatches: 1, lastReleaseAt: begunAt },
    ]),
  )
  const record: OperationRecord = {
    id,
    kind,
    pairId: spec.pairId,
    specHash,
    state: { ...fresh, stages, ...given.state },
    ...(holds && { epoch: 1 }),
    tick: 1,
    dueAt: begunAt,
    listedAt: 0,
    requestedBy: 'ops@example.com',
    createdAt: begunAt,
    timeline: [],
    ...given.record,
  }
  await world.operations.create(record, { at: begunAt, act: 'start', by: 'ops@example.com', specHash })
  await world.active.add(id)
  const pair = await world.pairs.load(spec.pairId)
  if (record.epoch !== undefined)
    await world.pairs.save({ ...pair.value, epoch: record.epoch, heldBy: { operationId: id, kind } }, pair.etag)
  return record
}

/** A task's row; it waits for its first tick unless told otherwise. */
export async function putTask(
  { world }: EngineWorld,
  id: string,
  parts: Partial<TaskRecord> = {},
): Promise<TaskRecord> {
  const task: TaskRecord = {
    stage: 'capacity',
    key: hostSubject.key,
    ordinal: 0,
    batch: 0,
    tick: 0,
    dueAt: begunAt,
    retries: 0,
    poisoned: 0,
    state: newTask(begunAt),
    timeline: [],
    ...parts,
  }
  await world.operations.insertTasks(id, [task])
  return task
}
