/** A wake-up that is over, and the clock of a host before it. */
import { hours } from '../../src/lib/core/time.ts'
import { newOperation } from '../../src/lib/machine/operation-state.ts'
import type { HostClock } from '../../src/lib/model/host-clock.ts'
import { begunAt, hostSpec } from './engine-world.ts'

export const endedAt = begunAt + hours(2)

export const record = {
  id: 'keepAlive-1',
  pairId: 'pair',
  createdAt: begunAt,
  state: { ...newOperation(hostSpec(), begunAt), status: 'over', endedAt },
} as const

export const clock: HostClock = {
  pairId: 'pair',
  side: 'secondary',
  host: 'avd-1',
  firstSeen: 1,
  startFailures: [],
  left: [],
}
