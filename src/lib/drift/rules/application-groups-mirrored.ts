import type { ApplicationGroupSeen } from '../../model/inventory.ts'
import { isPooled, type Side, sidesOf } from '../next-move.ts'
import { couldNotCheck, found, given, partOfSide, together, well } from '../outcome.ts'
import type { Fix, Found, Rule } from '../rule.ts'
import { comparison, differing } from '../settings.ts'
import { multiRegion } from '../sources.ts'

export const applicationGroupsMirrored: Rule = {
  id: 'application-groups-mirrored',
  title: 'Application groups of both sides are the same, as the plan maps them',
  severity: 'warning',
  blocks: 'never',
  compares:
    'every two application groups in `applicationGroups` of the plan: whether both exist, their type, and their settings as shown to users. Application groups of either pool which the plan does not map are found as well.',
  why: 'People of a group that is missing on the other side have nothing to go to, and the failover is refused. One that differs gives them something else than they are used to.',
  source: multiRegion,
  howToFix:
    'Make the application group on the side where users are not, or set it like the other one. Map it in the plan. Of the wrong type, it must be deleted and made again.',
  appliesTo: isPooled,
  check: (context) =>
    given(
      {
        primary: partOfSide(context, 'primary', 'applicationGroups'),
        secondary: partOfSide(context, 'secondary', 'applicationGroups'),
      },
      (groups) => {
        const sides = sidesOf(context)
        const mapped = context.pair.applicationGroups
        const both = mapped.map((names) => {
          const of = (side: Side) => groups[side].find(({ name }) => isSame(name, names[side]))
          return judge(names, sides, { primary: of('primary'), secondary: of('secondary') })
        })
        const unmapped = (['primary', 'secondary'] as const).flatMap((side) =>
          groups[side]
            .filter(({ name }) => !mapped.some((names) => isSame(names[side], name)))
            .map(({ name }): Found => ({ subject: `${side}/${name}`, evidence: `${name} is not mapped by the plan.` })),
        )
        return together([...both, found(unmapped)])
      },
    ),
}

type Sides = ReturnType<typeof sidesOf>
type Both<T> = Readonly<Record<Side, T>>

/** Named after the primary one, as the plan is read. */
function judge(names: Both<string>, { active, standby }: Sides, groups: Both<ApplicationGroupSeen | undefined>) {
  const subject = names.primary
  const [from, to] = [groups[active], groups[standby]]
  const missing = (['primary', 'secondary'] as const).filter((side) => !groups[side])
  if (!from || !to) {
    const evidence = `The plan maps ${names.primary} to ${names.secondary}: missing on the ${missing.join(' and the ')} side.`
    return found([{ subject, severity: 'critical', evidence, ...(from && fixOf(from, standby, names[standby])) }])
  }
  if (from.type === 'other' || to.type === 'other') return couldNotCheck('its type is new to this app', subject)
  if (from.type !== to.type)
    return found([
      { subject, evidence: `${from.name} is of the type ${from.type}, ${to.name} of the type ${to.type}.` },
    ])
  if (!from.settings || !to.settings) return couldNotCheck('its settings were not read', subject)
  const [mine, theirs] = [from.settings, to.settings]
  const differences = differing(mine, theirs).map((name) => comparison(name, mine, theirs))
  if (differences.length === 0) return well
  const evidence = `${from.name} (${active}) and ${to.name} (${standby}) differ: ${differences.join(', ')}.`
  return found([{ subject, evidence, ...fixOf(from, standby, to.name) }])
}

function fixOf({ id, type, settings }: ApplicationGroupSeen, side: Side, name: string): { readonly fix?: Fix } {
  if (type === 'other' || !settings) return {}
  return { fix: { kind: 'copyApplicationGroup', side, fromId: id, name, settings, type } }
}

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
