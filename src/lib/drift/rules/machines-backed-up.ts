import { backupFinder, checkBackups } from '../backups.ts'
import { given, partOfEstate, together } from '../outcome.ts'
import type { Rule } from '../rule.ts'
import { machinesOfSide } from '../session-machines.ts'
import { multiRegion } from '../sources.ts'

export const machinesBackedUp: Rule = {
  id: 'machines-backed-up',
  title: 'Machines that the plan wants backed up are',
  severity: 'warning',
  blocks: 'never',
  compares:
    'the machines of the primary side with what Azure Backup protects, where the plan asks for it (`backup.machines`): protected, and backed up in the last 8 days. Machines of the secondary side are made from those, and need none',
  why: 'Replication copies a damaged disk as faithfully as a sound one. What a desktop keeps for its user is then in backups or lost.',
  source: multiRegion,
  howToFix:
    'Protect the machine with Azure Backup, or resume its protection; see the vault’s jobs for why backups fail.',
  appliesTo: ({ pair }) => pair.backup?.machines === true,
  check: (context) =>
    given(
      { machines: machinesOfSide(context, 'primary'), items: partOfEstate(context, 'backupItems') },
      ({ machines, items }) => {
        const backupsOf = backupFinder(items)
        return together(machines.map(({ id, name }) => checkBackups(backupsOf('vm', id), name, context.now)))
      },
    ),
}
