import { sameId } from '../../core/arm-id.ts'
import type { DrPlan } from '../../plan/schema.ts'
import { regionKey } from '../../planning/replicas.ts'
import { isReplicated } from '../next-move.ts'
import { couldNotCheck, found, given, partOfEstate, together, well } from '../outcome.ts'
import type { Rule } from '../rule.ts'

/** No step that is required waits for a key vault: extensions come back behind the users. */
export const keyVaultsOutsidePrimary: Rule = {
  id: 'key-vaults-outside-primary',
  title: 'Key vaults that a failover reads from are not in the primary region',
  severity: 'warning',
  blocks: 'never',
  compares:
    "locations of the key vaults that the plan's catalogue of extensions names (`protectedSettingsFromKeyVault`) with the primary region.",
  why: 'Protected settings of extensions are fetched while desktops come up. Until the vault of a lost region has been failed over by Microsoft, and where a region has no pair at all, those extensions stay away.',
  source: {
    title: 'Azure Key Vault availability and redundancy',
    url: 'https://learn.microsoft.com/azure/key-vault/general/disaster-recovery-guidance',
  },
  howToFix: 'Keep a vault with the same secrets in the secondary region, and name that one in the plan.',
  appliesTo: (context) => isReplicated(context) && vaultsOf(context.plan).length > 0,
  check: (context) =>
    given({ keyVaults: partOfEstate(context, 'keyVaults') }, ({ keyVaults }) =>
      together(
        vaultsOf(context.plan).map((id) => {
          const vault = keyVaults.find((one) => sameId(one.id, id))
          const subject = id.split('/').at(-1) ?? ''
          if (!vault) return couldNotCheck('it is not among the key vaults that can be seen', subject)
          if (regionKey(vault.location) !== context.pair.primary.region) return well
          return found([{ subject, evidence: `The key vault ${subject} is in ${vault.location}, the primary region.` }])
        }),
      ),
    ),
}

const vaultsOf = ({ extensions }: DrPlan): readonly string[] => [
  ...new Map(
    extensions.flatMap(({ protectedSettingsFromKeyVault: secret }) =>
      secret ? [[secret.vault.toLowerCase(), secret.vault] as const] : [],
    ),
  ).values(),
]
