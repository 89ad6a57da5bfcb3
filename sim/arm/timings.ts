import { minutes, seconds } from '../../src/lib/core/time.ts'
import type { Timings } from './types.ts'

/**
 * How long things take in Azure: recorded where there are recordings (failover 135–206 s, commit up to a minute), the
 * documented bound where there is one (role assignments up to 10 minutes), and otherwise a model value.
 */
export const realTimings: Timings = {
  armLatency: [40, 400],
  vmStart: [seconds(30), seconds(90)],
  vmDeallocate: [seconds(30), seconds(90)],
  agentBoot: [minutes(1), minutes(3)],
  failover: [seconds(135), seconds(206)],
  commit: [seconds(3), seconds(60)],
  signOut: [seconds(5), seconds(60)],
  readLag: [0, seconds(30)],
  accessPropagation: [0, minutes(10)],
}
