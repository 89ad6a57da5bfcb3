import { idKey } from '../../core/arm-id.ts'
import type { Workspace } from '../../model/azure.ts'
import type { ApplicationGroupSeen } from '../../model/inventory.ts'
import { isPooled, type Side, sidesOf } from '../next-move.ts'
import { couldNotCheck, found, given, partOfSide, together, well } from '../outcome.ts'
import type { Outcome, Rule } from '../rule.ts'
import { sides } from '../session-machines.ts'
import { multiRegion } from '../sources.ts'

type Shown = Readonly<Record<Side, Workspace | 'nowhere' | 'unknown' | undefined>>

export const workspaceModel: Rule = {
  id: 'workspace-model',
  title: 'Users find both sides in one workspace, or in two they can tell apart',
  severity: 'advice',
  blocks: 'unlessDown',
  compares:
    'the workspaces that show the application groups the plan maps to each other: the same one, or two under names that differ. An application group in no workspace is a warning, and critical on the side where users would go. Where a workspace keeps its own data says nothing',
  why: 'Users see what is in a workspace, and nothing else: an application group in none has their access and shows them nothing. Two places of one name leave them guessing.',
  source: multiRegion,
  howToFix:
    'Register the application group with a workspace, best the one of its counterpart. Give two workspaces friendly names that say what is what.',
  appliesTo: isPooled,
  check: (context) =>
    given(
      {
        primary: partOfSide(context, 'primary', 'applicationGroups'),
        secondary: partOfSide(context, 'secondary', 'applicationGroups'),
        shownPrimary: partOfSide(context, 'primary', 'workspaces'),
        shownSecondary: partOfSide(context, 'secondary', 'workspaces'),
      },
      ({ shownPrimary, shownSecondary, ...groups }) => {
        const workspaces = [...shownPrimary, ...shownSecondary]
        const { standby } = sidesOf(context)
        return together(
          context.pair.applicationGroups.map((names) => {
            const shown: Shown = {
              primary: placeOf(groups.primary, names.primary, workspaces),
              secondary: placeOf(groups.secondary, names.secondary, workspaces),
            }
            return together([
              ...sides.map((side) => checkShown(shown, side, names[side], standby)),
              checkNames(shown, names),
            ])
          }),
        )
      },
    ),
}

/** Undefined: there is no such group, which other rules tell. */
function placeOf(groups: readonly ApplicationGroupSeen[], name: string, workspaces: readonly Workspace[]): Shown[Side] {
  const group = groups.find((one) => one.name.toLowerCase() === name.toLowerCase())
  if (!group) return undefined
  const { workspaceId, id } = group
  if (workspaceId) return workspaces.find((one) => idKey(one.id) === idKey(workspaceId)) ?? 'unknown'
  return workspaces.find(({ applicationGroupIds }) => applicationGroupIds.map(idKey).includes(idKey(id))) ?? 'nowhere'
}

function checkShown(shown: Shown, side: Side, name: string, standby: Side): Outcome {
  const subject = `${side}/${name}`
  if (shown[side] === 'unknown') return couldNotCheck('its workspace was not seen', subject)
  if (shown[side] !== 'nowhere') return well
  const evidence = `No workspace shows ${name} of the ${side} side: users with access to it would see nothing of it.`
  return found([{ subject, severity: side === standby ? 'critical' : 'warning', evidence }])
}

function checkNames(
  { primary, secondary }: Shown,
  names: { readonly primary: string; readonly secondary: string },
): Outcome {
  if (typeof primary !== 'object' || typeof secondary !== 'object') return well
  const label = ({ friendlyName, name }: Workspace) => friendlyName || name
  if (idKey(primary.id) === idKey(secondary.id) || label(primary).toLowerCase() !== label(secondary).toLowerCase())
    return well
  const evidence = `${names.primary} and ${names.secondary} are in two workspaces that are both called ${label(primary)}.`
  return found([{ subject: `${names.primary}/${names.secondary}`, evidence }])
}
