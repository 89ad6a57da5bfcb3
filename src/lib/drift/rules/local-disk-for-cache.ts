import type { Side } from '../next-move.ts'
import { couldNotCheck, found, given, partOfSide, together, well } from '../outcome.ts'
import type { Outcome, Rule, RuleContext } from '../rule.ts'
import { machinesOfSide, profilesUnsaid, sides, usesCloudCache } from '../session-machines.ts'
import { multiRegion } from '../sources.ts'

export const localDiskForCache: Rule = {
  id: 'local-disk-for-cache',
  title: 'Machines with Cloud Cache have a local disk to keep it on',
  severity: 'advice',
  blocks: 'never',
  compares:
    'the sizes of the session hosts with those that have a disk of their own. Whether the cache lies on it is known to the guest alone',
  why: 'On the OS disk the cache takes the room and the speed that the desktop needs. A local disk is faster, and costs nothing.',
  source: multiRegion,
  howToFix:
    'Take a size with a local disk (a `d` in its name), and set CacheDirectory and ProxyDirectory of FSLogix to that disk.',
  appliesTo: usesCloudCache,
  check: (context) =>
    context.pair.profiles ? together(sides.map((side) => checkSide(context, side))) : couldNotCheck(profilesUnsaid),
}

const checkSide = (context: RuleContext, side: Side): Outcome =>
  given(
    { machines: machinesOfSide(context, side), offers: partOfSide(context, side, 'sizes') },
    ({ machines, offers }) => {
      const has = new Map(offers.map(({ size, hasLocalDisk }) => [size.toLowerCase(), hasLocalDisk]))
      const sizes = [...Map.groupBy(machines, ({ size }) => size.toLowerCase())]
      return together(
        sizes.map(([key, all]) => {
          const size = all[0]?.size ?? key
          const subject = `${side}/${size}`
          const answer = has.get(key)
          if (answer === undefined) return couldNotCheck(`Azure did not say whether ${size} has a local disk`, subject)
          if (answer) return well
          return found([
            {
              subject,
              evidence: `${all.length} machines of the ${side} side are of ${size}, which has no local disk.`,
            },
          ])
        }),
      )
    },
  )
