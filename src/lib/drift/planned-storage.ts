/** The storage accounts a plan names for a pair, and what was seen of them. */
import { idKey, parseArmId, sameId } from '../core/arm-id.ts'
import type { StorageAccount } from '../model/estate.ts'
import type { PlannedPair } from '../plan/schema.ts'
import type { Side } from './next-move.ts'
import { couldNotCheck, given, partOfEstate, together, well } from './outcome.ts'
import type { Outcome, RuleContext } from './rule.ts'
import { keepsProfiles, profilesUnsaid, sides } from './session-machines.ts'

export type PlannedAccount = {
  readonly id: string
  readonly name: string
  readonly side: Side
  readonly use: 'profiles' | 'packages'
}

export const plannedAccounts = (pair: PlannedPair): readonly PlannedAccount[] =>
  (['profiles', 'packages'] as const).flatMap((use) =>
    use === 'profiles' && !keepsProfiles({ pair })
      ? []
      : sides.flatMap((side) =>
          (pair[use]?.accounts[side] ?? []).map((id) => ({ id, name: parseArmId(id)?.name ?? id, side, use })),
        ),
  )

export const namesStorage = ({ pair }: { readonly pair: PlannedPair }): boolean =>
  keepsProfiles({ pair }) || pair.packages !== undefined

/** Each account once: what is true of one is true of it in whatever use. */
export const distinctAccounts = (pair: PlannedPair): readonly PlannedAccount[] =>
  [...Map.groupBy(plannedAccounts(pair), ({ id }) => idKey(id)).values()].flatMap(([first]) => first ?? [])

/** An account that no list has may be one this app must not see: that is not known to be gone. */
export const eachAccount = (
  context: RuleContext,
  check: (account: StorageAccount, planned: PlannedAccount) => Outcome,
): Outcome =>
  given({ accounts: partOfEstate(context, 'storageAccounts') }, ({ accounts }) =>
    together([
      unsaid(context.pair),
      ...distinctAccounts(context.pair).map((planned) => {
        const account = accounts.find(({ id }) => sameId(id, planned.id))
        return account ? check(account, planned) : couldNotCheck(`${planned.name} was not seen`, planned.name)
      }),
    ]),
  )

/** NetApp volumes and file servers are named by no plan: nothing of them is seen. */
export function unsaid(pair: PlannedPair): Outcome {
  if (!keepsProfiles({ pair })) return well
  if (!pair.profiles) return couldNotCheck(profilesUnsaid)
  const { accounts } = pair.profiles
  return together(
    sides.map((side) =>
      accounts[side].length > 0
        ? well
        : couldNotCheck(`the plan names no storage account of the ${side} side for profiles`, `${side}/profiles`),
    ),
  )
}
