import { sameId } from '../../core/arm-id.ts'
import { regionKey } from '../../planning/replicas.ts'
import { couldNotCheck, found, given, partOfEstate, well } from '../outcome.ts'
import type { Rule } from '../rule.ts'

/** A failover with both regions up is not hurt by it, and is still refused until somebody says why: on the day it is too late. */
export const vaultOutsidePrimary: Rule = {
  id: 'vault-outside-primary',
  title: 'The vault of replicated desktops is not in the region they are replicated from',
  severity: 'critical',
  blocks: 'unlessDown',
  compares: "the location of the pair's vault with the primary region.",
  why: "A failover is asked of the vault. One that lies in the lost region cannot be asked: nobody's desktop moves.",
  source: {
    title: 'Set up disaster recovery for Azure VMs: create a Recovery Services vault',
    url: 'https://learn.microsoft.com/azure/site-recovery/azure-to-azure-tutorial-enable-replication',
  },
  howToFix:
    'Create a vault in the secondary region and replicate the machines into it. A vault cannot be moved to another region with its items.',
  appliesTo: ({ pair }) => pair.vault !== undefined,
  check: (context) =>
    given({ vaults: partOfEstate(context, 'vaults') }, ({ vaults }) => {
      const { vault: id = '', primary } = context.pair
      const vault = vaults.find((one) => sameId(one.id, id))
      const subject = id.split('/').at(-1) ?? ''
      if (!vault) return couldNotCheck('it is not among the vaults that can be seen', subject)
      if (regionKey(vault.location) !== primary.region) return well
      return found([{ subject, evidence: `The vault ${subject} is in ${vault.location}, the primary region.` }])
    }),
}
