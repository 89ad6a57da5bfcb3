import { expect, it } from 'vitest'
import { minutes } from '../../../src/lib/core/time.ts'
import { folded } from '../../../src/lib/execution/fold-wakes.ts'
import { clock, endedAt, record } from '../../support/ended-wake.ts'
import { begunAt } from '../../support/engine-world.ts'

it('takes a host that runs already for alive: its run goes on until an inventory finds it off', () => {
  const host = { side: 'secondary', host: 'avd-1', left: [] } as const
  const running = { ...host, stage: 'wake', outcome: 'running', provenAt: endedAt } as const
  expect(folded(clock, record, running)?.beats).toEqual({ from: endedAt, to: endedAt })
  const before = { ...clock, beats: { from: begunAt, to: begunAt + minutes(10) } }
  expect(folded(before, record, running)).toMatchObject({ lastProof: endedAt, beats: { from: begunAt, to: endedAt } })
})
