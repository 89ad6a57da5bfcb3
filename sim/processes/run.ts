/** Several processes of one app, with real storage and a simulated Azure beside them, under fire; then the ledger is asked. */
import { type Millis, minutes } from '../../src/lib/core/time.ts'
import { createScaledClock } from '../clock.ts'
import { createClient } from '../demo/client.ts'
import type { FastTime } from '../fast-time/fast-time.ts'
import { attend, stillHeld } from './driver.ts'
import { type Schedule, scheduleOf } from './schedule.ts'
import { makeTrouble } from './troublemaker.ts'
import { type Cleanup, jumpBy, skew, startWorld, type WorldOptions } from './world.ts'

export type ProcessesOptions = WorldOptions & {
  readonly speed: number
  /** Trouble begins nothing new after so much simulated time. */
  readonly troubledFor: Millis
  /** Another list of troubles. */
  readonly schedule?: Schedule
}

export type ProcessesResult = {
  /** Empty: all that was promised held, and there was trouble to hold against. */
  readonly broken: readonly string[]
  readonly counts: Readonly<Record<string, number>>
  readonly story: readonly string[]
  readonly simulated: Millis
  readonly real: Millis
  /** Of everything that was started. */
  readonly pids: readonly number[]
}

/** Whoever calls carries the cleanup out. A world that cannot be started is thrown. */
export async function runProcesses(options: ProcessesOptions, cleanup: Cleanup): Promise<ProcessesResult> {
  const begun = Date.now()
  const time: FastTime = { speed: options.speed, epochReal: begun, epochSim: begun }
  const clock = createScaledClock(time)
  const story: string[] = []
  const say = (line: string) => {
    story.push(line)
  }
  const world = await startWorld(options, time, cleanup)
  const client = createClient('http://any/api', world.apps.keys, world.apps.send)
  await client.collectInventory()
  await world.apps.hearAll()
  const schedule = options.schedule ?? scheduleOf(options.seed, options.processes, options.troubledFor)
  const start = clock.now()
  const trouble = makeTrouble(schedule, world.apps.victims, world.storage, clock, say)
  const desk = { client, clock, say, pairIds: world.pairIds, check: trouble.check }
  let attended: readonly string[]
  try {
    attended = await attend(desk)
  } finally {
    // Also when the world fails: whoever is being started again would be left behind.
    await trouble.stop()
  }
  // Whoever was stopped goes on with what he had in hand: only after that is it over.
  await clock.sleep(aftermath)
  await world.apps.hearAll()
  const end = await world.azure.judge()
  const held = await stillHeld(world.connectionString, world.pairIds)
  const offsets = world.apps.victims.map((victim) => [...victim.offsets])
  const counts = { ...trouble.counts, failovers: end.failovers, starts: end.starts, torn: world.torn() }
  return {
    broken: [...attended, ...end.broken, ...held, ...harmless(counts, offsets)],
    counts,
    story: [...story, ...offsets.map((some, i) => `clock of process ${i} was off by ${some.join(', ')} min`)],
    simulated: clock.now() - start,
    real: Date.now() - begun,
    pids: [...world.pids, ...world.apps.pids()],
  }
}

const aftermath: Millis = minutes(1.5)

/** A run in which nothing struck has shown nothing. */
export function harmless(counts: Readonly<Record<string, number>>, offsets: readonly (readonly number[])[]): string[] {
  const { kill = 0, pause = 0, cut = 0, silence = 0 } = counts
  const apart = Math.max(...offsets.flat()) - Math.min(...offsets.flat())
  const jumped = offsets.some((some) => Math.max(...some) - Math.min(...some) >= jumpBy / minutes(1) - 1)
  return [
    ...(kill > 0 ? [] : ['nobody was killed']),
    ...(pause > 0 ? [] : ['nobody was paused']),
    ...(cut + silence > 0 ? [] : ['storage was never away']),
    ...(apart >= (2 * skew) / minutes(1) - 1 ? [] : [`clocks were only ${apart} min apart`]),
    ...(jumped ? [] : ['no clock jumped']),
  ]
}
