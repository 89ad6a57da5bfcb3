import type { Vm } from '../../model/azure.ts'
import { madeOfAll, nameKey } from '../images.ts'
import { isPooled, type Side, sidesOf } from '../next-move.ts'
import { couldNotCheck, found, given, together, well } from '../outcome.ts'
import { machinesThere } from '../pool-machines.ts'
import type { Outcome, Rule } from '../rule.ts'
import { multiRegion } from '../sources.ts'

export const sameImage: Rule = {
  id: 'same-image',
  title: 'Hosts of both sides are made of the same golden image, in the same version',
  severity: 'warning',
  blocks: 'never',
  compares:
    'the image and version that machines of session hosts were made of on both sides: image definitions by name and version, in whatever gallery; images of the marketplace by publisher, offer, SKU and version. While one side has some of the versions of the other, as in the middle of a rollout, it is advice.',
  why: 'People come to hosts with other applications, older patches, or other faults than those they left.',
  source: multiRegion,
  howToFix: 'Make the hosts of the standby side anew from the image and version of the side in use.',
  appliesTo: isPooled,
  check: (context) =>
    given(
      {
        primary: machinesThere(context, 'primary'),
        secondary: machinesThere(context, 'secondary'),
      },
      (machines) => {
        const { active, standby } = sidesOf(context)
        // A side without machines has no image: `counterpart-hosts` tells.
        if (machines.primary.length === 0 || machines.secondary.length === 0) return well
        const silent = (['primary', 'secondary'] as const).flatMap((side) => unknownOf(side, machines[side]))
        if (silent.length > 0) return together(silent)
        return compare([active, imagesOf(machines[active])], [standby, imagesOf(machines[standby])])
      },
    ),
}

type Images = ReadonlyMap<string, ReadonlyMap<string, number>>

/** Versions of each image, and on how many machines. */
function imagesOf(machines: readonly Vm[]): Images {
  const known = madeOfAll(machines).flatMap(({ made, count }) => (made ? [{ ...made, count }] : []))
  return new Map(
    [...Map.groupBy(known, nameKey)].map(([key, all]) => {
      const versions = Map.groupBy(all, ({ version = '' }) => version)
      return [key, new Map([...versions].map(([version, same]) => [version, sum(same)]))]
    }),
  )
}

const sum = (all: readonly { readonly count: number }[]): number => all.reduce((total, { count }) => total + count, 0)

function unknownOf(side: Side, machines: readonly Vm[]): readonly Outcome[] {
  const unknown = sum(
    madeOfAll(machines).filter(({ made }) => !made || (made.kind !== 'managed' && made.version === undefined)),
  )
  if (unknown === 0) return []
  return [
    couldNotCheck(`${unknown} of ${machines.length} machines of the ${side} side do not say what they were made of`),
  ]
}

function compare([active, here]: readonly [Side, Images], [standby, there]: readonly [Side, Images]): Outcome {
  const names = [...new Set([...here.keys(), ...there.keys()])]
  return together(
    names.map((subject) => {
      const [mine, theirs] = [here.get(subject), there.get(subject)]
      const shared = [...(mine?.keys() ?? [])].filter((version) => theirs?.has(version))
      if (shared.length === (mine?.size ?? 0) && shared.length === (theirs?.size ?? 0)) return well
      const evidence = `${subject}: ${told(mine)} on the ${active} side, ${told(theirs)} on the ${standby} side.`
      return found([{ subject, evidence, ...(shared.length > 0 && { severity: 'advice' as const }) }])
    }),
  )
}

const told = (versions: ReadonlyMap<string, number> | undefined): string =>
  versions
    ? [...versions].map(([version, count]) => `${version || 'no version'} (${count} machines)`).join(' and ')
    : 'none'
