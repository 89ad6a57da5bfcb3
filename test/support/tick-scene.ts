/** One host to start, and the tick of its task. */
import { tickTask } from '../../src/lib/execution/tick-task.ts'
import type { Begun, Seen, StepLimits } from '../../src/lib/machine/step.ts'
import { type EngineWorld, type Given, openEngine, putOperation, putTask, stepOf } from './engine-world.ts'
import { hostSubject } from './step-things.ts'

export type Scene = {
  readonly given?: Given
  readonly task?: Parameters<typeof putTask>[2]
  readonly see?: Seen
  /** Happens while the tick looks. */
  readonly meanwhile?: (opened: EngineWorld) => Promise<unknown>
  readonly begin?: Begun
  readonly limits?: Partial<StepLimits>
  readonly change?: Parameters<typeof openEngine>[0]
}

export const paced = { paced: 'starts' } as const
export const message = { v: 1, operationId: 'op-1', stage: 'capacity', key: hostSubject.key, tick: 0 } as const

/** One host to start, one tick; what was done in its order. */
export async function openTick({
  given,
  task,
  see = { kind: 'notBegun' },
  meanwhile,
  begin,
  limits,
  change,
}: Scene = {}) {
  const opened = openEngine((world) => {
    const base = stepOf('startVm', () => see, undefined, limits)
    const startVm = {
      ...base,
      look: async (context: Parameters<typeof base.look>[0]) => {
        const look = await base.look(context)
        await meanwhile?.(opened)
        return look
      },
      begin: async (): Promise<Begun> => {
        opened.deeds.push('begin')
        return begin ?? { kind: 'accepted' }
      },
    }
    const changed = change?.(world) ?? world
    return { ...changed, steps: { ...changed.steps, startVm } }
  })
  await putOperation(opened, given)
  await putTask(opened, 'op-1', task)
  opened.deeds.length = 0
  return {
    ...opened,
    tick: (n: number) => tickTask(opened.engine, { ...message, tick: n }),
    row: async () => (await opened.world.operations.loadTask('op-1', 'capacity', hostSubject.key))?.value,
  }
}
