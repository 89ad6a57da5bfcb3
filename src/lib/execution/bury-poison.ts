/** A message that failed too often is never the end of a VM: the row knows better than the message (design §6). */
import type { Fault } from '../core/fault.ts'
import { seconds } from '../core/time.ts'
import { cutShort } from '../machine/task.ts'
import { type Engine, nudge } from './engine.ts'
import { parseOperationTick, parseTaskTick, type TaskTick } from './messages.ts'
import { noteIfUnreadable } from './unreadable.ts'

/** So many poisonings of one tick make a fault; fewer are left to the sweep. */
export const poisonLimit = 3

export async function buryPoison(engine: Engine, message: unknown): Promise<void> {
  const { world } = engine
  const task = parseTaskTick(message)
  if (task) return noteIfUnreadable(engine, task, () => buryTask(engine, task))
  const operation = parseOperationTick(message)
  if (operation) return world.log.error('operation tick was poisoned', { operationId: operation.operationId })
  world.log.error('a message that is not ours was poisoned')
}

async function buryTask(engine: Engine, message: TaskTick): Promise<void> {
  const { world } = engine
  const { operationId, stage, key } = message
  const stored = await world.operations.loadTask(operationId, stage, key)
  const log = world.log.with({ operationId, stage, task: key, tick: message.tick })
  if (!stored || message.tick < stored.value.tick || stored.value.state.status === 'over')
    return log.warn('a spare tick was poisoned')
  const poisoned = stored.value.poisoned + 1
  log.error('a tick was poisoned', { poisoned })
  if (poisoned < poisonLimit) {
    const tick = stored.value.tick
    if ((await world.operations.saveTask(operationId, { ...stored.value, poisoned }, stored.etag)) !== undefined)
      await world.taskTicks.send({ v: 1, operationId, stage, key, tick }, seconds(30))
    return
  }
  const fault: Fault = {
    code: 'needsPerson',
    message: `tick ${message.tick} could not be carried out`,
    retryable: false,
  }
  const over = cutShort(stored.value.state, await pointOfNoReturn(engine, message), fault)
  const record = { ...stored.value, state: over, tick: stored.value.tick + 1 }
  if ((await world.operations.saveTask(operationId, record, stored.etag)) !== undefined) await nudge(world, operationId)
}

async function pointOfNoReturn({ world, specOf }: Engine, { operationId, stage }: TaskTick) {
  const operation = await world.operations.load(operationId)
  return operation && (await specOf(operation.value.specHash)).stage(stage)?.taskPointOfNoReturn
}
