import { idKey, sameId } from '../../core/arm-id.ts'
import type { BackupItem } from '../../model/estate.ts'
import { backupFinder } from '../backups.ts'
import { couldNotCheck, found, given, type Part, partOfEstate, together, well } from '../outcome.ts'
import { placeName } from '../place-name.ts'
import { plannedAccounts } from '../planned-storage.ts'
import type { Outcome, Rule, RuleContext } from '../rule.ts'
import { machinesOfSide } from '../session-machines.ts'
import { multiRegion } from '../sources.ts'

export const backupVaultRedundancy: Rule = {
  id: 'backup-vault-redundancy',
  title: 'Backups are kept in more than one zone or region',
  severity: 'advice',
  blocks: 'never',
  compares:
    'the redundancy of the Recovery Services vaults that hold backups of this pair’s machines and profile shares, where the plan asks for backups: zone- or geo-redundant',
  why: 'A vault with local redundancy is lost with the building it is in, and with it what was to help when everything else is lost.',
  source: multiRegion,
  howToFix:
    'A vault’s redundancy can be changed while it protects nothing: make a new vault with ZRS (or GRS, if backups are to leave the region), and protect from there.',
  appliesTo: ({ pair }) => pair.backup?.machines === true || pair.backup?.shares === true,
  check: (context) =>
    given({ vaults: partOfEstate(context, 'vaults'), items: itemsOf(context) }, ({ vaults, items }) =>
      together(
        [...new Set(items.map(({ vaultId }) => idKey(vaultId)))].map((id) => {
          const vault = vaults.find((one) => sameId(one.id, id))
          return checkVault(placeName(id), vault?.redundancy)
        }),
      ),
    ),
}

function checkVault(subject: string, redundancy: string | undefined): Outcome {
  if (redundancy === undefined) return couldNotCheck(`the redundancy of ${subject} was not told`, subject)
  if (!/^locallyredundant$/i.test(redundancy)) return well
  return found([{ subject, evidence: `Backups in ${subject} are kept with local redundancy alone.` }])
}

/** Of what the plan asks for. */
function itemsOf(context: RuleContext): Part<readonly BackupItem[]> {
  const items = partOfEstate(context, 'backupItems')
  const { backup } = context.pair
  const machines = backup?.machines ? machinesOfSide(context, 'primary') : { kind: 'seen' as const, value: [] }
  if (items.kind === 'unseen') return items
  if (machines.kind === 'unseen') return machines
  const accounts = backup?.shares
    ? plannedAccounts(context.pair).filter(({ side, use }) => side === 'primary' && use === 'profiles')
    : []
  const backupsOf = backupFinder(items.value)
  return {
    kind: 'seen',
    value: [
      ...machines.value.flatMap(({ id }) => backupsOf('vm', id)),
      ...accounts.flatMap(({ id }) => backupsOf('share', id)),
    ],
  }
}
