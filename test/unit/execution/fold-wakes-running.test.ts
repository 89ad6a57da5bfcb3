import { expect, it } from 'vitest'
import { minutes } from '../../../src/lib/core/time.ts'
import { folded } from '../../../src/lib/execution/fold-wakes.ts'
import { newOperation } from '../../../src/lib/machine/operation-state.ts'
import { begunAt, hostSpec } from '../../support/engine-world.ts'

it('takes a host that runs already for alive: its run goes on until an inventory finds it off', () => {
  const heartbeat = begunAt + minutes(30)
  const state = { ...newOperation(hostSpec(), begunAt), status: 'over', endedAt: heartbeat } as const
  const record = { id: 'keepAlive-1', pairId: 'pair', createdAt: begunAt, state }
  const host = { side: 'secondary', host: 'avd-1', left: [] } as const
  const running = { ...host, stage: 'wake', outcome: 'running', provenAt: heartbeat } as const
  const clock = { ...host, pairId: 'pair', firstSeen: 1, startFailures: [] }
  expect(folded(clock, record, running)?.beats).toEqual({ from: heartbeat, to: heartbeat })
  const before = { ...clock, beats: { from: begunAt, to: begunAt + minutes(10) } }
  expect(folded(before, record, running)).toMatchObject({
    lastProof: heartbeat,
    beats: { from: begunAt, to: heartbeat },
  })
})
