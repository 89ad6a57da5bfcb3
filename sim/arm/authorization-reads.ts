import { idKey } from '../../src/lib/core/arm-id.ts'
import type { Instant } from '../../src/lib/core/time.ts'
import type { Estate, Lagged, SimRoleAssignment } from './estate-types.ts'
import { createLagged } from './lagged.ts'
import type { Sim } from './types.ts'

type Made = {
  readonly createdAt: Instant
  readonly createdBy: string
  readonly updatedAt: Instant
  readonly updatedBy: string
}
type Reads = {
  /** What readers see of an assignment that changed since the start, by key. */
  readonly changed: Map<string, Lagged<SimRoleAssignment | undefined>>
  readonly made: Map<string, Made>
}

const readsOf = new WeakMap<Estate, Reads>()

function reads({ estate }: Sim): Reads {
  const known = readsOf.get(estate)
  if (known) return known
  const fresh: Reads = { changed: new Map(), made: new Map() }
  readsOf.set(estate, fresh)
  return fresh
}

/** The truth changed (`after` undefined: deleted); readers see it after the read lag, in single reads and lists. */
export function noteAssignment(
  sim: Sim,
  before: SimRoleAssignment | undefined,
  after: SimRoleAssignment | undefined,
  by: string,
): void {
  const { changed, made } = reads(sim)
  const key = idKey((after ?? before)?.id ?? '')
  const lagged = changed.get(key) ?? createLagged(sim, before)
  changed.set(key, lagged)
  lagged.set(after)
  const at = sim.now()
  const first = made.get(key)
  made.set(key, { createdAt: first?.createdAt ?? at, createdBy: first?.createdBy ?? by, updatedAt: at, updatedBy: by })
}

export function visibleAssignment(sim: Sim, key: string): SimRoleAssignment | undefined {
  const lagged = reads(sim).changed.get(key)
  return lagged ? lagged.seen() : sim.estate.roleAssignments.get(key)
}

export function visibleAssignments(sim: Sim): SimRoleAssignment[] {
  const { changed } = reads(sim)
  const unchanged = [...sim.estate.roleAssignments]
    .filter(([key]) => !changed.has(key))
    .map(([, assignment]) => assignment)
  const others = [...changed.values()].flatMap((lagged) => lagged.seen() ?? [])
  return [...unchanged, ...others]
}

/** When and by whom, as the body says it. What was there at the start is older than the story. */
export function historyOf(sim: Sim, id: string) {
  const made = reads(sim).made.get(idKey(id))
  const { createdAt = beforeTheStory, createdBy = null, updatedAt = beforeTheStory, updatedBy = null } = made ?? {}
  return { createdOn: preciseTime(createdAt), updatedOn: preciseTime(updatedAt), createdBy, updatedBy }
}

const beforeTheStory = Date.UTC(2025, 0, 6, 9)
const preciseTime = (at: Instant) => new Date(at).toISOString().replace('Z', '0000Z')
