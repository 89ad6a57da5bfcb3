import { fileURLToPath } from 'node:url'
import type { Instant } from '../../src/lib/core/time.ts'

/** One time for all processes of a world: `speed` times as fast, and `epochSim` at the real moment `epochReal`. */
export type FastTime = { readonly speed: number; readonly epochReal: Instant; readonly epochSim: Instant }

/** For `--require`. */
export const fastTimePreload = fileURLToPath(new URL('preload.cjs', import.meta.url))

/** What the preload reads. */
export const fastTimeEnvironment = ({ speed, epochReal, epochSim }: FastTime) => ({
  SIM_SPEED: String(speed),
  SIM_EPOCH_REAL: String(epochReal),
  SIM_EPOCH: String(epochSim),
})
