/** Names of places that fall silent together: one service in one region. */
import { idKey } from '../core/arm-id.ts'
import type { DrPlan, PlannedSide } from '../plan/schema.ts'

/** Where the objects of a side are may be another region than its machines'; they are of one place all the same. */
export const avdAt = ({ region }: Pick<PlannedSide, 'region'>): string => `AVD in ${region}`
export const computeAt = ({ region }: Pick<PlannedSide, 'region'>): string => `Compute in ${region}`

/** Of the storage accounts that the plan names, by the side they are of. */
export function storagePlaces({ pairs }: DrPlan): (accountId: string) => string | undefined {
  const places = new Map<string, string>()
  for (const pair of pairs)
    for (const side of ['primary', 'secondary'] as const)
      for (const accounts of [pair.profiles?.accounts, pair.packages?.accounts])
        for (const id of accounts?.[side] ?? []) places.set(idKey(id), `Storage in ${pair[side].region}`)
  return (id) => places.get(idKey(id))
}
