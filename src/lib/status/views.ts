/** What the status routes answer, read from storage and never from memory. */
import { type Instant, isoOf } from '../core/time.ts'
import type { OperationState } from '../machine/operation-state.ts'
import type { OperationSpec, StageName } from '../machine/spec.ts'
import type { EventRecord, OperationStore, TaskGlance } from '../ports/operations.ts'
import type { Blobs } from '../ports/storage.ts'
import { type OperationView, operationView, stagesToGlance } from './operation-view.ts'

export type StatusWorld = {
  readonly operations: OperationStore
  readonly reports: Blobs
  readonly clock: { readonly now: () => Instant }
}

export type StatusSource = {
  readonly world: StatusWorld
  readonly specOf: (hash: string) => Promise<{ readonly spec: OperationSpec }>
}

export const viewNames = ['summary', 'tasks', 'events', 'report'] as const

export type Viewed =
  | { readonly kind: 'ok'; readonly value: unknown }
  | { readonly kind: 'unknownOperation' | 'unknownView' | 'noReport' }

export async function viewAs(source: StatusSource, id: string, name: string): Promise<Viewed> {
  switch (name) {
    case 'summary':
      return found(await viewOperation(source, id))
    case 'tasks':
      return found(await viewTasks(source, id))
    case 'events':
      return found(await viewEvents(source, id))
    case 'report':
      return viewReport(source, id)
    default:
      return { kind: 'unknownView' }
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
