import { describe, expect, it } from 'vitest'
import { newTask } from '../../../src/lib/machine/task-state.ts'
import { begunAt } from '../../support/engine-world.ts'
import { openTick, type Scene } from '../../support/tick-scene.ts'

const back = { state: { status: 'goingBack', backAt: 'capacity' } } as const

describe('a task whose operation turns back', () => {
  async function looksOf(task: Scene['task']) {
    let looks = 0
    const { tick, row } = await openTick({
      given: back,
      ...(task && { task }),
      meanwhile: async () => {
        looks++
      },
    })
    await tick(task?.tick ?? 0)
    const after = await row()
    return { looks, state: after?.state, text: after?.timeline.at(-1)?.text }
  }

  it('ends without a look when it was never ticked', async () => {
    expect(await looksOf({ tick: 0 })).toMatchObject({
      looks: 0,
      state: { status: 'over', outcome: 'aborted', undo: [] },
      text: 'turns back before anything was begun',
    })
  })

  it('looks first when it was ticked once', async () => {
    const { looks, state } = await looksOf({ tick: 1, state: newTask(begunAt) })
    expect(looks).toBe(1)
    expect(state).toMatchObject({ status: 'over', outcome: 'aborted' })
  })
})
