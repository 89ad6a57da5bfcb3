/** Starting and controlling, cut at every call the app makes for it: asking once more finishes it. */
import { minutes, seconds } from '../../src/lib/core/time.ts'
import { type Command, control } from '../../src/lib/execution/control.ts'
import { startOperation } from '../../src/lib/execution/start.ts'
import type { FaultRule } from '../arm/faults.ts'
import { keepHostsAlive } from '../keepalive/app-timers.ts'
import type { Operator } from '../virtual/operator.ts'
import type { Door } from './door.ts'
import { limit, overrides, type PointStory, personal, pooled, wakeUp } from './point-stories.ts'

const by = 'operator'

const begin = async (operator: Operator, door: Door, pairId: string): Promise<string> => {
  const { hash } = await operator.preview({ pairId })
  if (!hash) throw new Error('planning refuses')
  const started = await door.ask((engine) => startOperation(engine, { hash, by, idempotencyKey: 'one-and-only' }))
  if (started.kind === 'refused') throw new Error(`not started: ${started.message}`)
  return started.operationId
}

const order = (door: Door, id: string, command: Command) => door.ask((engine) => control(engine, id, command, by))

const start: PointStory = {
  name: 'start at the desk',
  aim: 'desk',
  fleet: personal.fleet,
  overrides,
  play: async (operator, _, door) => [await begin(operator, door, personal.pairId)],
}

const abort: PointStory = {
  name: 'abort at the desk',
  aim: 'desk',
  fleet: pooled.fleet,
  overrides: { ...overrides, grace: '10 min' },
  play: async (operator, mark, door) => {
    const id = await operator.begin({ pairId: pooled.pairId })
    await operator.pass(minutes(5))
    mark()
    await order(door, id, { kind: 'abort' })
    return [id]
  },
}

const pause: PointStory = {
  name: 'pause and resume at the desk',
  aim: 'desk',
  fleet: pooled.fleet,
  overrides,
  play: async (operator, mark, door) => {
    const id = await operator.begin({ pairId: pooled.pairId })
    await operator.pass(seconds(40))
    mark()
    await order(door, id, { kind: 'pause' })
    const { intent } = (await operator.operation(id)).state
    if (intent !== 'pause') throw new Error(`asked to pause, the operation wants to ${intent}`)
    await operator.pass(minutes(5))
    await order(door, id, { kind: 'resume' })
    return [id]
  },
}

/** Fails for good once: a person's retry goes through. */
const failing: FaultRule = { action: /unplannedFailover/i, kind: '28031', times: 1 }

const retry: PointStory = {
  name: 'retry of what is over at the desk',
  aim: 'desk',
  fleet: personal.fleet,
  overrides,
  rules: [failing],
  play: async (operator, mark, door) => {
    const id = await operator.begin({ pairId: personal.pairId })
    if (!(await operator.untilOver([id], limit))) throw new Error('what fails for good does not end')
    await operator.pass(minutes(2))
    const { outcome } = (await operator.operation(id)).state
    if (outcome !== 'failed') throw new Error(`meant to fail, ${outcome}`)
    mark()
    await order(door, id, { kind: 'retryFailed' })
    return [id]
  },
}

/** The only standby host does not start at first: the operation asks what to do. */
const short: FaultRule = { action: /virtualMachines\/start\/action$/i, kind: 'SkuNotAvailable', times: 1 }

const reply: PointStory = {
  name: 'reply at the desk',
  aim: 'desk',
  fleet: pooled.fleet,
  overrides,
  rules: [short],
  play: async (operator, mark, door) => {
    const id = await operator.begin({ pairId: pooled.pairId })
    await operator.pass(minutes(5))
    const { question } = (await operator.operation(id)).state
    if (question?.code !== 'capacityShort') throw new Error(`meant to ask, asks ${question?.code ?? 'nothing'}`)
    mark()
    await order(door, id, { kind: 'reply', reply: 'retry' })
    return [id]
  },
}

/** Not struck at the desk but in its own process: the timer comes again, whatever became of the run before. */
const keepAliveTimer: PointStory = {
  ...wakeUp,
  name: 'keep-alive timer',
  aim: 'desk',
  overrides: { ...overrides, keepAlive: { stayOn: '20 min', window: { from: '00:00', to: '24:00' } } },
  play: async (operator, mark, door) => {
    mark()
    const ids = await untilSomebodyIsWoken(operator, door)
    await operator.untilOver(ids, limit)
    const kept: string[] = []
    // Two runs may both have started one: whoever comes second is refused.
    for (const id of ids) if ((await operator.operation(id)).state.outcome !== 'refused') kept.push(id)
    return kept
  },
}

/** One pair's trouble is told and left to the next run. */
async function untilSomebodyIsWoken(operator: Operator, door: Door): Promise<readonly string[]> {
  for (let run = 0; run < 3; run++) {
    await door.ask(keepHostsAlive)
    const ids = await door.ask((engine) => engine.world.active.list())
    if (ids.length > 0) return ids
    await operator.pass(minutes(15))
  }
  throw new Error('nobody is woken')
}

export const deskStories: readonly PointStory[] = [start, abort, pause, retry, reply, keepAliveTimer]
