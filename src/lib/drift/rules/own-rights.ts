import { sameId } from '../../core/arm-id.ts'
import type { RightsAt } from '../../model/estate.ts'
import { type NeededRight, neededRights } from '../needed-rights.ts'
import { couldNotCheck, found, given, partOfEstate, partOfSide, together, well } from '../outcome.ts'
import { type GroupOfPair, groupIdOf, groupsOfPair } from '../places.ts'
import type { Outcome, Rule, RuleContext } from '../rule.ts'

/**
 * Conditions of role assignments and deny assignments are not told with permissions, and some rights are needed elsewhere
 * than in a resource group (subscriptions, key vaults, rules): of those nothing is known here.
 */
export const ownRights: Rule = {
  id: 'own-rights',
  title: 'This app may do what its moves need',
  severity: 'critical',
  blocks: 'unlessDown',
  compares:
    'what Azure says the app may do in the resource groups of the pair, its scaling plans and its vault with [the rights it needs](../permissions.md), wildcards and `notActions` included. Rights that a move goes on without are warnings. Conditions and deny assignments are not seen.',
  why: 'A right that is missing shows in the middle of a move: hosts are started and cannot be undrained, or access is taken away and cannot be given.',
  source: {
    title: 'List permissions for a resource group (Authorization REST API)',
    url: 'https://learn.microsoft.com/rest/api/authorization/permissions/list-for-resource-group',
  },
  howToFix: "Assign the app's identity the roles of the installation at the resource group that the finding names.",
  check: (context) =>
    given({ rights: partOfEstate(context, 'rights') }, ({ rights }) => {
      const scaling = scalingGroups(context)
      return together([
        ...groupsOfPair(context).map((group) => judge(context, group, rights)),
        ...scaling.groups.map((group) => judge(context, group, rights)),
        ...scaling.unread.map((reason) => couldNotCheck(reason)),
      ])
    }),
}

type Checked = Omit<GroupOfPair, 'place'> & { readonly place: NeededRight['at'] }

/** A scaling plan may lie in another group than its pool. */
function scalingGroups(context: RuleContext) {
  const parts = (['primary', 'secondary'] as const).map((side) => ({
    side,
    plans: partOfSide(context, side, 'scalingPlans'),
  }))
  const groups = parts.flatMap(({ side, plans }): readonly Checked[] => {
    if (plans.kind === 'unseen') return []
    const ids = new Map(plans.value.map(({ id }) => [groupIdOf(id).toLowerCase(), groupIdOf(id)]))
    return [...ids.values()].map((id) => ({ place: 'scalingPlans', side, id, name: id.split('/').at(-1) ?? '' }))
  })
  return { groups, unread: parts.flatMap(({ plans }) => (plans.kind === 'unseen' ? [plans.reason] : [])) }
}

function judge({ pair }: RuleContext, { place, side, id, name }: Checked, rights: readonly RightsAt[]): Outcome {
  const subject = `${side}/${name}/${place}`
  const here = rights.find(({ scope }) => sameId(scope, id))
  if (!here) return couldNotCheck(`what the app may do in ${name} could not be read`, subject)
  const needed = neededRights.filter(({ at, needs }) => at === place && (needs?.(pair) ?? true))
  const isAllowed = allowerOf(here)
  const missing = needed.filter(({ action }) => !isAllowed(action))
  if (missing.length === 0) return well
  const isOptional = missing.every((one) => one.isOptional)
  const evidence = `In ${name} the app lacks ${missing.map(({ action }) => action).join(', ')}.`
  return found([{ subject, evidence, ...(isOptional && { severity: 'warning' as const }) }])
}

/** One role has it and does not take it out again; what another role takes out is no matter. */
function allowerOf({ rights }: RightsAt): (action: string) => boolean {
  const roles = rights.map(({ actions, notActions }) => ({ has: actions.map(fits), lacks: notActions.map(fits) }))
  return (action) =>
    roles.some(({ has, lacks }) => has.some((one) => one.test(action)) && !lacks.some((one) => one.test(action)))
}

/** `*` stands for any text, also in the middle; letter case does not count. */
const fits = (pattern: string): RegExp =>
  new RegExp(
    `^${pattern
      .split('*')
      .map((part) => part.replace(/[^\w/]/g, '\\$&'))
      .join('.*')}$`,
    'i',
  )
