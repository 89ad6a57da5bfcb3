import { describe, expect, it } from 'vitest'
import { buryPoison } from '../../../src/lib/execution/bury-poison.ts'
import { newTask } from '../../../src/lib/machine/task-state.ts'
import { begunAt, openEngine, putOperation, putTask } from '../../support/engine-world.ts'
import { recordedLog } from '../../support/recorded-log.ts'

const poison = (tick: number) => ({ v: 1, operationId: 'op-1', stage: 'capacity', key: 'avd-1', tick })

describe('what was poisoned stands in the log with whose it was', () => {
  const whose = { operationId: 'op-1', stage: 'capacity', task: 'avd-1' }
  it.each<[string, unknown, object]>([
    ['a tick of a task', poison(6), { level: 'error', event: 'a tick was poisoned', ...whose, tick: 6, poisoned: 1 }],
    ['a spare one', poison(4), { level: 'warn', event: 'a spare tick was poisoned', ...whose, tick: 4 }],
    [
      'a tick of an operation',
      { v: 1, operationId: 'op-1', tick: 1 },
      { level: 'error', event: 'operation tick was poisoned', operationId: 'op-1' },
    ],
    ['a message of nobody’s', 'x', { level: 'error', event: 'a message that is not ours was poisoned' }],
  ])('%s', async (_, message, line) => {
    const { log, lines } = recordedLog()
    const opened = openEngine((world) => ({ ...world, log }))
    await putOperation(opened)
    await putTask(opened, 'op-1', { tick: 5, state: newTask(begunAt) })
    await buryPoison(opened.engine, message)
    expect(lines).toEqual([line])
  })
})
