/** How old what a failover would be planned from is. */
import type { RuleContext } from '../drift/rule.ts'
import type { Gap } from '../model/inventory.ts'
import type { DataAge } from './readiness.ts'

export function dataAge({ seen, takenAt }: Pick<RuleContext, 'seen' | 'takenAt'>): DataAge {
  const gaps = [
    ...seen.primary.gaps.map((gap) => named(gap, 'primary: ')),
    ...seen.secondary.gaps.map((gap) => named(gap, 'secondary: ')),
    ...seen.gaps,
  ]
  const oldest = gaps
    .flatMap(({ what, reason }) => {
      const since = lastSeen.exec(reason)?.[1]
      return since === undefined ? [] : [{ what, since }]
    })
    .sort((a, b) => (a.since < b.since ? -1 : 1))
    .at(0)
  return { takenAt, gaps: gaps.length, ...(oldest && { oldest }) }
}

const named = ({ what, reason }: Gap, side: string): Gap => ({ what: `${side}${what}`, reason })

/** As the inventory says it of a part it has kept from before (`inventory/last-seen.ts`). */
const lastSeen = /\(as last seen ([^)]+)\)$/
