/** What the status routes answer, read from storage and never from memory. */
import { type Instant, isoOf } from '../core/time.ts'
import type { OperationState } from '../machine/operation-state.ts'
import type { OperationSpec, StageName } from '../machine/spec.ts'
import type { EventRecord, OperationStore, TaskGlance } from '../ports/operations.ts'
import type { Blobs } from '../ports/storage.ts'
import { type OperationView, operationView, stagesToGlance } from './operation-view.ts'
import { taskView } from './task-view.ts'

export type StatusWorld = {
  readonly operations: OperationStore
  readonly reports: Blobs
  readonly clock: { readonly now: () => Instant }
}

export type StatusSource = {
  readonly world: StatusWorld
  readonly specOf: (hash: string) => Promise<{ readonly spec: OperationSpec }>
}

/** What is to be seen of an operation. */
export type View =
  | { readonly view: 'summary' | 'tasks' | 'events' | 'report' }
  | { readonly view: 'task'; readonly stage: string; readonly key: string }

export type Viewed =
  | { readonly kind: 'ok'; readonly value: unknown }
  | { readonly kind: 'unknownOperation' | 'unknownTask' | 'noReport' }

export async function viewAs(source: StatusSource, id: string, asked: View): Promise<Viewed> {
  switch (asked.view) {
    case 'summary':
      return found(await viewOperation(source, id))
    case 'tasks':
      return found(await viewTasks(source, id))
    case 'events':
      return found(await viewEvents(source, id))
    case 'report':
      return viewReport(source, id)
    case 'task':
      return viewTask(source, id, asked.stage, asked.key)
  }
}

const found = (value: unknown): Viewed => (value === undefined ? { kind: 'unknownOperation' } : { kind: 'ok', value })

/** One that tries again after its end has an old report until it is over again. */
async function viewReport({ world }: StatusSource, id: string): Promise<Viewed> {
  const [stored, text] = await Promise.all([world.operations.load(id), world.reports.get(`${id}.json`)])
  if (!stored) return { kind: 'unknownOperation' }
  if (text === undefined || stored.value.state.status !== 'over') return { kind: 'noReport' }
  return { kind: 'ok', value: JSON.parse(text) as unknown }
}

/** Undefined: there is no such operation. Keys and index properties alone are read of the tasks. */
export async function viewOperation({ world, specOf }: StatusSource, id: string): Promise<OperationView | undefined> {
  const stored = await world.operations.load(id)
  if (!stored) return undefined
  const { spec } = await specOf(stored.value.specHash)
  const glances = await glancesOf(world, id, stagesToGlance(spec, stored.value.state))
  return operationView(stored.value, spec, Object.fromEntries(glances), world.clock.now())
}

/** Every task of the stages that have opened, in the order of the runbook. */
export async function viewTasks({ world, specOf }: StatusSource, id: string) {
  const stored = await world.operations.load(id)
  if (!stored) return undefined
  const { spec } = await specOf(stored.value.specHash)
  const opened = spec.stages.map(({ name }) => name).filter((name) => isOpened(stored.value.state, name))
  const glances = await glancesOf(world, id, opened)
  return glances.flatMap(([, some]) =>
    some.map(({ stage, key, batch, status, outcome, step, dueAt }) => ({
      stage,
      subject: key,
      batch,
      status,
      outcome,
      step,
      dueAt: isoOf(dueAt),
    })),
  )
}

/** Known only once its stage has opened. */
async function viewTask({ world, specOf }: StatusSource, id: string, name: string, key: string): Promise<Viewed> {
  const stored = await world.operations.load(id)
  if (!stored) return { kind: 'unknownOperation' }
  const { spec } = await specOf(stored.value.specHash)
  const stage = spec.stages.find((known) => known.name === name)
  const task = stage && (await world.operations.loadTask(id, stage.name, key))
  return task ? { kind: 'ok', value: taskView(task.value, stage) } : { kind: 'unknownTask' }
}

/** Who did what, oldest first. */
export async function viewEvents({ world }: StatusSource, id: string) {
  if (!(await world.operations.load(id))) return undefined
  const events = await world.operations.events(id)
  return [...events].sort((a, b) => a.at - b.at).map(({ at, ...event }): EventView => ({ at: isoOf(at), ...event }))
}

type EventView = Omit<EventRecord, 'at'> & { readonly at: string }

const isOpened = (state: OperationState, name: StageName): boolean =>
  (state.stages[name]?.status ?? 'waiting') !== 'waiting'

const glancesOf = (
  { operations }: StatusWorld,
  id: string,
  stages: readonly StageName[],
): Promise<(readonly [StageName, readonly TaskGlance[]])[]> =>
  Promise.all(stages.map(async (name) => [name, await operations.glances(id, name)] as const))
