import { isoOf } from '../core/time.ts'
import type { Inventory } from '../model/inventory.ts'

/** What an inventory has and has not, without the thousands of things in it. */
export const inventoryView = ({ takenAt, pairs, estate }: Inventory) => ({
  takenAt: isoOf(takenAt),
  /** Around the pairs. */
  gaps: estate?.gaps ?? [],
  pairs: Object.entries(pairs).map(([id, { primary, secondary, replicatedItems, gaps }]) => ({
    id,
    sessionHosts: { primary: primary.sessionHosts?.length ?? null, secondary: secondary.sessionHosts?.length ?? null },
    vms: { primary: primary.vms?.length ?? null, secondary: secondary.vms?.length ?? null },
    replicatedItems: replicatedItems?.length ?? null,
    gaps: [
      ...primary.gaps.map(({ what, reason }) => ({ what: `primary: ${what}`, reason })),
      ...secondary.gaps.map(({ what, reason }) => ({ what: `secondary: ${what}`, reason })),
      ...gaps,
    ],
  })),
})
