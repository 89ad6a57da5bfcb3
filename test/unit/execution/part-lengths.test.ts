import { describe, expect, it } from 'vitest'
import { seconds } from '../../../src/lib/core/time.ts'
import { createPartLengths } from '../../../src/lib/execution/part-lengths.ts'
import { newOperation, type OperationState } from '../../../src/lib/machine/operation-state.ts'
import type { OperationSpec, StageName, StepName } from '../../../src/lib/machine/spec.ts'
import { newTask, type OverTask } from '../../../src/lib/machine/task-state.ts'
import type { TaskRecord } from '../../../src/lib/ports/operations.ts'
import { callOf, hostSpec } from '../../support/engine-world.ts'
import { desktop, hostSubject, move } from '../../support/step-things.ts'

const done: OverTask = { status: 'over', outcome: 'succeeded', at: 0, undo: [], passedOver: [] }

/** Seconds, step and text of each line. */
type Line = readonly [number, StepName | '', string?]

const taskOf = (stage: StageName, lines: readonly Line[], traits: Partial<TaskRecord> = {}): TaskRecord => ({
  stage,
  key: stage === 'desktops' ? desktop.key : hostSubject.key,
  ordinal: 0,
  batch: 0,
  tick: 9,
  dueAt: 0,
  retries: 0,
  poisoned: 0,
  state: done,
  timeline: lines.map(([at, step, text = 'done']) => ({
    at: seconds(at),
    ...(step && { step: `${step}@secondary` }),
    text,
  })),
  ...traits,
})

const capacity: readonly Line[] = [
  [0, 'startVm', 'waits for its turn'],
  [100, 'startVm', 'begins'],
  [130, 'startVm'],
  [130, 'awaitHost', 'no heartbeat yet'],
  [220, 'awaitHost'],
  [240, 'undrainHost'],
]

const samplesOf = (spec: OperationSpec, tasks: readonly TaskRecord[], state: Partial<OperationState> = {}) => {
  const lengths = createPartLengths(spec)
  for (const task of tasks) lengths.note(task)
  const samples = lengths.samples({ state: { ...newOperation(spec, 0), ...state } })
  return Object.fromEntries(Object.entries(samples).map(([part, { deciles }]) => [part, (deciles[5] ?? 0) / 1_000]))
}

const work = { restore: [{}, {}], manual: [], skipped: [], associations: [] } as unknown as NonNullable<
  OperationSpec['extensionWork']
>[number]
const steps = ['signOutUsers', 'failoverVm', 'awaitVm', 'awaitHost', 'restoreExtensions', 'commitFailover'] as const
const desktops = (primaryIsDown = false): OperationSpec =>
  hostSpec({
    primaryIsDown,
    extensionWork: [work],
    stages: [
      {
        name: 'desktops',
        after: [],
        steps: steps.map((step) => callOf(step)),
        tasks: [{ ...desktop, extensions: 0 }],
        trouble: 'goOn',
      },
    ],
  })
const moved: readonly Line[] = [
  [0, 'signOutUsers', 'begins'],
  [90, 'signOutUsers'],
  [95, 'failoverVm', 'begins'],
  [200, 'failoverVm'],
  [210, 'awaitVm'],
  [300, 'awaitHost'],
  [300, 'restoreExtensions', 'begins: puts A, 1 of 2'],
  [360, 'restoreExtensions', 'begins: puts B, 2 of 2'],
  [420, 'restoreExtensions'],
  [421, 'commitFailover', 'begins'],
  [450, ''],
]

describe('how long parts took', () => {
  it('of a host: from its start, not from its wait for a slot, to its sign of life', () => {
    expect(samplesOf(hostSpec(), [taskOf('capacity', capacity)])).toEqual({ hostReady: 120 })
  })

  it('of a desktop: each part by itself, extensions one by one, the last step to the end of the task', () => {
    expect(samplesOf(desktops(), [taskOf('desktops', moved)])).toEqual({
      signOut: 90,
      failoverWithShutdown: 105,
      desktopReady: 100,
      extension: 60,
      commit: 29,
    })
  })

  it('of a desktop of a dead side: nothing of signing out, and the failover is another one', () => {
    const samples = samplesOf(desktops(true), [taskOf('desktops', moved)])
    expect(samples).toMatchObject({ failover: 105 })
    expect(samples).not.toHaveProperty('signOut')
  })

  it.each([
    ['failed', { state: { ...done, outcome: 'failed' as const } }],
    ['is not over', { state: newTask(0) }],
    ['was tried again', { retries: 1 }],
  ])('is not asked of a task that %s', (_, traits) => {
    expect(samplesOf(hostSpec(), [taskOf('capacity', capacity, traits)])).toEqual({})
  })

  it('is not told of a step that was passed over, or done already', () => {
    const passedOver: OverTask = { ...done, passedOver: ['awaitHost'] }
    expect(samplesOf(hostSpec(), [taskOf('capacity', capacity, { state: passedOver })])).toEqual({})
    const running = capacity.filter(([, , text]) => text !== 'begins')
    expect(samplesOf(hostSpec(), [taskOf('capacity', running)])).toEqual({})
  })
})

describe('how long stages took', () => {
  const spec = hostSpec({
    stages: [
      { name: 'revoke', after: [], steps: [callOf('revokeAccess')], tasks: [move('a')], trouble: 'ask' },
      { name: 'grant', after: [], steps: [callOf('grantAccess')], tasks: [move('a')], trouble: 'ask' },
    ],
  })
  const { stages } = newOperation(spec, 0)
  const over = { status: 'over', openedAt: seconds(10), overAt: seconds(40) } as const
  const both = {
    stages: Object.fromEntries(Object.entries(stages).map(([name, stage]) => [name, { ...stage, ...over }])),
  }

  it('is told of what all their tasks do at once', () => {
    expect(samplesOf(spec, [], both)).toEqual({ revoke: 30, grant: 30 })
  })

  it('is not told where a person was asked, or where a dead side held it up', () => {
    expect(samplesOf(spec, [], { ...both, replies: { grantFailed: 'retry' } })).toEqual({})
    expect(samplesOf({ ...spec, primaryIsDown: true }, [], both)).toEqual({ grant: 30 })
  })
})
