/** What a queue may do to a message on its way: lose it, double it, hand it out late and out of order. */
import type { Millis } from '../../src/lib/core/time.ts'
import type { Queue } from '../../src/lib/ports/storage.ts'
import type { World } from '../../src/lib/ports/world.ts'
import type { Random } from '../arm/types.ts'

export type QueueFaults = {
  readonly lost?: number
  readonly doubled?: number
  readonly late?: number
  readonly lateBy?: readonly [Millis, Millis]
}

export type QueueIncidents = { lost: number; doubled: number; late: number }

export function unreliable(world: World, random: Random, faults: QueueFaults, incidents: QueueIncidents): World {
  const wrap = (queue: Queue): Queue => ({
    async send(message, delay) {
      if (random.chance(faults.lost ?? 0)) {
        incidents.lost++
        return
      }
      const isLate = random.chance(faults.late ?? 0)
      if (isLate) incidents.late++
      await queue.send(message, delay + (isLate ? random.between(...(faults.lateBy ?? [1_000, 120_000])) : 0))
      if (!random.chance(faults.doubled ?? 0)) return
      incidents.doubled++
      await queue.send(message, delay + random.between(0, 5_000))
    },
  })
  return { ...world, taskTicks: wrap(world.taskTicks), operationTicks: wrap(world.operationTicks) }
}
