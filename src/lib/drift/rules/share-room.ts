import { sameId } from '../../core/arm-id.ts'
import type { FileShare } from '../../model/estate.ts'
import { couldNotCheck, found, given, partOfEstate, together, well } from '../outcome.ts'
import { distinctAccounts, namesStorage, unsaid } from '../planned-storage.ts'
import type { Outcome, Rule } from '../rule.ts'
import { multiRegion } from '../sources.ts'

/** Ours: containers grow while users work, and nobody makes room during a failover. Of the quota. */
const fullFrom = 0.9
const nearlyFullFrom = 0.8

export const shareRoom: Rule = {
  id: 'share-room',
  title: 'File shares of profiles and packages have room left',
  severity: 'warning',
  blocks: 'never',
  compares: `what is used of each file share of the accounts the plan names with its quota: from ${nearlyFullFrom * 100} % advice, from ${fullFrom * 100} % a warning`,
  why: 'A full share keeps profiles from being written: users sign in to a temporary profile, or not at all, and Cloud Cache falls behind.',
  source: multiRegion,
  howToFix: 'Raise the quota of the share, or remove containers of users who left.',
  appliesTo: namesStorage,
  check: (context) =>
    given({ shares: partOfEstate(context, 'shares') }, ({ shares }) =>
      together([
        unsaid(context.pair),
        ...distinctAccounts(context.pair).flatMap((account) =>
          shares
            .filter(({ accountId }) => sameId(accountId, account.id))
            .map((share) => checkShare(share, account.name)),
        ),
      ]),
    ),
}

function checkShare({ name, quotaGiB, usedBytes }: FileShare, account: string): Outcome {
  const subject = `${account}/${name}`
  if (usedBytes === undefined || quotaGiB <= 0) return couldNotCheck('Azure did not say how much is used', subject)
  const used = usedBytes / (quotaGiB * 1_024 ** 3)
  if (used < nearlyFullFrom) return well
  const evidence = `${Math.floor(used * 100)} % of the ${quotaGiB} GiB of ${subject} are used.`
  return found([{ subject, severity: used < fullFrom ? 'advice' : 'warning', evidence }])
}
