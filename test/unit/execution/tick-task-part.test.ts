import { expect, it } from 'vitest'
import { seconds } from '../../../src/lib/core/time.ts'
import { tickTask } from '../../../src/lib/execution/tick-task.ts'
import type { Look } from '../../../src/lib/machine/step.ts'
import type { StepContext } from '../../../src/lib/ports/steps.ts'
import { begunAt, openEngine, putOperation, putTask, stepOf } from '../../support/engine-world.ts'
import { message } from '../../support/tick-scene.ts'

/** A step of two parts: the look names them in turn. */
async function opened() {
  const parts: (string | undefined)[] = []
  const sent: (string | undefined)[] = []
  let next = 'first'
  const engine = openEngine((world) => ({
    ...world,
    steps: {
      ...world.steps,
      startVm: {
        ...stepOf('startVm', () => ({ kind: 'notBegun' })),
        look: async ({ now, part }: StepContext): Promise<Look> => {
          parts.push(part)
          return { seen: { kind: 'notBegun' }, readAt: now, part: next, detail: `does the ${next}` }
        },
        begin: async ({ part }: StepContext) => {
          sent.push(part)
          return { kind: 'accepted' as const }
        },
      },
    },
  }))
  await putOperation(engine)
  await putTask(engine, 'op-1')
  return { ...engine, parts, sent, turn: (part: string) => (next = part) }
}

it('a begin knows its part, and the next look what the last one was about', async () => {
  const { engine, parts, sent, turn, pass } = await opened()
  await tickTask(engine, message)
  turn('second')
  pass(seconds(20))
  await tickTask(engine, { ...message, tick: 1 })
  expect(parts).toEqual([undefined, 'first'])
  expect(sent).toEqual(['first', 'second'])
})

it('what is begun is on record first: which part', async () => {
  const { engine, world } = await opened()
  await tickTask(engine, message)
  expect(await world.operations.events('op-1')).toContainEqual(
    expect.objectContaining({ act: 'begin', at: begunAt, detail: 'first' }),
  )
  const task = await world.operations.loadTask('op-1', 'capacity', message.key)
  expect(task?.value.state).toMatchObject({ part: 'first', partSince: begunAt, attempt: 1 })
  expect(task?.value.timeline.at(-1)?.text).toBe('begins: does the first')
})
