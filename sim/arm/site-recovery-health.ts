import { type Instant, type Millis, minutes } from '../../src/lib/core/time.ts'
import { worldOf } from '../estate/world.ts'
import type { SimReplicatedItem } from './estate-types.ts'
import type { Sim } from './types.ts'

/** From the last change that arrived to the alarm (model: documentation knows the alarm, not its figure for a lost region). */
const alarmAfter: Millis = minutes(15)
const usualRpoSeconds = 46

/** A protected machine from whose region nothing comes any more turns critical. */
export function replicationHealthOf(
  sim: Sim,
  item: SimReplicatedItem,
  at: Instant = sim.now(),
): SimReplicatedItem['replicationHealth'] {
  const isSilent = silenceOf(sim, item, at) >= alarmAfter && item.state.now() === 'Protected'
  return isSilent ? 'Critical' : item.replicationHealth
}

export const rpoSecondsOf = (sim: Sim, item: SimReplicatedItem, at: Instant): number =>
  usualRpoSeconds + Math.round(silenceOf(sim, item, at) / 1_000)

function silenceOf(sim: Sim, item: SimReplicatedItem, at: Instant): Millis {
  const diedAt = worldOf(sim).diedAt.get(item.fabric.replace('asr-a2a-default-', ''))
  return diedAt === undefined ? 0 : Math.max(0, at - diedAt)
}
