import type { Estate } from './estate-types.ts'

export type AssignmentFilter = {
  /** Not those below the scope. */
  readonly isAtScope: boolean
  /** Lower case; undefined: everybody's. */
  readonly principals?: ReadonlySet<string>
}

/** `atScope()`, `principalId eq '…'`, `assignedTo('…')`, joined by `and`. Undefined when it says something else. */
export function readAssignmentFilter(text: string | undefined, estate: Estate): AssignmentFilter | undefined {
  let filter: AssignmentFilter = { isAtScope: false }
  if (text === undefined || text.trim() === '') return filter
  for (const part of text.split(/\s+and\s+/i)) {
    const next = readPart(part.trim(), filter, estate)
    if (!next) return undefined
    filter = next
  }
  return filter
}

function readPart(part: string, filter: AssignmentFilter, estate: Estate): AssignmentFilter | undefined {
  if (/^atScope\(\)$/i.test(part)) return { ...filter, isAtScope: true }
  const principal = /^principalId\s+eq\s+'([^']*)'$/i.exec(part)?.[1]
  if (principal !== undefined) return { ...filter, principals: new Set([principal.toLowerCase()]) }
  const assignee = /^assignedTo\('([^']*)'\)$/i.exec(part)?.[1]
  if (assignee === undefined) return undefined
  return { ...filter, principals: new Set([assignee.toLowerCase(), ...groupsOf(assignee, estate)]) }
}

/** `assignedTo` follows a user's groups. */
function groupsOf(user: string, estate: Estate): string[] {
  const known = [...estate.users.values()].find(({ id }) => id.toLowerCase() === user.toLowerCase())
  return known?.groups.map((id) => id.toLowerCase()) ?? []
}
