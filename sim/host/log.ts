import type { Instant } from '../../src/lib/core/time.ts'
import type { LogLevel } from './core-types.ts'

/** `user`: the app's `context.log`; `system`: the library; `host`: the local host itself. */
export type HostLogEntry = {
  readonly at: Instant
  readonly level: LogLevel
  readonly category: 'user' | 'system' | 'host'
  readonly message: string
  readonly functionName?: string
  readonly invocationId?: string
}
export type HostLog = (entry: HostLogEntry) => void

/** What the parts of the host use to speak of themselves. */
export type Say = (level: LogLevel, message: string, functionName?: string) => void

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
