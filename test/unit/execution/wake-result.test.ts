import { describe, expect, test } from 'vitest'
import type { Fault } from '../../../src/lib/core/fault.ts'
import { wakeResultOf } from '../../../src/lib/execution/wake-result.ts'
import type { StageSpec, Subject } from '../../../src/lib/machine/spec.ts'
import { newTask, type OpenTask, type OverTask } from '../../../src/lib/machine/task-state.ts'
import type { TaskRecord } from '../../../src/lib/ports/operations.ts'
import { keepAlive } from '../../../src/lib/runbooks/keep-alive.ts'
import { ids } from '../../support/step-things.ts'

type HostSubject = Extract<Subject, { kind: 'host' }>
const subject: HostSubject = {
  kind: 'host',
  key: 'avd-1',
  side: 'secondary',
  host: 'AVD-1',
  vmId: ids.newVm,
  size: 'Standard_D4s_v5',
  zone: '2',
}
const endedAt = 9_000
const stages = keepAlive('secondary', { patches: 'assess', template: '/template' })
const undo = (...steps: readonly OpenTask['undo'][number]['step'][]) =>
  steps.map((step) => ({ step, side: 'secondary' as const }))
const noRoom: Fault = { code: 'noCapacity', message: 'full', retryable: true, azureCode: 'AllocationFailed' }
const late: Fault = { code: 'timedOut', message: 'too long', retryable: true }
const over = (outcome: OverTask['outcome'], parts: Partial<OverTask> = {}): OverTask => ({
  status: 'over',
  outcome,
  at: 0,
  undo: [],
  passedOver: [],
  ...parts,
})
const open = (parts: Partial<OpenTask> = {}): OpenTask => ({ ...newTask(0), ...parts })

function resultOf(state: TaskRecord['state'], name: 'wake' | 'putBack' | 'repair' = 'wake', of = subject, tick = 3) {
  const stage = stages.find((one) => one.name === name) as Pick<StageSpec, 'name' | 'steps'>
  const record = { stage: name, key: 'avd-1', tick, state } as TaskRecord
  return wakeResultOf(record, stage, of, endedAt)
}

describe('what a wake-up came to', () => {
  const proven = { provenAt: 500, aliveSince: 200, startedAt: 100, offAt: 900 }
  test.each<[string, TaskRecord['state'], string]>([
    ['a heartbeat after our own start', over('succeeded', { facts: proven }), 'proven'],
    ['the same with a part passed over', over('succeeded', { facts: proven, passedOver: ['patchVm'] }), 'proven'],
    ['a host that ran', over('succeeded', { facts: { found: 'running', provenAt: 1 } }), 'running'],
    ['a host that somebody started right before us', over('succeeded', { facts: { provenAt: 1 } }), 'running'],
    [
      'a host that ran, of which nobody has seen a heartbeat',
      over('succeeded', { facts: { found: 'running' } }),
      'running',
    ],
    ['a host without a heartbeat', over('succeeded'), 'noHeartbeat'],
    ['a host with sessions', over('succeeded', { facts: { found: 'inUse' } }), 'inUse'],
    ['no room', over('failed', { fault: noRoom, failedStep: 'startVm' }), 'startFailed'],
    ['no heartbeat', over('failed', { fault: late, failedStep: 'awaitHost' }), 'noHeartbeat'],
    ['a host that runs and is mute', over('failed', { fault: late, failedStep: 'inspectHost' }), 'noHeartbeat'],
    [
      'a heartbeat, but no health: no want of a token',
      over('failed', { fault: late, failedStep: 'awaitHost', facts: { provenAt: 1, aliveSince: 1 } }),
      'failed',
    ],
    [
      'nobody could look: no want of a token either',
      over('failed', { fault: { ...late, code: 'unproven' }, failedStep: 'awaitHost' }),
      'failed',
    ],
    ['something else that failed', over('failed', { fault: late, failedStep: 'drainHost' }), 'failed'],
    ['an abort', over('aborted', { facts: proven }), 'interrupted'],
    ['the loss of the pair in the middle', open({ facts: proven }), 'interrupted'],
  ])('%s', (_, state, outcome) => {
    expect(resultOf(state)?.outcome).toBe(outcome)
  })

  test('has the proof, the agent, and how long it was on', () => {
    const state = over('succeeded', { facts: { ...proven, agentVersion: '1.0.3', patched: 'assess: 2 missing' } })
    expect(resultOf(state)).toMatchObject({
      host: 'avd-1',
      side: 'secondary',
      provenAt: 500,
      aliveSince: 200,
      agentVersion: '1.0.3',
      onFor: 800,
      detail: 'assess: 2 missing',
      left: [],
    })
  })

  test('does not know how long a host was on that is not off yet, or was switched off before', () => {
    expect(resultOf(open({ facts: { startedAt: 100 } }))).not.toHaveProperty('onFor')
    expect(resultOf(over('aborted', { facts: { startedAt: 100, offAt: 50 } }))).not.toHaveProperty('onFor')
    expect(resultOf(over('aborted', { facts: { startedAt: 100, offAt: 100 } }))).not.toHaveProperty('onFor')
  })

  test('names fault and what was passed over in one clause', () => {
    const state = over('failed', { fault: noRoom, failedStep: 'startVm', passedOver: ['awaitAgent'] })
    expect(resultOf(state)?.detail).toBe('AllocationFailed: full; awaitAgent was passed over')
  })

  test('says nothing more where there is nothing to say', () => {
    expect(resultOf(over('aborted'))).toEqual({
      stage: 'wake',
      side: 'secondary',
      host: 'avd-1',
      outcome: 'interrupted',
      left: [],
    })
  })

  test('is nothing while nobody has looked', () => {
    expect(resultOf(open(), 'wake', subject, 0)).toBeUndefined()
  })
})

