import { describe, expect, it } from 'vitest'
import { type Command, control } from '../../../src/lib/execution/control.ts'
import type { OperationState, Question, Reply } from '../../../src/lib/machine/operation-state.ts'
import { type EngineWorld, openEngine, putOperation } from '../../support/engine-world.ts'
import { open, over, standing } from '../../support/operation-machine.ts'

type Parts = Partial<OperationState>
const question = (code: Question['code'], ...replies: Reply[]): Question => ({ code, text: '?', replies, askedAt: 0 })
const failed = { stages: { capacity: over({ succeeded: 2, failed: 1 }) } }

const given = {
  running: {},
  paused: { intent: 'pause', pausedAt: 0 },
  aborted: { intent: 'abort' },
  asking: {
    status: 'asking',
    question: question('capacityShort', 'wait', 'retry', 'grantAnyway', 'restore'),
    ...failed,
  },
  granting: { pastNoReturn: true, stages: { grant: open() } },
  granted: { pastNoReturn: true, stages: { grant: over() } },
  'turning back': { status: 'goingBack', turnedBackBy: 'trouble', backAt: 'capacity', ...failed },
  stuck: { status: 'goingBack', intent: 'abort', question: question('takingBackFailed', 'retry', 'accept'), ...failed },
  'over in part': { status: 'over', outcome: 'partial', endedAt: 0, ...failed },
  'over well': { status: 'over', outcome: 'succeeded', endedAt: 0, stages: { capacity: over() } },
  'about to grant': { stages: { grant: standing('waiting') } },
  'asking and aborted': { intent: 'abort', status: 'asking', ...failed },
  'over after an abort': { status: 'over', outcome: 'aborted', intent: 'abort', endedAt: 0, ...failed },
  refused: { status: 'over', outcome: 'refused', ...failed },
  'taken over': { status: 'over', outcome: 'takenOver', ...failed },
} satisfies Record<string, Parts>

const reply = (text: Reply): Command => ({ kind: 'reply', reply: text })
const [pause, resume, abort, retryFailed] = (['pause', 'resume', 'abort', 'retryFailed'] as const).map((kind) => ({
  kind,
})) as [Command, Command, Command, Command]

async function opened(parts: Parts) {
  const world = openEngine()
  await putOperation(world, { state: parts })
  const isOver = parts.status === 'over'
  if (isOver) await concluded(world)
  return {
    ...world,
    ask: (command: Command) => control(world.engine, 'op-1', command, 'ops@example.com'),
    state: async () => (await world.world.operations.load('op-1'))?.value.state,
  }
}

async function concluded({ world }: EngineWorld) {
  await world.active.remove('op-1')
  const pair = await world.pairs.load('pair')
  const { heldBy: _, ...rest } = pair.value
  await world.pairs.save(rest, pair.etag)
}

