/** A log that keeps its lines, for tests of what a person finds in it. */
import type { Log, LogFields } from '../../src/lib/core/log.ts'

export type LogLine = LogFields & { readonly level: 'info' | 'warn' | 'error'; readonly event: string }

export function recordedLog(): { readonly log: Log; readonly lines: readonly LogLine[] } {
  const lines: LogLine[] = []
  const above = (context: LogFields): Log => {
    const at = (level: LogLine['level']) => (event: string, fields?: LogFields) => {
      lines.push({ ...context, ...fields, level, event })
    }
    return {
      with: (fields) => above({ ...context, ...fields }),
      info: at('info'),
      warn: at('warn'),
      error: at('error'),
    }
  }
  return { log: above({}), lines }
}
