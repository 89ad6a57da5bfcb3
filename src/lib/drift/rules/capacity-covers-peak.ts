import { isPooled, sidesOf } from '../next-move.ts'
import { couldNotCheck, found, given, partOfPair, partOfSide, well } from '../outcome.ts'
import { machinesThere, sessionsOf } from '../pool-machines.ts'
import type { Rule } from '../rule.ts'
import { multiRegion } from '../sources.ts'

export const capacityCoversPeak: Rule = {
  id: 'capacity-covers-peak',
  title: 'The side that stands by holds as many sessions as were ever seen at once in the last 30 days',
  severity: 'warning',
  blocks: 'never',
  compares:
    'the most sessions that an inventory has seen at once on both sides, of the last 30 days, with hosts of the standby side that have a virtual machine × `maxSessionLimit` of its pool. What came and went between two inventories is not known.',
  why: 'After a failover people who come later find no host that takes them.',
  source: multiRegion,
  howToFix: 'Add session hosts to the standby pool, or larger ones and raise its `maxSessionLimit`.',
  appliesTo: isPooled,
  check: (context) => {
    const { standby } = sidesOf(context)
    const parts = {
      peaks: partOfPair(context, 'peaks'),
      hostPool: partOfSide(context, standby, 'hostPool'),
      machines: machinesThere(context, standby),
    }
    return given(parts, ({ peaks, hostPool: { name, maxSessionLimit }, machines }) => {
      if (peaks.length === 0) return couldNotCheck('no day was seen yet')
      const peak = peaks.reduce((most, day) => (day.sessions > most.sessions ? day : most))
      const count = machines.length
      const room = sessionsOf(count, maxSessionLimit)
      if (room === undefined) return couldNotCheck(`what a host of ${name} holds is not known: no session limit`)
      if (room >= peak.sessions) return well
      const evidence = `${peak.sessions} sessions at once on ${peak.day}; ${count} hosts of ${name} with ${maxSessionLimit} sessions each hold ${room}.`
      return found([{ subject: standby, evidence }])
    })
  },
}
