import { couldNotCheck, found, given, partOfEstate, together, well } from '../outcome.ts'
import type { Rule } from '../rule.ts'
import { sameRegion } from '../session-machines.ts'

export const domainServicesReplicas: Rule = {
  id: 'domain-services-replicas',
  title: 'Entra Domain Services has a replica set in the secondary region',
  severity: 'critical',
  blocks: 'never',
  compares:
    'the replica sets of the managed domains that have one in the primary region with the secondary region, where the plan says that machines learn from Entra Domain Services who people are',
  why: 'Without one, machines of the secondary side know nobody once the primary region is gone: a failover that works, and no sign-in that does.',
  source: {
    title: 'Replica sets concepts and features for Microsoft Entra Domain Services',
    url: 'https://learn.microsoft.com/entra/identity/domain-services/concepts-replica-sets',
  },
  howToFix:
    'Add a replica set in the secondary region, peer its network with those of the other replica sets, and point DNS to it.',
  appliesTo: ({ plan }) => plan.identity?.kind === 'entraDomainServices',
  check: (context) =>
    given({ services: partOfEstate(context, 'domainServices') }, ({ services }) => {
      const { primary, secondary } = context.pair
      const has = (regions: readonly string[], region: string) => regions.some((one) => sameRegion(one, region))
      const ours = services.filter(({ replicaRegions }) => has(replicaRegions, primary.region))
      if (ours.length === 0) return couldNotCheck(`no managed domain with a replica set in ${primary.region} was seen`)
      return together(
        ours.map(({ name, replicaRegions }) =>
          has(replicaRegions, secondary.region)
            ? well
            : found([
                {
                  subject: name,
                  evidence: `${name} has replica sets in ${replicaRegions.join(', ')}, and none in ${secondary.region}.`,
                },
              ]),
        ),
      )
    }),
}
