import type { Vm } from '../../model/azure.ts'
import { isPooled, type Side } from '../next-move.ts'
import { couldNotCheck, found, given, partOfPair, partOfSide, together, well } from '../outcome.ts'
import { machinesThere, sessionsOf } from '../pool-machines.ts'
import type { Outcome, Rule, RuleContext } from '../rule.ts'
import { hasZones } from '../session-machines.ts'
import { multiRegion } from '../sources.ts'

export const capacityWithoutAZone: Rule = {
  id: 'capacity-without-a-zone',
  title: 'Each side holds the peak of sessions also without one of its zones',
  severity: 'warning',
  blocks: 'never',
  compares:
    'the most sessions seen at once in the last 30 days with what the hosts of a side hold (virtual machines × `maxSessionLimit`) when the zone with the most of them is lost. A machine without a zone may be in any, so it is counted as lost. Regions without zones, and sides that hold too little even with all zones (`capacity-covers-peak`), are left out.',
  why: 'A zone fails more often than a region. With too few hosts in the others, people are turned away, and a failover is tempting that is not needed.',
  source: multiRegion,
  howToFix: 'Add session hosts in the zones that have fewest, or spread those there are over all zones.',
  appliesTo: isPooled,
  check: (context) =>
    together(
      (['primary', 'secondary'] as const).map((side) => {
        const { findings, unchecked } = checkSide(context, side)
        return { findings, unchecked: unchecked.map(({ reason }) => ({ subject: side, reason })) }
      }),
    ),
}

function checkSide(context: RuleContext, side: Side): Outcome {
  const parts = {
    peaks: partOfPair(context, 'peaks'),
    hostPool: partOfSide(context, side, 'hostPool'),
    machines: machinesThere(context, side),
    zoned: hasZones(context, side),
  }
  return given(parts, ({ peaks, hostPool: { name, maxSessionLimit }, machines, zoned }) => {
    if (!zoned) return well
    if (peaks.length === 0) return couldNotCheck('no day was seen yet')
    const peak = Math.max(...peaks.map(({ sessions }) => sessions))
    const room = sessionsOf(machines.length, maxSessionLimit)
    if (room === undefined) return couldNotCheck(`what a host of ${name} holds is not known: no session limit`)
    const { zone, lost } = worstZone(machines)
    const left = machines.length - lost
    if (room < peak || left * maxSessionLimit >= peak) return well
    const evidence = `Without ${zone} ${left} of ${machines.length} hosts of ${name} are left: they hold ${left * maxSessionLimit} sessions, ${peak} were seen at once.`
    return found([{ subject: side, evidence }])
  })
}

function worstZone(machines: readonly Vm[]): { readonly zone: string; readonly lost: number } {
  const byZone = Map.groupBy(machines, ({ zone }) => zone)
  const anywhere = byZone.get(undefined)?.length ?? 0
  const zoned = [...byZone].flatMap(([zone, all]) =>
    zone === undefined ? [] : [{ zone, lost: all.length + anywhere }],
  )
  const worst = zoned.sort((a, b) => b.lost - a.lost)[0] ?? { zone: '', lost: anywhere }
  return { zone: worst.zone === '' ? 'the zone they may share' : `zone ${worst.zone}`, lost: worst.lost }
}
