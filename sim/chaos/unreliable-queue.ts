/** What a queue may do to a message on its way: lose it, double it, hand it out late and out of order, poison it; and what others may put there. */
import { type Millis, minutes } from '../../src/lib/core/time.ts'
import type { Json, Queue } from '../../src/lib/ports/storage.ts'
import type { World } from '../../src/lib/ports/world.ts'
import type { Random } from '../arm/types.ts'

export type QueueFaults = {
  readonly lost?: number
  readonly doubled?: number
  /** Of those that are doubled, how many come four times. */
  readonly fourfold?: number
  readonly late?: number
  readonly lateBy?: readonly [Millis, Millis]
  /** Half an hour late, at most. */
  readonly veryLate?: number
  /** A copy goes to the poison queue; the original stays. */
  readonly poisoned?: number
  /** Somebody who can write to the queue: ticks that nobody is at yet, of tasks that do not exist, and words of a version to come. */
  readonly forged?: number
}

type Incident = 'lost' | 'doubled' | 'late' | 'veryLate' | 'poisoned' | 'forged'
export type QueueIncidents = Partial<Record<Incident, number>>

type Message = Parameters<Queue['send']>[0]
export type ToPoison = (queue: 'task-ticks' | 'operation-ticks', message: Message) => Promise<void>

const veryLateBy: readonly [Millis, Millis] = [minutes(2), minutes(30)]

export function unreliable(
  world: World,
  random: Random,
  faults: QueueFaults,
  incidents: QueueIncidents,
  toPoison: ToPoison = async () => undefined,
): World {
  const strikes = (kind: Incident): boolean => {
    const isStruck = random.chance(faults[kind] ?? 0)
    if (isStruck) incidents[kind] = (incidents[kind] ?? 0) + 1
    return isStruck
  }
  const wrap = (name: Parameters<ToPoison>[0], queue: Queue): Queue => ({
    async send(message, delay) {
      if (strikes('poisoned')) await toPoison(name, message)
      if (strikes('forged')) await queue.send(forge(message, random), random.between(0, 5_000))
      if (strikes('lost')) return
      const late = strikes('late') ? random.between(...(faults.lateBy ?? [1_000, 120_000])) : 0
      await queue.send(message, delay + late + (strikes('veryLate') ? random.between(...veryLateBy) : 0))
      if (!strikes('doubled')) return
      const copies = random.chance(faults.fourfold ?? 0) ? 3 : 1
      for (let i = 0; i < copies; i++) await queue.send(message, delay + random.between(0, 5_000))
    },
  })
  return {
    ...world,
    taskTicks: wrap('task-ticks', world.taskTicks),
    operationTicks: wrap('operation-ticks', world.operationTicks),
  }
}

function forge(message: Message, random: Random): Message {
  const { tick } = message
  const forgeries: readonly Record<string, Json>[] = [
    { ...message, tick: (typeof tick === 'number' ? tick : 0) + 3 },
    { ...message, operationId: 'failover-nobody-has-begun' },
    { ...message, key: '../../%2e%2e' },
    { ...message, v: 2, newField: true },
  ]
  return random.pick(forgeries)
}
