/** The same inventory as if half of Azure had not answered: parts are missing, or old and behind a gap. */
import type { Random } from '../../sim/arm/types.ts'
import { createRandom } from '../../sim/random.ts'
import { foldFindings } from '../../src/lib/drift/fold-findings.ts'
import type { Gap, Inventory, PairSeen, SideSeen } from '../../src/lib/model/inventory.ts'
import type { FindingRecord } from '../../src/lib/ports/findings.ts'
import type { createDriftWorld } from './drift-world.ts'

type DriftWorld = Pick<ReturnType<typeof createDriftWorld>, 'look'>

/** What would be told of findings that are open, so many times, although nothing has changed but what can be seen. */
export function changesWhenHalfSeen(world: DriftWorld, whole: Inventory, times: number): readonly string[] {
  const open = folded(world, whole, []).flatMap(({ findings }) => findings)
  return Array.from({ length: times }, (_, n) => n + 1).flatMap((seed) =>
    folded(world, halfSeen(whole, createRandom(seed)), open)
      .flatMap(({ changes }) => changes)
      .map(({ kind, finding }) => `seed ${seed}: ${kind} ${finding.fingerprint}: ${finding.evidence}`),
  )
}

const folded = ({ look }: DriftWorld, inventory: Inventory, kept: readonly FindingRecord[]) =>
  look(inventory).map(({ pair, context, ...evaluation }) =>
    foldFindings({
      pairId: pair,
      kept: kept.filter(({ pairId }) => pairId === pair),
      evaluation,
      waiverOf: () => undefined,
      now: context.now,
    }),
  )

const halfSeen = (inventory: Inventory, random: Random): Inventory => ({
  ...inventory,
  ...(inventory.estate && { estate: hide(inventory.estate, random) }),
  pairs: Object.fromEntries(Object.entries(inventory.pairs).map(([id, pair]) => [id, hidePair(pair, random)])),
})

const hidePair = ({ primary, secondary, ...own }: PairSeen, random: Random): PairSeen => ({
  ...hide(own, random),
  primary: hideSide(primary, random),
  secondary: hideSide(secondary, random),
})

/** These have gaps of their own beside parts that were read. */
const within = ['osDisks', 'applications'] as const

function hideSide(side: SideSeen, random: Random): SideSeen {
  const { gaps, ...parts } = hide(side, random)
  return { ...parts, gaps: [...gaps, ...within.filter(() => random.chance(0.2)).map(gapOf)] }
}

const gapOf = (what: string): Gap => ({ what, reason: 'no answer' })

function hide<T extends { readonly gaps: readonly Gap[] }>(seen: T, random: Random): T {
  const { gaps, ...parts } = seen
  const names = Object.keys(parts).filter(() => random.chance(0.3))
  const kept = Object.entries(parts).flatMap(([name, value]) => {
    if (!names.includes(name)) return [[name, value]]
    return random.chance(0.5) ? [] : [[name, Array.isArray(value) ? value.filter(() => random.chance(0.5)) : value]]
  })
  return { ...Object.fromEntries(kept), gaps: [...gaps, ...names.map(gapOf)] } as unknown as T
}
