/**
 * What the tasks of one consistency group agree on: the first one begins for all, and nobody may turn back meanwhile.
 *
 * One row decides, and only its etag lets anybody change it: before the first one begins it makes the row `begun`, before
 * anybody else turns back he makes it `back`, and whoever comes second goes by what is there.
 */
import { type Instant, seconds } from '../core/time.ts'
import type { ConsistencyGroup } from '../machine/spec.ts'
import { defaultSettle, type Look } from '../machine/step.ts'
import type { Decision, OpenTask } from '../machine/task-state.ts'
import type { TaskRecord } from '../ports/operations.ts'
import type { GroupView } from '../ports/steps.ts'
import type { Json } from '../ports/storage.ts'
import type { Place } from './walk-task.ts'

type Kind = 'open' | 'begun' | 'back'
/** `retries`: a group that turned back is open again once it is to try again. `since`: when what was begun shows. */
type Agreement = { readonly kind: Kind; readonly retries: number; readonly since: Instant; readonly etag?: string }

/** Tries when others change the row at the same time: there are as many as the group has machines. */
const contentionLimit = 20

/** Undefined for what moves by itself. */
export function groupViewOf(place: Place): GroupView | undefined {
  if (!groupOf(place)) return undefined
  return {
    state: async () => {
      const { kind, since } = await read(place)
      return kind === 'back' ? { kind, since } : { kind }
    },
    mate: (key) => mateOf(place, key),
    begin: () => move(place, 'begun', ['open']),
    reopen: async () => {
      await move(place, 'open', ['begun'])
    },
  }
}

/** A decision to turn back holds only if the group has not begun; then this one goes on with it. */
export async function agreed(place: Place, task: OpenTask, look: Look, decision: Decision): Promise<Decision> {
  const group = groupOf(place)
  if (!group || !isTurningBack(place, task, decision)) return decision
  const isFirst = group.mates[0]?.key === place.subject.key
  // Its own machine was begun and has come to nothing: the others go by theirs.
  if (!isFirst && task.begunAt !== undefined && look.seen.kind === 'faulted') return decision
  if (await move(place, 'back', isFirst ? ['open', 'begun'] : ['open'])) return decision
  return { state: task, act: 'wait', lookAfter: seconds(1), reason: 'its group has begun meanwhile' }
}

function isTurningBack({ stage }: Place, task: OpenTask, { state }: Decision): boolean {
  if (task.path !== 'forward' || task.at > (stage.taskPointOfNoReturn ?? -1)) return false
  if (state.status === 'open') return state.path === 'back'
  // Failed half-way it is on its way, as far as anybody knows.
  return state.isHalfWay !== true && (state.outcome === 'failed' || state.outcome === 'aborted')
}

function groupOf({ spec, stage, subject }: Place): ConsistencyGroup | undefined {
  if (subject.kind !== 'desktop' || subject.group === undefined || stage.taskPointOfNoReturn === undefined)
    return undefined
  return spec.consistencyGroups?.[subject.group]
}

async function mateOf(place: Place, key: string): ReturnType<GroupView['mate']> {
  const { world, operation, stage } = place
  const stored = await world.operations.loadTask(operation.id, stage.name, key)
  return stored ? standing(stored.value, stage.taskPointOfNoReturn ?? 0, operation.state.retries) : 'coming'
}

function standing({ state, retries, tick }: TaskRecord, at: number, now: number) {
  if (tick === 0) return 'coming'
  if (state.status === 'over') {
    if (state.outcome === 'succeeded' || state.outcome === 'degraded') return 'beyond'
    return retries < now && !state.isHalfWay ? 'coming' : 'gone'
  }
  if (state.path === 'back') return 'gone'
  if (state.at !== at) return state.at > at ? 'beyond' : 'coming'
  // What it remembers of its item's jobs is the proof that it has looked.
  return state.memo.jobBefore === undefined ? 'coming' : 'waiting'
}

const keyOf = (place: Place): { readonly pk: string; readonly rk: string } => ({
  pk: `group:${place.operation.id}`,
  rk: `${place.stage.name} ${groupOf(place)?.mates[0]?.key ?? ''}`,
})

async function read(place: Place): Promise<Agreement> {
  const { pk, rk } = keyOf(place)
  const stored = await place.world.pacers.get(pk, rk)
  if (!stored) return { kind: 'open', retries: 0, since: 0 }
  const { kind, retries, since } = stored.value
  // A row that nobody can read keeps everybody where he is.
  if (typeof retries !== 'number' || typeof since !== 'number' || !isKind(kind))
    return { kind: 'begun', retries: 0, since: 0, etag: stored.etag }
  const isOld = kind === 'back' && retries < place.operation.state.retries
  return { kind: isOld ? 'open' : kind, retries, since, etag: stored.etag }
}

const isKind = (value: Json | undefined): value is Kind => value === 'open' || value === 'begun' || value === 'back'

async function move(place: Place, to: Kind, from: readonly Kind[]): Promise<boolean> {
  const { pacers, clock } = place.world
  for (let i = 0; i < contentionLimit; i++) {
    const before = await read(place)
    if (before.kind === to) return true
    if (!from.includes(before.kind)) return false
    const since = before.kind === 'begun' ? clock.now() + defaultSettle : 0
    const value = { kind: to, retries: place.operation.state.retries, since }
    const row = { ...keyOf(place), value }
    const etag = before.etag === undefined ? await pacers.insert(row) : await pacers.replace(row, before.etag)
    if (etag !== undefined) return true
  }
  return false
}
