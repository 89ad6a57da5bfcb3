import { describe, expect, it } from 'vitest'
import { isReleased } from '../../../src/lib/execution/tally.ts'
import { newOperation, noTasks, type OperationState } from '../../../src/lib/machine/operation-state.ts'
import type { OperationSpec } from '../../../src/lib/machine/spec.ts'
import type { TaskGlance } from '../../../src/lib/ports/operations.ts'

const glance = (status: TaskGlance['status'], batch: number): TaskGlance => ({
  stage: 'desktops',
  key: 'avd-1',
  batch,
  tick: 0,
  dueAt: 0,
  retries: 0,
  status,
  outcome: '',
  hasUndo: false,
  isUnproven: false,
  isHalfWay: false,
  step: '',
})

const state: OperationState = {
  ...newOperation({ stages: [], grantWithoutSignOutProof: false } as unknown as OperationSpec, 0),
  stages: { desktops: { status: 'open', heldSince: {}, releasedBatches: 2, tally: noTasks } },
}
const back: OperationState = { ...state, status: 'goingBack' }

describe('a task', () => {
  it.each<[string, TaskGlance, OperationState, boolean]>([
    ['of a batch that is out', glance('waiting', 1), state, true],
    ['of a batch whose turn has not come', glance('waiting', 2), state, false],
    ['of such a batch, when everything is taken back', glance('waiting', 2), back, true],
    ['that has begun, whatever its batch', glance('open', 2), state, true],
    ['of a stage that has not opened', { ...glance('waiting', 0), stage: 'grant' }, state, false],
  ])('%s', (_, task, operation, expected) => {
    expect(isReleased(task, operation)).toBe(expected)
  })
})