describe('a start that failed', () => {
  test('is evidence by size and zone', () => {
    expect(resultOf(over('failed', { fault: noRoom, failedStep: 'startVm' }))?.startFailure).toEqual({
      at: endedAt,
      code: 'AllocationFailed',
      size: 'Standard_D4s_v5',
      zone: '2',
    })
  })

  test('is evidence although another attempt went through', () => {
    const state = over('succeeded', { facts: { provenAt: 5, startFailed: 'SkuNotAvailable', startFailedAt: 3 } })
    expect(resultOf(state)?.startFailure).toMatchObject({ at: 3, code: 'SkuNotAvailable' })
  })

  test('of a VM of which no size is known is evidence without one', () => {
    const { size: _, zone: _zone, ...bare } = subject
    const state = over('failed', { fault: noRoom, failedStep: 'startVm' })
    expect(resultOf(state, 'wake', bare)?.startFailure).toEqual({ at: endedAt, code: 'AllocationFailed', size: '' })
  })

  test('is none where another step failed, whatever Azure said to that', () => {
    const state = over('failed', { fault: noRoom, failedStep: 'awaitHost' })
    expect(resultOf(state)).not.toHaveProperty('startFailure')
  })

  test('without a word of Azure is none', () => {
    const mute = over('failed', { fault: { ...late }, failedStep: 'startVm' })
    expect(resultOf(mute)).not.toHaveProperty('startFailure')
  })
})

describe('what a wake-up leaves behind', () => {
  const all = undo('includeInScaling', 'undrainHost', 'deallocateVm')

  test.each<[string, TaskRecord['state'], readonly string[]]>([
    [
      'everything it has begun, when it lost its pair',
      open({ at: 5, undo: all }),
      ['deallocateVm', 'undrainHost', 'includeInScaling'],
    ],
    [
      'the rest, when it lost it while putting back',
      open({ path: 'back', at: 0, undo: all.slice(0, 1) }),
      ['includeInScaling'],
    ],
    [
      'what is stuck as well',
      open({ path: 'back', at: 0, undo: all.slice(0, 1), stuck: undo('deallocateVm') }),
      ['deallocateVm', 'includeInScaling'],
    ],
    [
      'what could not be taken back',
      over('failed', { undo: undo('includeInScaling', 'deallocateVm') }),
      ['deallocateVm', 'includeInScaling'],
    ],
    ['nothing, when all is put back', over('succeeded'), []],
  ])('%s', (_, state, left) => {
    expect(resultOf(state)?.left).toEqual(left)
  })

  const only = ['deallocateVm', 'includeInScaling'] as const
  test.each<[string, TaskRecord['state'], readonly string[]]>([
    ['nothing after all steps', over('succeeded', { at: 2 }), []],
    ['nothing where it went on to the end after a failure', over('degraded', { at: 0 }), []],
    ['all of it when the first one failed', over('failed', { at: 0, fault: late, failedStep: 'deallocateVm' }), only],
    ['the rest when it lost its pair in between', open({ at: 1 }), ['includeInScaling']],
    ['the rest when it was aborted in between', over('aborted', { at: 2 }), ['includeInScaling']],
  ])('of what was to be put back: %s', (_, state, left) => {
    expect(resultOf(state, 'putBack', { ...subject, only })?.left).toEqual(left)
  })
})

describe('what a repair came to', () => {
  const proven = { startedAt: 100, provenAt: 500 }
  test.each<[string, TaskRecord['state'], string]>([
    ['a heartbeat of the new machine', over('succeeded', { facts: proven }), 'repaired'],
    [
      'the same, and it could not be switched off',
      over('failed', { facts: proven, undo: undo('deallocateVm') }),
      'repaired',
    ],
    ['a heartbeat although nothing was started', over('failed', { facts: { provenAt: 5 } }), 'repairFailed'],
    ['a host that was alive', over('succeeded', { facts: { found: 'running', provenAt: 1 } }), 'alive'],
    ['no heartbeat', over('failed', { fault: late, failedStep: 'awaitHost', facts: { startedAt: 1 } }), 'repairFailed'],
    ['a record that could not be removed', over('failed', { fault: late, failedStep: 'removeHost' }), 'repairFailed'],
    ['an abort', over('aborted'), 'interrupted'],
    ['the loss of the pair in the middle', open(), 'interrupted'],
  ])('%s', (_, state, outcome) => {
    expect(resultOf(state, 'repair')).toMatchObject({ outcome, stage: 'repair', vmId: ids.newVm })
  })

  test('keeps what is left on, and nothing else', () => {
    expect(resultOf(open({ undo: undo('deallocateVm') }), 'repair')?.left).toEqual(['deallocateVm'])
    expect(resultOf(over('succeeded', { facts: proven }), 'repair')?.left).toEqual([])
  })
})

describe('a start that went through', () => {
  test('is told with size and zone, whatever became of the host', () => {
    const facts = { startedAt: 100 }
    const started = { at: 100, size: 'Standard_D4s_v5', zone: '2' }
    expect(resultOf(over('succeeded', { facts }))?.started).toEqual(started)
    expect(resultOf(over('failed', { facts, fault: late, failedStep: 'awaitHost' }))?.started).toEqual(started)
  })

  test('is not told of a host that ran already, nor of a machine whose size nobody knew', () => {
    const { size: _, ...unknown } = subject
    expect(resultOf(over('succeeded', { facts: { provenAt: 1 } }))).not.toHaveProperty('started')
    expect(resultOf(over('succeeded', { facts: { startedAt: 1 } }), 'wake', unknown)).not.toHaveProperty('started')
  })
})
