/** Everything the app hands to its storage, its queues, its blobs and its log, as text: what was overwritten since, too. */
import type { Log } from '../../../src/lib/core/log.ts'
import type { World } from '../../../src/lib/ports/world.ts'

/** What asks Azure, and what only decides. */
const notKept: ReadonlySet<string> = new Set(['gateways', 'fleet', 'steps', 'clock', 'newId', 'log'])

export function keepsEverything(kept: string[]): (world: World) => World {
  const note = <T extends object>(parts: T): T =>
    new Proxy(parts, {
      get(target, name, receiver) {
        const part: unknown = Reflect.get(target, name, receiver)
        if (typeof part !== 'function') return part
        return (...given: readonly unknown[]) => {
          kept.push(`${String(name)} ${JSON.stringify(given)}`)
          return Reflect.apply(part, target, given)
        }
      },
    })
  const noteLog = (log: Log): Log => ({ ...note({ ...log }), with: (more) => noteLog(log.with(more)) })
  return (world) => {
    const parts = Object.entries(world).map(([name, part]) => [name, notKept.has(name) ? part : note(part as object)])
    return { ...(Object.fromEntries(parts) as World), log: noteLog(world.log) }
  }
}
