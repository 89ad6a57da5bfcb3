import { countsOf, type Side } from '../next-move.ts'
import { couldNotCheck, found, given, together, well } from '../outcome.ts'
import type { Outcome, Rule, RuleContext } from '../rule.ts'
import { machinesOfSide, profilesUnsaid, sides, usesCloudCache } from '../session-machines.ts'
import { multiRegion } from '../sources.ts'

export const osDiskPremium: Rule = {
  id: 'os-disk-premium',
  title: 'Machines with Cloud Cache have a premium OS disk',
  severity: 'warning',
  blocks: 'never',
  compares:
    'the OS disks of the session hosts with the Premium tier, where the plan says that profiles are kept by Cloud Cache. An ephemeral OS disk is a local one, and fast enough',
  why: 'Cloud Cache writes everything once more, to the disk of the machine: on a slow one, sign-ins crawl when all users come at once.',
  source: multiRegion,
  howToFix:
    'Change the OS disks to a Premium tier while the machines are deallocated, and the template they are made from.',
  appliesTo: usesCloudCache,
  check: (context) =>
    context.pair.profiles ? together(sides.map((side) => checkSide(context, side))) : couldNotCheck(profilesUnsaid),
}

/** `DiskStorageAccountTypes`; a word that is new to us says neither. */
const isSlow = (sku: string): boolean => /^standard/i.test(sku)
const isFast = (sku: string): boolean => /^(premium|ultra|ephemeral)/i.test(sku)

const checkSide = (context: RuleContext, side: Side): Outcome => {
  // Disks are read beside the machines, which may be new while what is known of their disks is old.
  const gap = context.seen[side].gaps.find(({ what }) => what === 'osDisks')
  return gap ? couldNotCheck(`${side}: osDisks: ${gap.reason}`, side) : checkDisks(context, side)
}

const checkDisks = (context: RuleContext, side: Side): Outcome =>
  given({ machines: machinesOfSide(context, side) }, ({ machines }) => {
    const slow = machines.flatMap(({ osDiskSku }) => (osDiskSku !== undefined && isSlow(osDiskSku) ? [osDiskSku] : []))
    const unknown = machines.length - slow.length - machines.filter(({ osDiskSku = '' }) => isFast(osDiskSku)).length
    return together([
      slow.length === 0
        ? well
        : found([
            {
              subject: side,
              evidence: `OS disks of ${slow.length} of ${machines.length} machines of the ${side} side are none of Premium (${countsOf(slow)}).`,
            },
          ]),
      unknown === 0 ? well : couldNotCheck(`the tier of ${unknown} OS disks was not told`, side),
    ])
  })
