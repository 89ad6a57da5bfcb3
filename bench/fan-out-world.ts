/** An operation of N desktops over real storage, with everything it writes noted down. */

import { fleetIds } from '../sim/fleets/fleet-ids.ts'
import { createFleet } from '../sim/fleets/fleets.ts'
import { planTextFor } from '../sim/fleets/plan-text.ts'
import { createOperator } from '../sim/virtual/operator.ts'
import { createStory, type Story } from '../sim/virtual/story.ts'
import type { Millis } from '../src/lib/core/time.ts'
import type { Engine } from '../src/lib/execution/engine.ts'
import { createSpecCache, hashOf, specName } from '../src/lib/execution/spec-cache.ts'
import { newOperation } from '../src/lib/machine/operation-state.ts'
import type { OperationSpec, Subject } from '../src/lib/machine/spec.ts'
import type { Change, Json, Queue, Table } from '../src/lib/ports/storage.ts'
import { createActiveStore } from '../src/lib/storage/active-store.ts'
import { createOperationStore } from '../src/lib/storage/operation-store.ts'
import { createPairStore } from '../src/lib/storage/pair-store.ts'
import { createStorage, type Storage } from '../src/lib/storage/storage.ts'

export type Written = {
  readonly rows: (readonly Change[])[]
  readonly messages: { readonly [key: string]: Json }[]
}

export type FanOutWorld = {
  readonly storage: Storage
  /** A fresh operation, ready for its first tick, and what that tick will write. */
  readonly operation: (
    n: number,
  ) => Promise<{ readonly engine: Engine; readonly id: string; readonly written: Written }>
}

let operations = 0

export async function createFanOutWorld(connectionString: string): Promise<FanOutWorld> {
  const storage = createStorage({ connectionString }, { prefix: 'fanout' })
  await storage.ensure()
  const { story, spec } = await planned()
  return {
    storage,
    async operation(n) {
      if (storage.clock.isStale()) await storage.refreshClock()
      const text = JSON.stringify(widened(spec, n))
      const hash = hashOf(text)
      await storage.blobs('specs').put(specName(hash), text)
      const written: Written = { rows: [], messages: [] }
      const engine = engineOver(story, storage, written)
      const id = `bench-${process.pid}-${operations++}`
      const now = storage.clock.now()
      const state = newOperation(widened(spec, n), now)
      const rest = { tick: 0, dueAt: now, listedAt: 0, requestedBy: 'bench', createdAt: now, timeline: [] }
      const record = { id, kind: spec.kind, pairId: id, specHash: hash, state, ...rest }
      await engine.world.operations.create(record, { at: now, act: 'start', by: 'bench', specHash: hash })
      await engine.specOf(hash)
      written.rows.length = 0
      return { engine, id, written }
    },
  }
}

/** A real plan for one desktop. */
export async function planned(): Promise<{ readonly story: Story; readonly spec: OperationSpec }> {
  const fleet = { personalVms: 1, users: 1 }
  const ids = fleetIds('thousand', fleet)
  const story = createStory({ seed: 1, fill: createFleet('thousand', fleet), planText: planTextFor(ids), processes: 0 })
  const operator = createOperator(story, ids)
  await operator.collect()
  const { hash } = await operator.preview({ pairId: 'personal-uk' })
  if (!hash) throw new Error('planning refuses the fleet of one')
  return { story, spec: (await operator.ask(story.desk.specOf(hash))).spec }
}

/** The stage of the desktops alone, with N of them, all in one batch unless told otherwise. */
export function widened(spec: OperationSpec, n: number, batchSize = n): OperationSpec {
  const stages = spec.stages.flatMap((stage) => {
    const [subject] = stage.tasks
    if (stage.name !== 'desktops' || !subject) return []
    const tasks = Array.from({ length: n }, (_, i) => numbered(subject, String(i).padStart(5, '0')))
    return [{ ...stage, after: [], tasks, batchSize }]
  })
  return { ...spec, stages, limits: { ...spec.limits, batchSize } }
}

function numbered(subject: Subject, number: string): Subject {
  const key = `avdd-uks-${number}`
  if (subject.kind !== 'desktop') return { ...subject, key }
  const { sourceVmId, targetVmId, itemId } = subject
  const named = (id: string) => id.replace(/[^/]+$/, key)
  const ids = {
    sourceVmId: named(sourceVmId),
    targetVmId: named(targetVmId),
    itemId: `${itemId.slice(0, -5)}${number}`,
  }
  return { ...subject, ...ids, key, host: key }
}

function engineOver({ desk }: Story, storage: Storage, written: Written): Engine {
  const table = noting(storage.table('operations'), written)
  const sending = (queue: Queue): Queue => ({
    async send(message, delay) {
      await queue.send(message, delay)
      if ('stage' in message) written.messages.push(message)
    },
  })
  const world = {
    ...desk.world,
    clock: storage.clock,
    operations: createOperationStore(table),
    pairs: createPairStore(storage.table('pairs')),
    active: createActiveStore(storage.table('active')),
    pacers: storage.table('pacers'),
    taskTicks: sending(storage.queue('task-ticks')),
    operationTicks: sending(storage.queue('operation-ticks')),
    specs: storage.blobs('specs'),
  }
  return { ...desk, world, specOf: createSpecCache(world.specs) }
}

const noting = (table: Table, { rows }: Written): Table => ({
  ...table,
  async transact(pk, changes) {
    const etags = await table.transact(pk, changes)
    rows.push(changes)
    return etags
  },
})

/** Real milliseconds. */
export async function timed(work: () => Promise<unknown>): Promise<Millis> {
  const from = performance.now()
  await work()
  return performance.now() - from
}
