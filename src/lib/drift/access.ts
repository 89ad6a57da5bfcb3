/** Who is let in on both sides, for the rules about access. */
import { accessAt, accessRolesOf, type Held } from '../planning/access-rules.ts'
import { nextMove } from './next-move.ts'
import { couldNotCheck, found, given, partOfPair, partOfSide, together, well } from './outcome.ts'
import type { Found, Outcome, RuleContext } from './rule.ts'

export type HeldBySide = { readonly primary: readonly Held[]; readonly secondary: readonly Held[] }

/** What is found by the roles that are known is true, whatever other roles there are; without their list nothing is well. */
export function checkAccess(context: RuleContext, find: (held: HeldBySide) => readonly Found[]): Outcome {
  const roles = partOfPair(context, 'rolesThatUseApplications')
  const sides = {
    primary: partOfSide(context, 'primary', 'applicationGroups'),
    secondary: partOfSide(context, 'secondary', 'applicationGroups'),
  }
  return given(sides, ({ primary, secondary }) => {
    const known = accessRolesOf(nextMove(context))
    const held = { primary: accessAt(primary, known), secondary: accessAt(secondary, known) }
    return together([found(find(held)), roles.kind === 'unseen' ? couldNotCheck(roles.reason) : well])
  })
}

/** As the plan names it, else by its kind and object id. */
export const nameOf = ({ pair }: RuleContext, { principal, assignment }: Held): string =>
  groupName(pair, principal) ?? `${assignment.principalType} ${principal}`

/** Two groups of one name are told apart by their ids. */
export function groupName({ groups }: RuleContext['pair'], principal: string): string | undefined {
  const own = groups.find(({ id }) => id === principal)
  const isAmbiguous = groups.filter(({ name }) => name.toLowerCase() === own?.name.toLowerCase()).length > 1
  return own && isAmbiguous ? `${own.name} ${principal}` : own?.name
}

/** The plan says of these that they may keep what they have. */
export const isAccepted = ({ pair }: RuleContext, { principal }: Held): boolean =>
  pair.acceptedPrincipals.includes(principal)

/** Each once: an application group may be held by several roles. */
export const groupsIn = (held: readonly Held[]): string => [...new Set(held.map(({ group }) => group.name))].join(', ')
