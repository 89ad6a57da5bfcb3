import type { ApplicationGroupSeen } from '../../model/inventory.ts'
import { isPooled, type Side, sidesOf } from '../next-move.ts'
import { couldNotCheck, found, given, partOfSide, together, well } from '../outcome.ts'
import type { Found, Outcome, Rule, RuleContext } from '../rule.ts'
import { comparison, differing } from '../settings.ts'
import { multiRegion } from '../sources.ts'

export const applicationsMirrored: Rule = {
  id: 'applications-mirrored',
  title: 'Application groups that stand for each other publish the same applications',
  severity: 'warning',
  blocks: 'never',
  compares:
    'by name, the applications of every two application groups of the type RemoteApp in `applicationGroups` of the plan: whether both are there, and their path, arguments and what users see of them. Desktop groups publish none.',
  why: 'After a failover people do not find an application, or it does not start.',
  source: multiRegion,
  howToFix:
    'Publish the application on the side where users are not, like the other one; remove what is too much there.',
  appliesTo: isPooled,
  check: (context) =>
    given(
      {
        primary: partOfSide(context, 'primary', 'applicationGroups'),
        secondary: partOfSide(context, 'secondary', 'applicationGroups'),
      },
      (groups) =>
        together(
          context.pair.applicationGroups.map((names) => {
            const of = (side: Side) => groups[side].find(({ name }) => isSame(name, names[side]))
            return judge(context, names.primary, { primary: of('primary'), secondary: of('secondary') })
          }),
        ),
    ),
}

/** A group that is missing or of another type is `application-groups-mirrored`'s to tell. */
function judge(
  context: RuleContext,
  group: string,
  groups: Readonly<Record<Side, ApplicationGroupSeen | undefined>>,
): Outcome {
  const { active, standby } = sidesOf(context)
  const [from, to] = [groups[active], groups[standby]]
  if (from?.type !== 'RemoteApp' || to?.type !== 'RemoteApp') return well
  const gap = [...context.seen.primary.gaps, ...context.seen.secondary.gaps].find(({ what }) => what === 'applications')
  if (gap || !from.applications || !to.applications) return couldNotCheck(gap?.reason ?? 'not read', group)
  const there = new Map(to.applications.map((one) => [one.name.toLowerCase(), one]))
  const here = new Set(from.applications.map(({ name }) => name.toLowerCase()))
  const lacking = from.applications.flatMap(({ name, settings }): readonly Found[] => {
    const other = there.get(name.toLowerCase())
    const differences = differing(settings, other?.settings ?? {})
    if (other && differences.length === 0) return []
    const what = differences.map((one) => comparison(one, settings, other?.settings ?? {})).join(', ')
    const evidence = other ? `${name} differs: ${what}.` : `${name} of ${from.name} is missing in ${to.name}.`
    const fix = { kind: 'copyApplication', side: standby, groupId: to.id, name, settings } as const
    return [{ subject: `${group}/${name}`, evidence, fix }]
  })
  const spare = to.applications
    .filter(({ name }) => !here.has(name.toLowerCase()))
    .map(
      ({ name }): Found => ({
        subject: `${group}/${name}`,
        severity: 'advice',
        evidence: `${name} of ${to.name} is missing in ${from.name}, where users are.`,
      }),
    )
  return found([...lacking, ...spare])
}

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()