describe('a command', () => {
  it.each<[kind: string, command: Command, when: keyof typeof given, then: Parts | RegExp]>([
    ['pause', pause, 'running', { intent: 'pause' }],
    ['pause', pause, 'paused', { intent: 'pause' }],
    ['pause', pause, 'asking', { intent: 'pause', status: 'asking' }],
    ['pause', pause, 'granted', { intent: 'pause' }],
    ['pause', pause, 'granting', /neither side/],
    ['pause', pause, 'about to grant', { intent: 'pause' }],
    ['pause', pause, 'aborted', /was aborted/],
    ['pause', pause, 'turning back', /turning back/],
    ['pause', pause, 'over well', /over: succeeded/],
    ['resume', resume, 'paused', { intent: 'run' }],
    ['resume', resume, 'running', { intent: 'run' }],
    ['resume', resume, 'aborted', /was aborted/],
    ['resume', resume, 'over in part', /over: partial/],
    ['abort', abort, 'running', { intent: 'abort' }],
    ['abort', abort, 'paused', { intent: 'abort' }],
    ['abort', abort, 'asking', { intent: 'abort' }],
    ['abort', abort, 'aborted', { intent: 'abort' }],
    ['abort', abort, 'turning back', { status: 'goingBack' }],
    ['abort', abort, 'granting', /point of no return/],
    ['abort', abort, 'granted', /point of no return/],
    ['abort', abort, 'over in part', /over: partial/],
    ['retryFailed', retryFailed, 'asking', { status: 'running', retries: 1 }],
    ['retryFailed', retryFailed, 'over in part', { status: 'running', intent: 'run', retries: 1 }],
    ['retryFailed', retryFailed, 'stuck', { status: 'goingBack', retries: 1 }],
    ['retryFailed', retryFailed, 'running', /nothing has failed/],
    ['retryFailed', retryFailed, 'over well', /nothing has failed/],
    ['retryFailed', retryFailed, 'turning back', /turning back/],
    ['retryFailed', retryFailed, 'asking and aborted', /was aborted/],
    ['retryFailed', retryFailed, 'over after an abort', { status: 'running', intent: 'run', retries: 1 }],
    ['retryFailed', retryFailed, 'taken over', /moved on/],
    ['retryFailed', retryFailed, 'refused', /moved on/],
    ['wait', reply('wait'), 'asking', { replies: { capacityShort: 'wait' } }],
    ['restore', reply('restore'), 'asking', { replies: { capacityShort: 'restore' } }],
    ['retry', reply('retry'), 'asking', { status: 'running', retries: 1, replies: { capacityShort: 'wait' } }],
    ['accept', reply('accept'), 'stuck', { replies: { takingBackFailed: 'accept' } }],
    ['retry', reply('retry'), 'stuck', { status: 'goingBack', intent: 'abort', retries: 1 }],
    ['accept', reply('accept'), 'asking', /takes one of: wait, retry, grantAnyway, restore/],
    ['wait', reply('wait'), 'running', /asks nothing/],
    ['wait', reply('wait'), 'over in part', /over: partial/],
  ])('%s (%j) when it is %s: %o', async (_, command, when, then) => {
    const { ask, state } = await opened(given[when])
    const answer = await ask(command)
    if (then instanceof RegExp) {
      expect(answer).toMatchObject({ kind: 'refused', message: expect.stringMatching(then) })
      expect(await state()).toMatchObject(given[when])
      return
    }
    expect(answer).toMatchObject({ kind: 'done' })
    expect(await state()).toMatchObject(then)
  })

  it('for an operation nobody knows is answered so', async () => {
    expect(await control(openEngine().engine, 'op-9', pause, 'ops')).toEqual({ kind: 'unknown' })
  })

  it('is on record with who gave it, and wakes the operation', async () => {
    const { ask, world, sent } = await opened({})
    await ask(pause)
    expect(await world.operations.events('op-1')).toContainEqual(
      expect.objectContaining({ act: 'pause', by: 'ops@example.com' }),
    )
    expect(sent('operation-ticks')).toContainEqual({ v: 1, operationId: 'op-1', tick: 2 })
  })

  it('given at the same moment as another loses neither', async () => {
    const { ask, world } = await opened(given.asking)
    const answers = await Promise.all([ask(abort), ask(reply('wait'))])
    expect(answers.map(({ kind }) => kind)).toEqual(['done', 'done'])
    const record = (await world.operations.load('op-1'))?.value
    expect(record).toMatchObject({ tick: 3, state: { intent: 'abort', replies: { capacityShort: 'wait' } } })
    const acts = (await world.operations.events('op-1')).map(({ act }) => act).sort()
    expect(acts).toEqual(['abort', 'reply wait', 'start'])
  })

  it.each([
    ['pause', pause],
    ['retryFailed', retryFailed],
    ['reply retry', reply('retry')],
  ])('%s does not undo an abort that was accepted', async (_, command) => {
    const { ask, state } = await opened({ ...given.asking, intent: 'abort' })
    expect(await ask(command)).toMatchObject({ kind: 'refused' })
    expect(await state()).toMatchObject({ intent: 'abort' })
  })

  it('gives up when the operation never stands still', async () => {
    const opened = openEngine((world) => ({
      ...world,
      operations: { ...world.operations, save: async () => undefined },
    }))
    await putOperation(opened)
    const answer = await control(opened.engine, 'op-1', pause, 'ops')
    expect(answer).toMatchObject({ kind: 'refused', message: expect.stringMatching(/try again/) })
  })
})

describe('an operation that is over', () => {
  const restored: Parts = { ...given['over in part'], outcome: 'aborted', replies: { capacityShort: 'restore' } }

  it('takes its pair anew and is looked after again when it tries again', async () => {
    const { ask, world } = await opened(given['over in part'])
    await ask(retryFailed)
    expect(await world.active.list()).toEqual(['op-1'])
    expect((await world.operations.load('op-1'))?.value).not.toHaveProperty('epoch')
  })

  it('does not try again once its pair has changed hands', async () => {
    const { ask, world } = await opened(given['over in part'])
    const pair = await world.pairs.load('pair')
    await world.pairs.save({ ...pair.value, epoch: 2 }, pair.etag)
    expect(await ask(retryFailed)).toMatchObject({ kind: 'refused', message: expect.stringMatching(/moved on/) })
    expect(await world.active.list()).toEqual([])
  })

  it('is not turned back by the answer of last time', async () => {
    const { ask, state } = await opened(restored)
    await ask(retryFailed)
    expect((await state())?.replies).toEqual({ capacityShort: 'wait' })
  })
})

describe('what a command leaves behind', () => {
  it('stands in the timeline with who gave it, and keeps the pair', async () => {
    const running = await opened({})
    const before = await running.world.operations.load('op-1')
    await running.ask(pause)
    const after = await running.world.operations.load('op-1')
    expect(after?.value.timeline.at(-1)?.text).toBe('pause by ops@example.com')
    expect(before?.value.epoch).toBeDefined()
    expect(after?.value.epoch).toBe(before?.value.epoch)
  })

  it.each([{ failed: 1 }, { aborted: 1 }, { unproven: 1 }, { failed: 1, aborted: 1 }, { failed: 1, unproven: 1 }])(
    'is another try where %j is left to try',
    async (tally) => {
      const ended = await opened({ ...given['over in part'], stages: { capacity: over({ succeeded: 1, ...tally }) } })
      expect(await ended.ask(retryFailed)).toMatchObject({ kind: 'done' })
      expect(await ended.state()).toMatchObject({ status: 'running', intent: 'run', retries: 1 })
    },
  )

  it('is no answer to what is tried again, while other answers stand', async () => {
    const ended = await opened({
      ...given['over in part'],
      replies: { revokeUnproven: 'restore', grantFailed: 'accept' },
    })
    await ended.ask(retryFailed)
    expect((await ended.state())?.replies).toEqual({ grantFailed: 'accept' })
  })
})
