/** What rules are given, made of what a shell has read. */
import type { Inventory } from '../model/inventory.ts'
import type { RuleContext } from './rule.ts'

export type ContextParts = Pick<RuleContext, 'plan' | 'pair' | 'pairState' | 'clocks' | 'now'> & {
  readonly inventory: Inventory
  readonly place?: RuleContext['app'] | undefined
}

/** Undefined: the inventory has not seen the pair. */
export function contextOfPair({ inventory, place, ...parts }: ContextParts): RuleContext | undefined {
  const seen = Object.hasOwn(inventory.pairs, parts.pair.id) ? inventory.pairs[parts.pair.id] : undefined
  if (!seen) return undefined
  const estate = inventory.estate ?? { gaps: [] }
  return { ...parts, seen, estate, app: place ?? {}, takenAt: inventory.takenAt }
}
