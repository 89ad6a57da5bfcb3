import type { Log, LogFields } from '../core/log.ts'

type Level = 'info' | 'warn' | 'error'
const weight: Readonly<Record<Level, number>> = { info: 0, warn: 1, error: 2 }

/** One JSON document a line: level, event, fields. `write` gets the line without its end. */
export function createLog(write: (line: string) => void, least: Level = 'info', context: LogFields = {}): Log {
  const say =
    (level: Level) =>
    (event: string, fields: LogFields = {}) => {
      if (weight[level] >= weight[least]) write(JSON.stringify({ level, event, ...context, ...fields }))
    }
  return {
    with: (fields) => createLog(write, least, { ...context, ...fields }),
    info: say('info'),
    warn: say('warn'),
    error: say('error'),
  }
}
