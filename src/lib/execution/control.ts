/** What an operator may ask of a running operation. The wish is stored; the next ticks act on it. */
import type { OperationState, Reply } from '../machine/operation-state.ts'
import { rank } from '../machine/spec.ts'
import type { Kept, OperationRecord } from '../ports/operations.ts'
import { type Engine, nudge } from './engine.ts'
import { noted } from './timeline.ts'

export type Command =
  | { readonly kind: 'pause' | 'resume' | 'abort' | 'retryFailed' }
  | { readonly kind: 'reply'; readonly reply: Reply }

export type Controlled =
  | { readonly kind: 'done'; readonly record: OperationRecord }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'refused'; readonly message: string }

/** Somebody else saving at the same moment is met this often before the caller is told to try again. */
const attemptLimit = 5

export async function control(engine: Engine, id: string, command: Command, by: string): Promise<Controlled> {
  const { world } = engine
  for (let attempt = 0; attempt < attemptLimit; attempt++) {
    const stored = await world.operations.load(id)
    if (!stored) return { kind: 'unknown' }
    const changed = apply(stored.value.state, command)
    if ('refused' in changed) return { kind: 'refused', message: changed.refused }
    const obstacle = stored.value.state.status === 'over' ? await whyNotReopen(engine, stored.value) : undefined
    if (obstacle !== undefined) return { kind: 'refused', message: obstacle }
    const saved = await save(engine, stored, changed.state, command, by)
    if (saved) return { kind: 'done', record: saved }
  }
  return { kind: 'refused', message: 'the operation is changing too fast: try again' }
}

async function save(
  { world }: Engine,
  stored: Kept<OperationRecord>,
  state: OperationState,
  command: Command,
  by: string,
): Promise<OperationRecord | undefined> {
  const now = world.clock.now()
  const record = stored.value
  const act = command.kind === 'reply' ? `reply ${command.reply}` : command.kind
  const isReopened = record.state.status === 'over'
  const { epoch, ...rest } = record
  const value: OperationRecord = {
    ...rest,
    ...(epoch !== undefined && !isReopened && { epoch }),
    state,
    tick: record.tick + 1,
    dueAt: now,
    timeline: noted(record.timeline, [{ at: now, text: `${act} by ${by}` }]),
  }
  if (isReopened) await world.active.add(record.id)
  await world.operationTicks.send({ v: 1, operationId: record.id, tick: value.tick }, 0)
  const etag = await world.operations.save(value, stored.etag, { at: now, act, by, specHash: record.specHash })
  if (etag === undefined) return undefined
  // Once more: its end, still being carried out, may have removed the first one.
  if (isReopened) await world.active.add(record.id)
  await nudge(world, record.id)
  world.log.info('operation controlled', { operationId: record.id, act, by })
  return value
}

function apply(state: OperationState, command: Command): { state: OperationState } | { refused: string } {
  if (command.kind === 'retryFailed') return retry(state)
  if (state.status === 'over') return { refused: `the operation is over: ${state.outcome}` }
  if (state.intent === 'abort' && (command.kind === 'pause' || command.kind === 'resume'))
    return { refused: 'the operation was aborted' }
  switch (command.kind) {
    case 'pause':
      if (state.status === 'goingBack') return { refused: 'the operation is turning back; that is not paused' }
      if (isGranting(state)) return { refused: 'access is moving: a pause now would leave people with neither side' }
      return { state: { ...state, intent: 'pause' } }
    case 'resume':
      return { state: { ...state, intent: 'run' } }
    case 'abort':
      if (state.pastNoReturn)
        return { refused: 'the point of no return is passed: access is moving; the operation runs on to its safe end' }
      return { state: { ...state, intent: 'abort' } }
    case 'reply':
      return answer(state, command.reply)
  }
}

const isGranting = (state: OperationState): boolean =>
  state.pastNoReturn && state.stages.grant !== undefined && state.stages.grant.status !== 'over'

function answer(state: OperationState, reply: Reply): { state: OperationState } | { refused: string } {
  const { question } = state
  if (!question) return { refused: 'the operation asks nothing' }
  if (!question.replies.includes(reply))
    return { refused: `this question takes one of: ${question.replies.join(', ')}` }
  if (reply === 'retry') return retry(state)
  return { state: { ...state, replies: { ...state.replies, [question.code]: reply } } }
}

function retry(state: OperationState): { state: OperationState } | { refused: string } {
  const { outcome: _, endedAt: __, question, ...rest } = state
  const retries = state.retries + 1
  if (state.status === 'goingBack')
    return question ? { state: { ...rest, retries } } : { refused: 'the operation is turning back' }
  const failed = Object.values(state.stages).reduce(
    (sum, stage) => sum + stage.tally.failed + stage.tally.aborted + stage.tally.unproven,
    0,
  )
  if (failed === 0) return { refused: 'nothing has failed' }
  if (state.intent === 'abort' && state.status !== 'over') return { refused: 'the operation was aborted' }
  return { state: { ...rest, status: 'running', intent: 'run', retries, replies: repliesFor(state) } }
}

/** Another try is not undone by an answer to the last one, and may take as long as it has to: the deadline is past. */
function repliesFor({ replies, question }: OperationState): OperationState['replies'] {
  const wasShort = question?.code === 'capacityShort' || replies.capacityShort === 'restore'
  const kept = Object.entries(replies).filter(([, reply]) => reply !== 'restore')
  return { ...Object.fromEntries(kept), ...(wasShort && { capacityShort: 'wait' }) }
}

/** An operation that is over may try again only while nothing else has touched its pair. */
async function whyNotReopen({ world }: Engine, record: OperationRecord): Promise<string | undefined> {
  const movedOn = 'the pair has moved on since: preview and start a new operation'
  if (record.state.outcome === 'takenOver' || record.state.outcome === 'refused') return movedOn
  const pair = await world.pairs.load(record.pairId)
  const holder = pair.value.heldBy
  if (holder?.operationId === record.id)
    return 'the operation is letting go of its pair just now: try again in a minute'
  return pair.value.epoch === record.epoch && (!holder || rank[holder.kind] > rank[record.kind]) ? undefined : movedOn
}
