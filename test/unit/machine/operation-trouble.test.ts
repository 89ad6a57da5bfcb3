import { describe, expect, it } from 'vitest'
import { type Draft, newOperation, noTasks, type Tally } from '../../../src/lib/machine/operation-state.ts'
import { goBack } from '../../../src/lib/machine/operation-trouble.ts'
import type { OperationSpec } from '../../../src/lib/machine/spec.ts'

const stage = { name: 'secure', after: [], steps: [], tasks: [], trouble: 'turnBack' } as const
const spec = { stages: [stage], grantWithoutSignOutProof: false } as unknown as OperationSpec

function back(tally: Partial<Tally>): Draft {
  const started = newOperation(spec, 0)
  const secure = { status: 'over', heldSince: {}, releasedBatches: 1, tally: { ...noTasks, ...tally } } as const
  const draft: Draft = {
    state: { ...started, status: 'goingBack', backAt: 'secure', turnedBackBy: 'person', stages: { secure } },
    effects: [],
    again: false,
    lookAfter: 0,
    reasons: [],
  }
  goBack(draft, { spec, tallies: {}, now: 0 })
  return draft
}

describe('a stage that is being taken back', () => {
  it('waits for tasks that are on their way', () => {
    expect(back({ open: 1, undoLeft: 1 })).toMatchObject({ effects: [], state: { status: 'goingBack' } })
  })

  it('wakes tasks that came to their end with something left to take back', () => {
    const wake = { kind: 'wake', stage: 'secure' }
    expect(back({ succeeded: 1, undoLeft: 1 })).toMatchObject({ effects: [wake], state: { status: 'goingBack' } })
  })

  it('is done when nothing is left', () => {
    expect(back({ aborted: 1 })).toMatchObject({ effects: [], state: { status: 'over', outcome: 'aborted' } })
  })
})
