import { minutes, seconds, spell } from '../../core/time.ts'
import type { ReplicatedItem } from '../../model/azure.ts'
import { isReady, replicaFinder } from '../../planning/replicas.ts'
import { isReplicated, nextMove, sidesOf } from '../next-move.ts'
import { couldNotCheck, found, given, partOfPair, partOfSide, together, well } from '../outcome.ts'
import type { Outcome, Rule } from '../rule.ts'

export const replicationHealthy: Rule = {
  id: 'replication-healthy',
  title: 'Replication keeps up, and Site Recovery calls it healthy',
  severity: 'critical',
  blocks: 'never',
  compares:
    'replication health, failover health and RPO of the items of this pair, as far as they are protected: `Critical` is critical; `Warning`, and an RPO of more than an hour, are warnings. Other machines of the vault are not looked at.',
  why: 'What a desktop has not replicated is lost in a failover. A critical item may come up hours old, or not at all.',
  source: {
    title: 'Troubleshoot replication in Azure VM disaster recovery: no crash-consistent recovery point in 60 minutes',
    url: 'https://learn.microsoft.com/azure/site-recovery/azure-to-azure-troubleshoot-replication',
  },
  howToFix:
    'Open the replicated item in the vault and follow its errors: churn beyond the limits of the disk, the way to the cache storage account, the mobility agent.',
  appliesTo: isReplicated,
  check: (context) =>
    given(
      {
        items: partOfPair(context, 'replicatedItems'),
        hosts: partOfSide(context, sidesOf(context).active, 'sessionHosts'),
      },
      ({ hosts }) => {
        const find = replicaFinder(nextMove(context))
        return together(hosts.map((host) => judge(host.name, find(host).replicas)))
      },
    ),
}

/** A crash-consistent point is made every 5 minutes; Site Recovery raises its alarm (153007) after 60 without one. */
const longestRpo = minutes(60)

const words: Readonly<Record<string, 'well' | 'warning' | 'critical'>> = {
  normal: 'well',
  none: 'well',
  warning: 'warning',
  critical: 'critical',
}

/** Items that are not protected, or several of one host, are other rules'. */
function judge(host: string, replicas: readonly { readonly item: ReplicatedItem }[]): Outcome {
  const [replica, another] = replicas
  if (!replica || another || !isReady(replica.item)) return well
  const { replicationHealth, failoverHealth, rpoSeconds } = replica.item
  const told = { replication: replicationHealth, failover: failoverHealth }
  const grades = Object.values(told).map((word) => words[word.toLowerCase()])
  if (grades.includes(undefined))
    return couldNotCheck(`health is said to be ${replicationHealth} and ${failoverHealth}`, host)
  const isBehind = rpoSeconds !== undefined && seconds(rpoSeconds) > longestRpo
  const isCritical = grades.includes('critical')
  if (!isCritical && !grades.includes('warning') && !isBehind)
    return rpoSeconds === undefined ? couldNotCheck('Site Recovery tells no RPO', host) : well
  const rpo = rpoSeconds === undefined ? 'unknown' : spell(seconds(rpoSeconds))
  const evidence = `${host}: replication health ${replicationHealth}, failover health ${failoverHealth}, RPO ${rpo}.`
  return found([{ subject: host, evidence, severity: isCritical ? 'critical' : 'warning' }])
}
