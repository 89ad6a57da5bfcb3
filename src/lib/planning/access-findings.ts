/** What would defeat the move of access, each by name (design: access). */
import { desktopVirtualizationUser } from '../model/azure.ts'
import { accessAt, accessRolesOf, groupNamesOf, type Held } from './access-rules.ts'
import type { Mapping } from './application-groups.ts'
import { type NoticeCode, notice, type Weighed } from './preview.ts'
import type { Situation } from './situation.ts'

export function accessFindings(situation: Situation, mapping: Mapping): readonly Weighed[] {
  const roles = accessRolesOf(situation)
  const at = (side: 'primary' | 'secondary') => accessAt(situation.seen[side].applicationGroups ?? [], roles)
  const held = { primary: at('primary'), secondary: at('secondary') }
  const strangers = (['primary', 'secondary'] as const).flatMap((side) =>
    held[side].flatMap((one) => classify(situation, side, one)),
  )
  return [
    ...bothSides(situation, held.primary, held.secondary),
    ...gathered(strangers),
    ...partialFindings(situation, mapping, held[situation.oldSide]),
    ...unassigned(situation, mapping, held[situation.oldSide]),
  ]
}

/** Wherever the assignment was made, and whether or not its application group is mapped. */
function bothSides(situation: Situation, primary: readonly Held[], secondary: readonly Held[]): readonly Weighed[] {
  const there = new Set(secondary.map(({ principal }) => principal))
  const both = primary.filter(({ principal }) => there.has(principal)).map(({ principal }) => principal)
  const names = groupNamesOf(situation)
  const mapped = both.flatMap((principal) => names.get(principal) ?? [])
  if (mapped.length === 0) return []
  return [
    notice('unsafe', 'bothSides', 'These groups hold access to both sides already. Remove one of them first.', mapped),
  ]
}

type Stranger = { readonly code: keyof typeof strangerTexts; readonly subject: string }

const strangerTexts = {
  inheritedRole:
    'Access inherited from above the application group: removing it there cannot be proven, so grants would wait for a person.',
  directUser: 'Access of single users is not moved: they would keep it on one side only.',
  unmappedPrincipal: 'Access of principals the plan does not name is not moved: they would keep it on one side only.',
  otherRole:
    'Another role than Desktop Virtualization User lets them use applications, and the plan does not accept it.',
} satisfies Partial<Record<NoticeCode, string>>

/** The first that fits; a role the plan does not accept is told besides. */
function classify({ pair }: Situation, side: string, held: Held): readonly Stranger[] {
  const { principal, assignment, role } = held
  const name = pair.groups.find(({ id }) => id === principal)?.name
  const subject = `${side}: ${held.group.name}: ${name ?? `${assignment.principalType} ${principal}`}`
  const otherRole: readonly Stranger[] =
    role === desktopVirtualizationUser || pair.acceptedRoles.includes(role)
      ? []
      : [{ code: 'otherRole', subject: `${subject} (role ${role})` }]
  // A group that moves must lose all it has, so the plan cannot accept what is inherited by it.
  if (name !== undefined)
    return held.inherited
      ? [...otherRole, { code: 'inheritedRole', subject: `${subject} from ${assignment.scope}` }]
      : otherRole
  if (pair.acceptedPrincipals.includes(principal)) return otherRole
  if (held.inherited) return [...otherRole, { code: 'inheritedRole', subject: `${subject} from ${assignment.scope}` }]
  const isUser = assignment.principalType.toLowerCase() === 'user'
  return [...otherRole, { code: isUser ? 'directUser' : 'unmappedPrincipal', subject }]
}

const gathered = (strangers: readonly Stranger[]): readonly Weighed[] =>
  (Object.keys(strangerTexts) as readonly Stranger['code'][]).flatMap((code) => {
    const subjects = strangers.filter((one) => one.code === code).map(({ subject }) => subject)
    return subjects.length === 0 ? [] : [notice('refuses', code, strangerTexts[code], subjects)]
  })

/** Application groups of the old pool that people use and that stay. */
function partialFindings(situation: Situation, { staying }: Mapping, held: readonly Held[]): readonly Weighed[] {
  const stays = new Set(staying.map(({ name }) => name))
  const used = held.filter(({ group }) => stays.has(group.name))
  if (used.length === 0) return []
  const names = used.map(({ group }) => group.name)
  if (!situation.request.applicationGroups)
    return [
      notice(
        'refuses',
        'partialApplicationGroups',
        'In use, and not mapped by the plan: their users would stay behind.',
        names,
      ),
    ]
  const moving = new Set(held.filter(({ group }) => !stays.has(group.name)).map(({ principal }) => principal))
  const groups = groupNamesOf(situation)
  const overlap = used
    .filter(({ principal }) => moving.has(principal))
    .map(({ principal }) => groups.get(principal) ?? principal)
  const drains = notice(
    'warns',
    'partialMoveDrainsAll',
    'The hosts are shared: users of the application groups that stay are signed out as well.',
    names,
  )
  if (overlap.length > 0)
    return [
      drains,
      notice(
        'unsafe',
        'overlappingGroups',
        'They use application groups that move and some that stay: they would hold both sides.',
        overlap,
      ),
    ]
  return [drains, ...sharedMembers(situation, used, moving.size > 0)]
}

/** Who is in a group is not ours to read: one person in two of them would hold both sides. */
function sharedMembers({ pair, request }: Situation, used: readonly Held[], moves: boolean): readonly Weighed[] {
  const staying = used.filter(({ principal }) => !pair.acceptedPrincipals.includes(principal))
  if (staying.length === 0) return []
  const names = new Map(pair.groups.map(({ id, name }) => [id, name]))
  return [
    notice(
      request.groupsShareNobody && moves ? 'warns' : 'unsafe',
      'membersUnknown',
      'They stay. Whoever is in one of them and in a group that moves would hold both sides, and members are not looked at.',
      staying.map(({ principal }) => names.get(principal) ?? principal),
    ),
  ]
}

function unassigned(situation: Situation, { staying }: Mapping, held: readonly Held[]): readonly Weighed[] {
  const stays = new Set(staying.map(({ name }) => name))
  const holders = new Set(held.filter(({ group }) => !stays.has(group.name)).map(({ principal }) => principal))
  const without = situation.pair.groups.filter(({ id }) => !holders.has(id)).map(({ name }) => name)
  if (without.length === 0) return []
  if (without.length === situation.pair.groups.length)
    return [notice('warns', 'nothingToMove', 'No group of the plan has access on the side that is left.', without)]
  return [
    notice(
      'warns',
      'groupNotAssigned',
      'These groups have no access on the side that is left: nothing of theirs moves.',
      without,
    ),
  ]
}
