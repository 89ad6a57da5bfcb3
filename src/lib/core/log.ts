/** Values a log line may carry: nothing that could hide a secret or a whole document. */
export type LogFields = Readonly<Record<string, string | number | boolean | undefined>>

/** A fixed event name and fields; context is added with `with`, never globally. */
export type Log = {
  readonly with: (fields: LogFields) => Log
  readonly info: (event: string, fields?: LogFields) => void
  readonly warn: (event: string, fields?: LogFields) => void
  readonly error: (event: string, fields?: LogFields) => void
}
