import { sameId } from '../../core/arm-id.ts'
import type { BackupItem, FileShare } from '../../model/estate.ts'
import { backupFinder, checkBackups } from '../backups.ts'
import type { GuestFslogix } from '../guest.ts'
import { guestsOn, type Told } from '../guests.ts'
import { couldNotCheck, found, given, partOfEstate, together, well } from '../outcome.ts'
import { plannedAccounts } from '../planned-storage.ts'
import type { Outcome, Rule, RuleContext } from '../rule.ts'
import { profilesUnsaid } from '../session-machines.ts'
import { multiRegion } from '../sources.ts'

type Share = FileShare & { readonly account: string; readonly holds: 'profiles' | 'office' | 'unknown' }

export const sharesBackedUp: Rule = {
  id: 'shares-backed-up',
  title: 'Shares of profiles that the plan wants backed up are',
  severity: 'warning',
  blocks: 'never',
  compares:
    'the file shares of the primary side’s profile accounts with what Azure Backup protects, where the plan asks for it (`backup.shares`). Office containers can be made anew and need no backup, nor do the copies on the secondary side, nor packages. Which account holds what the guests say; where they do not, a share called `odfc` or `office` is taken for one of Office containers',
  why: 'Cloud Cache copies a damaged profile to the other region within minutes. Only a backup has it as it was.',
  source: multiRegion,
  howToFix: 'Protect the share with Azure Backup, or resume its protection.',
  appliesTo: ({ pair }) => pair.backup?.shares === true,
  check: (context) =>
    context.pair.profiles
      ? given(
          {
            shares: partOfEstate(context, 'shares'),
            items: partOfEstate(context, 'backupItems'),
            guests: guestsOn(context, 'primary', (facts) => facts),
          },
          ({ shares, items, guests }) => checkShares(context, sharesOf(context, shares, guests), items),
        )
      : couldNotCheck(profilesUnsaid),
}

function checkShares(context: RuleContext, shares: readonly Share[], items: readonly BackupItem[]): Outcome {
  const backupsOf = backupFinder(items)
  const backups = (share: Share) => backupsOf('share', share.accountId, share.name)
  const unknown = shares.filter(({ holds }) => holds === 'unknown')
  const isAnyBackedUp = shares.some((share) => backups(share).length > 0)
  return together([
    ...shares
      .filter((share) => share.holds === 'profiles' || (share.holds === 'unknown' && backups(share).length > 0))
      .map((share) => checkBackups(backups(share), `${share.account}/${share.name}`, context.now)),
    ...unknown
      .filter((share) => isAnyBackedUp && backups(share).length === 0)
      .map((share) => couldNotCheck('whether it holds more than Office containers', `${share.account}/${share.name}`)),
    // Whichever of them it is that holds the profiles.
    isAnyBackedUp || unknown.length === 0
      ? well
      : found([
          {
            subject: 'primary/profiles',
            evidence: `Azure Backup knows none of ${unknown.map(({ account, name }) => `${account}/${name}`).join(', ')}.`,
          },
        ]),
  ])
}

function sharesOf({ pair }: RuleContext, shares: readonly FileShare[], guests: Told<GuestFslogix>): readonly Share[] {
  const told = guests.told.map(({ value }) => value)
  const profiles = new Set(told.flatMap(({ profilePlaces = [] }) => profilePlaces))
  const office = new Set(told.flatMap(({ officePlaces = [] }) => (officePlaces === 'off' ? [] : officePlaces)))
  const holds = (account: string, share: string): Share['holds'] => {
    if (profiles.has(account.toLowerCase())) return 'profiles'
    return office.has(account.toLowerCase()) || /odfc|office/i.test(share) ? 'office' : 'unknown'
  }
  return plannedAccounts(pair)
    .filter(({ side, use }) => side === 'primary' && use === 'profiles')
    .flatMap(({ id, name }) =>
      shares
        .filter(({ accountId }) => sameId(accountId, id))
        .map((share) => ({ ...share, account: name, holds: holds(name, share.name) })),
    )
}
