import { describe, expect, test } from 'vitest'
import { minutes } from '../../../src/lib/core/time.ts'
import { folded } from '../../../src/lib/execution/fold-wakes.ts'
import type { WakeResult } from '../../../src/lib/execution/wake-result.ts'
import type { HostClock } from '../../../src/lib/model/host-clock.ts'
import { clock, endedAt, record } from '../../support/ended-wake.ts'
import { begunAt } from '../../support/engine-world.ts'

describe('the end of a repair in the clock of a host', () => {
  const repaired: WakeResult = {
    stage: 'repair',
    side: 'secondary',
    host: 'avd-1',
    outcome: 'repaired',
    vmId: '/vm',
    provenAt: endedAt - minutes(2),
    aliveSince: begunAt + minutes(3),
    left: [],
  }
  const lapsed: HostClock = { ...clock, lastProof: 5, lastWake: { operationId: 'w', at: 6, outcome: 'noHeartbeat' } }

  test('sets the proof, however short the run: the registration is new', () => {
    const after = folded(lapsed, record, { ...repaired, provenAt: endedAt - 1, aliveSince: endedAt - minutes(1) })
    expect(after).toMatchObject({
      lastProof: endedAt - 1,
      lastWake: { operationId: 'w' },
      lastRepair: { operationId: 'keepAlive-1', at: endedAt, outcome: 'repaired', vmId: '/vm' },
    })
  })

  test.each(['repairFailed', 'interrupted'] as const)(
    'that is %s proves nothing, and what is left is kept',
    (outcome) => {
      const { provenAt: _, aliveSince: __, ...silent } = repaired
      const after = folded(lapsed, record, { ...silent, outcome, detail: 'why', left: ['deallocateVm'] })
      expect(after).toMatchObject({ lastProof: 5, left: ['deallocateVm'], lastRepair: { outcome, detail: 'why' } })
    },
  )

  test('has the run of the new machine, the agent on it, and nothing from before it was alive', () => {
    const after = folded(lapsed, record, { ...repaired, agentVersion: '1.0.9' })
    expect(after).toMatchObject({
      agentVersion: '1.0.9',
      beats: { from: begunAt + minutes(3), to: endedAt - minutes(2) },
    })
    const known = folded({ ...lapsed, agentVersion: '1.0.2' }, record, repaired)
    expect(known).toMatchObject({ agentVersion: '1.0.2' })
    const ahead = folded(lapsed, record, { ...repaired, provenAt: endedAt + 5, aliveSince: endedAt + 3 })
    expect(ahead).toMatchObject({ lastProof: endedAt, beats: { from: endedAt, to: endedAt } })
  })

  test('takes the place of an earlier one', () => {
    const lastRepair = { operationId: 'r', at: endedAt - 1, outcome: 'repairFailed', vmId: '/old' } as const
    expect(folded({ ...lapsed, lastRepair }, record, repaired)).toMatchObject({
      lastRepair: { operationId: 'keepAlive-1', outcome: 'repaired' },
    })
  })

  test('may be told again, and an older end changes nothing', () => {
    const after = folded(lapsed, record, repaired)
    expect(after && folded(after, record, { ...repaired, outcome: 'repairFailed' })).toBeUndefined()
  })
})
