import { describe, expect, it } from 'vitest'
import { noteFollowUps } from '../../../src/lib/execution/note-follow-ups.ts'
import { newOperation, type OperationState } from '../../../src/lib/machine/operation-state.ts'
import type { OperationSpec } from '../../../src/lib/machine/spec.ts'
import { newTask, type OverTask, type TaskState } from '../../../src/lib/machine/task-state.ts'
import type { FollowUp } from '../../../src/lib/ports/follow-ups.ts'
import type { OperationRecord, TaskRecord } from '../../../src/lib/ports/operations.ts'
import { concluded } from '../../support/concluded.ts'
import { hostSpec } from '../../support/engine-world.ts'
import { stage } from '../../support/operation-machine.ts'
import { desktop } from '../../support/step-things.ts'

const both = { reprotect: true, commitReminder: { remindEvery: 60_000 } } as const
const desktops = (n: number) => Array.from({ length: n }, (_, i) => ({ ...desktop, key: `avd-${i}`, host: `AVD-${i}` }))
const spec = (parts: Partial<OperationSpec> = {}, n = 1, name: 'desktops' | 'extensions' = 'desktops'): OperationSpec =>
  hostSpec({ followUps: both, stages: [stage(name, 0, { tasks: desktops(n) })], ...parts })
const over = (outcome: OverTask['outcome'], parts: Partial<OverTask> = {}): OverTask => ({
  status: 'over',
  outcome,
  at: 0,
  undo: [],
  passedOver: [],
  ...parts,
})

async function noted(
  given: OperationSpec,
  states: readonly TaskState[],
  state: Partial<OperationState> = {},
  by = 'ops',
) {
  const all: FollowUp[] = []
  const record: OperationRecord = {
    id: 'op-1',
    kind: given.kind,
    pairId: 'pair',
    specHash: 'f'.repeat(64),
    state: { ...newOperation(given, 0), status: 'over', outcome: 'succeeded', endedAt: 500, ...state },
    tick: 1,
    dueAt: 0,
    listedAt: 0,
    requestedBy: by,
    createdAt: 100,
    timeline: [],
  }
  const tasks = states.map(
    (one, i): TaskRecord => ({
      stage: given.stages[0]?.name ?? 'desktops',
      key: `avd-${i}`,
      ordinal: i,
      batch: 0,
      tick: 3,
      dueAt: 0,
      retries: 0,
      poisoned: 0,
      state: one,
      timeline: [],
    }),
  )
  const followUps = {
    note: async (followUp: FollowUp) => all.push(followUp) > 0,
    open: async () => [],
    ofPair: async () => [],
    save: async () => undefined,
  }
  await noteFollowUps({ followUps }, given, record, tasks)
  return all
}
const idsOf = async (...given: Parameters<typeof noted>) => (await noted(...given)).map(({ id }) => id)

describe('what is left to be done for a desktop', () => {
  it('is noted with where its machine runs, and when it may begin', async () => {
    expect(await noted(spec(), [over('succeeded')])).toEqual([
      {
        pairId: 'pair',
        id: 'commitReminder-avd-0-op-1',
        kind: 'commitReminder',
        host: 'AVD-0',
        side: 'secondary',
        reason: 'The commit of operation op-1 is left to a person.',
        createdAt: 500,
        notBefore: 60_500,
        tries: 0,
      },
      {
        pairId: 'pair',
        id: 'reprotect-avd-0-op-1',
        kind: 'reprotect',
        host: 'AVD-0',
        side: 'secondary',
        reason: 'Unprotected since operation op-1.',
        createdAt: 500,
        notBefore: 500,
        tries: 0,
      },
    ])
  })

  it('is only what the spec asks for', async () => {
    expect(await idsOf(spec({ followUps: { reprotect: true } }), [over('succeeded')])).toEqual(['reprotect-avd-0-op-1'])
    expect(
      await idsOf(hostSpec({ stages: [stage('desktops', 0, { tasks: desktops(1) })] }), [over('succeeded')]),
    ).toEqual([])
  })

  it.each<[string, TaskState, boolean]>([
    ['one that arrived', over('succeeded'), true],
    ['one that arrived and lacks something', over('degraded'), true],
    ['one that stopped half-way', over('failed', { isHalfWay: true }), true],
    ['not one that stayed', over('failed'), false],
    ['nor one that was taken back', over('aborted'), false],
    ['nor one that is not over', newTask(0), false],
  ])('is noted for %s', async (_, state, is) => {
    expect((await idsOf(spec(), [state])).includes('reprotect-avd-0-op-1')).toBe(is)
  })

  it.each<[OperationSpec['kind'], boolean]>([
    ['failover', true],
    ['failback', true],
    ['changeRecoveryPoint', true],
    ['commit', false],
    ['reprotect', false],
    ['restoreExtensions', false],
  ])('after %s: %s', async (kind, is) => {
    expect((await noted(spec({ kind }), [over('succeeded')])).length > 0).toBe(is)
  })

  it('of extensions is noted only where nothing could be tried', async () => {
    const given = spec({ followUps: {} })
    expect(await idsOf(given, [over('degraded', { facts: { extensionsMissing: 'A (failed)' } })])).toEqual([])
    const untried = over('degraded', { facts: { extensionsMissing: 'A', extensionsUntried: true } })
    expect(await idsOf(given, [untried])).toEqual(['restoreExtensions-avd-0-op-1'])
    expect(await idsOf(given, [over('failed', { isHalfWay: true })])).toEqual(['restoreExtensions-avd-0-op-1'])
  })

  it('is noted for every one of many', async () => {
    const n = 45
    const ids = await idsOf(
      spec({ followUps: { reprotect: true } }, n),
      desktops(n).map(() => over('succeeded')),
    )
    expect(new Set(ids).size).toBe(n)
  })
})

describe('work that was taken over', () => {
  const given = spec({ kind: 'restoreExtensions', target: 'primary' }, 4, 'extensions')
  const states = [over('succeeded'), over('degraded'), over('failed'), newTask(0)]
  const lost = { outcome: 'takenOver' } as const

  it('goes on later for those that were not finished, the ones never begun as well', async () => {
    const all = await noted(given, states.slice(0, 3), lost)
    expect(all.map(({ id, side }) => `${id} ${side}`)).toEqual([
      'restoreExtensions-avd-2-op-1 primary',
      'restoreExtensions-avd-3-op-1 primary',
    ])
    expect(all[0]?.reason).toBe('Taken over from operation op-1.')
    expect(await idsOf(given, states, lost)).toEqual(all.map(({ id }) => id))
  })

  it('of protecting again does, too', async () => {
    expect(await idsOf(spec({ kind: 'reprotect' }), [newTask(0)], lost)).toEqual(['reprotect-avd-0-op-1'])
  })

  it('is not noted twice where it was noted down before', async () => {
    expect(await idsOf(given, states, lost, 'follow-up')).toEqual([])
  })

  it('is not noted where nobody took it over', async () => {
    expect(await idsOf(given, states, { outcome: 'partial' })).toEqual([])
  })
})

it('the end of an operation notes it down, once however often it is repeated', async () => {
  const task = { stage: 'desktops', key: 'avd-0', state: over('succeeded') } as const
  const { world } = await concluded({ spec: spec({ followUps: { reprotect: true } }), tasks: [task] })
  expect((await world.followUps.open()).map(({ value }) => value.id)).toEqual(['reprotect-avd-0-op-1'])
})
