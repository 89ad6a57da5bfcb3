import type { AppPackage } from '../../model/azure.ts'
import { isPooled } from '../next-move.ts'
import { found, given, partOfSide } from '../outcome.ts'
import type { Found, Rule } from '../rule.ts'
import { multiRegion } from '../sources.ts'

export const packagesInBothPools: Rule = {
  id: 'packages-in-both-pools',
  title: 'Packages of one pool are in the other too, in the same version and state',
  severity: 'warning',
  blocks: 'never',
  compares:
    'MSIX and App Attach packages of both pools by their full names, which hold the version, and whether they are active',
  why: 'A package that is missing on the other side is an application that users do not have after they are moved.',
  source: multiRegion,
  howToFix:
    'Register the package with the other pool from an image in that pool’s region, or remove it from both. Make it active on both sides or on none.',
  appliesTo: isPooled,
  check: (context) =>
    given(
      { primary: partOfSide(context, 'primary', 'packages'), secondary: partOfSide(context, 'secondary', 'packages') },
      ({ primary, secondary }) => {
        const [here, there] = [byName(primary), byName(secondary)]
        const names = [...new Set([...here.keys(), ...there.keys()])].sort()
        return found(names.flatMap((name) => difference(here.get(name), there.get(name))))
      },
    ),
}

type Registered = { readonly fullName: string; readonly isActive: boolean }

/** Registered twice in one pool: active when one of them is. */
const byName = (packages: readonly AppPackage[]): ReadonlyMap<string, Registered> =>
  new Map(
    [...Map.groupBy(packages, ({ fullName }) => fullName.toLowerCase())].map(([name, all]) => [
      name,
      { fullName: all[0]?.fullName ?? name, isActive: all.some(({ isActive }) => isActive) },
    ]),
  )

function difference(here: Registered | undefined, there: Registered | undefined): readonly Found[] {
  const subject = (here ?? there)?.fullName
  if (subject === undefined || here?.isActive === there?.isActive) return []
  if (here && there) {
    const evidence = `${subject} is active on the ${here.isActive ? 'primary' : 'secondary'} side alone.`
    return [{ subject, evidence }]
  }
  return [{ subject, evidence: `${subject} is registered with the ${here ? 'primary' : 'secondary'} pool alone.` }]
}
