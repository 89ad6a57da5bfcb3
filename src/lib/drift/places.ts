/** Resource groups a pair stands on, for the rules about locks, locations and rights. */
import { idKey } from '../core/arm-id.ts'
import type { PlannedSide } from '../plan/schema.ts'
import { isPooled, type Side } from './next-move.ts'
import type { RuleContext } from './rule.ts'

/** `pools`: host pool, session hosts and user sessions. `vault`: with the items in it. */
export type Place = 'pools' | 'applicationGroups' | 'machines' | 'vault'

export type GroupOfPair = {
  readonly place: Place
  /** Of a vault: the side that machines are failed over to. */
  readonly side: Side
  /** Id of the resource group, as the plan writes its names. */
  readonly id: string
  readonly name: string
}

/** Application groups of replicated desktops are left alone: access stays where it is. */
export function groupsOfPair(context: Pick<RuleContext, 'pair'>): readonly GroupOfPair[] {
  const { pair } = context
  const sides = (['primary', 'secondary'] as const).flatMap((side): readonly GroupOfPair[] => {
    const { resourceGroup, applicationGroups = resourceGroup, vmResourceGroup = resourceGroup } = pair[side]
    const group = (place: Place, name: string) => ({ place, side, name, id: groupId(pair[side], name) })
    return [
      group('pools', resourceGroup),
      ...(isPooled(context) ? [group('applicationGroups', applicationGroups)] : []),
      group('machines', vmResourceGroup),
    ]
  })
  const { vault } = pair
  if (vault === undefined) return sides
  const id = groupIdOf(vault)
  return [...sides, { place: 'vault', side: 'secondary', id, name: id.split('/').at(-1) ?? '' }]
}

/** `/subscriptions/<id>/resourceGroups/<name>` of a resource in it. */
export const groupIdOf = (resourceId: string): string => resourceId.split('/').slice(0, 5).join('/')

/** At that scope or below it. */
export const isWithin = (id: string, scope: string): boolean => `${idKey(id)}/`.startsWith(`${idKey(scope)}/`)

const groupId = ({ subscription }: PlannedSide, name: string): string =>
  `/subscriptions/${subscription}/resourceGroups/${name}`
