/**
 * Ticks of one operation, one after the other within a process. When thousands of tasks end together, the messages that
 * tell of it come together as well: each would list all tasks, ten thousand rows, only to find the row changed meanwhile.
 * Whoever comes after a count finds itself answered by it. Other processes are kept apart by the row.
 */
import type { Engine } from './engine.ts'

const ends = new WeakMap<Engine, Map<string, Promise<void>>>()

/** Rejects as `work` does; what went wrong before it is not its concern. */
export async function oneByOne(engine: Engine, id: string, work: () => Promise<void>): Promise<void> {
  const known = ends.get(engine) ?? new Map<string, Promise<void>>()
  ends.set(engine, known)
  const result = (known.get(id) ?? Promise.resolve()).then(work)
  const end = result.catch(() => undefined)
  known.set(id, end)
  await end
  if (known.get(id) === end) known.delete(id)
  return result
}
