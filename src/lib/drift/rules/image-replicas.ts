import { regionKey } from '../../planning/replicas.ts'
import { checkImages, nameKey } from '../images.ts'
import { isPooled } from '../next-move.ts'
import { found, given, partOfSide, together, well } from '../outcome.ts'
import type { Rule, RuleContext } from '../rule.ts'

/** One replica for so many machines that are made at once (Azure Compute Gallery, scaling). */
const machinesPerReplica = 50

export const imageReplicas: Rule = {
  id: 'image-replicas',
  title: 'The golden image has replicas enough for a batch of new hosts',
  severity: 'warning',
  blocks: 'never',
  compares: `replicas of each version in each region that has some with the hosts that may be made at once: \`limits.batchSize\` of the plan, or all hosts of the larger side where they are fewer; one replica for ${machinesPerReplica} of them. A warning where the plan lets the app make hosts anew (\`keepAlive.repair: replace\`), else advice.`,
  why: 'Machines that read one replica at the same time are throttled: making them takes longer, or fails.',
  source: {
    title: 'Store and share resources in an Azure Compute Gallery: scaling',
    url: 'https://learn.microsoft.com/azure/virtual-machines/azure-compute-gallery#scaling',
  },
  howToFix: 'Raise the replica count of the version in that region.',
  appliesTo: isPooled,
  check: (context) =>
    given(
      {
        primary: partOfSide(context, 'primary', 'sessionHosts'),
        secondary: partOfSide(context, 'secondary', 'sessionHosts'),
      },
      ({ primary, secondary }) => {
        const batch = Math.min(context.plan.limits.batchSize, Math.max(primary.length, secondary.length))
        return checkReplicas(context, batch)
      },
    ),
}

const checkReplicas = (context: RuleContext, batch: number) =>
  checkImages(context, (made, versions) => {
    const needed = Math.ceil(batch / machinesPerReplica)
    return together(
      [context.pair.primary.region, context.pair.secondary.region].map((region) => {
        const subject = `${nameKey(made)}/${region}`
        const counts = versions.flatMap(({ replicas }) =>
          replicas.filter((replica) => regionKey(replica.region) === region).map(({ count }) => count),
        )
        // None at all is `image-in-both-regions`'s to tell.
        if (counts.length === 0) return well
        // A machine is made of one gallery's version.
        const most = Math.max(...counts)
        if (most >= needed) return well
        const evidence = `${made.name} ${made.version} has ${most} in ${region}: ${needed} for ${batch} hosts at once.`
        return found([{ subject, evidence, severity: isReplaced(context) ? 'warning' : 'advice' }])
      }),
    )
  })

const isReplaced = ({ pair }: RuleContext): boolean => pair.keepAlive?.repair === 'replace'
