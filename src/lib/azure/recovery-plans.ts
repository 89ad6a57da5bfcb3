/** Recovery plans of Site Recovery: the only way to fail over machines of one consistency group. */
import { parseArmId } from '../core/arm-id.ts'
import type { Answer } from '../core/fault.ts'
import type { RecoveryPlan } from '../model/azure.ts'
import type { Fence, PlanFailoverOptions } from '../ports/gateways.ts'
import { asWrittenPages, listAs } from './calls.ts'
import type { AzureClients } from './clients.ts'
import { jobOf } from './job-of.ts'
import { misnamed } from './outcomes.ts'
import { recoveryPlanOf } from './site-recovery-shapes.ts'

type Azure = Pick<AzureClients, 'siteRecovery' | 'calls'>

export async function recoveryPlans(
  { siteRecovery, calls }: Azure,
  vaultId: string,
): Promise<Answer<readonly RecoveryPlan[]>> {
  const id = parseArmId(vaultId)
  if (!id) return misnamed(vaultId)
  const { replicationRecoveryPlans } = siteRecovery(id.subscription)
  const pages = () => replicationRecoveryPlans.list(id.name, id.resourceGroup, asWrittenPages).byPage()
  return listAs(calls, pages, 'A recovery plan', recoveryPlanOf)
}

/** Towards the recovery side of its items, as a failover of each of them would go. */
export async function failoverPlan(
  { siteRecovery, calls }: Azure,
  planId: string,
  { sourceSiteOperations, recoveryPoint }: PlanFailoverOptions,
  fence: Fence,
): Promise<Answer<{ readonly job?: string }>> {
  const id = parseArmId(planId)
  const [vault, plan] = id?.names ?? []
  if (!id || !vault || !plan) return misnamed(planId)
  const { replicationRecoveryPlans } = siteRecovery(id.subscription)
  const ofProvider = { instanceType: 'A2A' as const, recoveryPointType: wordOf[recoveryPoint] }
  const properties = {
    failoverDirection: 'PrimaryToRecovery',
    sourceSiteOperations,
    providerSpecificDetails: [ofProvider],
  }
  const send = () => replicationRecoveryPlans.beginUnplannedFailover(vault, id.resourceGroup, plan, { properties })
  return jobOf(await calls.write(fence, send))
}

/** `A2ARpRecoveryPointType` of the interface's description. */
const wordOf: Readonly<Record<PlanFailoverOptions['recoveryPoint'], string>> = {
  latest: 'Latest',
  latestProcessed: 'LatestProcessed',
  latestAppConsistent: 'LatestApplicationConsistent',
  latestCrashConsistent: 'LatestCrashConsistent',
}
