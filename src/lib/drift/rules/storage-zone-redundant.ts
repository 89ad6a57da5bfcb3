import { couldNotCheck, found, well } from '../outcome.ts'
import { eachAccount, namesStorage } from '../planned-storage.ts'
import type { Rule } from '../rule.ts'
import { hasZones, sameRegion, sides } from '../session-machines.ts'
import { multiRegion } from '../sources.ts'

export const storageZoneRedundant: Rule = {
  id: 'storage-zone-redundant',
  title: 'Storage of profiles and packages is spread over zones where its region has some',
  severity: 'warning',
  blocks: 'never',
  compares:
    'the redundancy of the accounts the plan names with ZRS. A region has zones when a size of this pair is offered in one there',
  why: 'With local redundancy the loss of one zone takes all profiles away, and what could have stayed a small trouble needs a failover.',
  source: multiRegion,
  howToFix: 'Convert the account to ZRS, or make a new one and move the shares while Cloud Cache has the other place.',
  appliesTo: namesStorage,
  check: (context) =>
    eachAccount(context, ({ name, sku, location }, { use, side }) => {
      // GZRS is spread over zones too; what else is to be said of it, `storage-not-geo-redundant` says.
      if (/zrs$/i.test(sku)) return well
      const where = sides.find((one) => sameRegion(location, context.pair[one].region))
      if (!where) return couldNotCheck(`whether ${location}, where ${name} is, has zones`, name)
      const zones = hasZones(context, where)
      if (zones.kind === 'unseen') return couldNotCheck(zones.reason, name)
      if (zones.value && !isLocal(sku)) return couldNotCheck(`whether ${sku} is spread over zones`, name)
      const evidence = `${name} (${use} of the ${side} side) is ${sku} in ${location}, which has zones.`
      return zones.value ? found([{ subject: name, evidence }]) : well
    }),
}

/** `SkuName`: the rest of those there are. What is new to us may be anything. */
const isLocal = (sku: string): boolean => /_(lrs|grs|ragrs)$/i.test(sku)
