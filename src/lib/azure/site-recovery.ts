/** Azure Site Recovery between regions (A2A), api-version 2023-06-01. */
import { parseArmId } from '../core/arm-id.ts'
import type { Answer } from '../core/fault.ts'
import { hours, type Instant } from '../core/time.ts'
import type { ReplicationJob } from '../model/azure.ts'
import type { FailoverOptions, Fence, ReprotectOptions, SiteRecovery } from '../ports/gateways.ts'
import { asWritten, asWrittenPages, listAs, refused } from './calls.ts'
import type { AzureClients } from './clients.ts'
import { jobOf } from './job-of.ts'
import { misnamed } from './outcomes.ts'
import { failoverPlan, recoveryPlans } from './recovery-plans.ts'
import { reprotectInputOf } from './reprotect-input.ts'
import { recoveryPointOf, replicatedItemOf, replicationJobOf } from './site-recovery-shapes.ts'

/** The rights this gateway needs, at the vault; what Site Recovery itself needs in the target group comes on top. */
export const actions: readonly string[] = [
  'Microsoft.RecoveryServices/vaults/replicationFabrics/replicationProtectionContainers/replicationProtectedItems/applyRecoveryPoint/action',
  'Microsoft.RecoveryServices/vaults/replicationFabrics/replicationProtectionContainers/replicationProtectedItems/failoverCommit/action',
  'Microsoft.RecoveryServices/vaults/replicationFabrics/replicationProtectionContainers/replicationProtectedItems/read',
  'Microsoft.RecoveryServices/vaults/replicationFabrics/replicationProtectionContainers/replicationProtectedItems/recoveryPoints/read',
  'Microsoft.RecoveryServices/vaults/replicationFabrics/replicationProtectionContainers/replicationProtectedItems/unplannedFailover/action',
  'Microsoft.RecoveryServices/vaults/replicationFabrics/replicationProtectionContainers/switchprotection/action',
  'Microsoft.RecoveryServices/vaults/replicationJobs/read',
  'Microsoft.RecoveryServices/vaults/replicationProtectedItems/read',
  'Microsoft.RecoveryServices/vaults/replicationRecoveryPlans/read',
  'Microsoft.RecoveryServices/vaults/replicationRecoveryPlans/unplannedFailover/action',
]

/** Longer than any operation of ours takes; a vault keeps its jobs for weeks. */
const jobsOfInterest = hours(24)

type Azure = Pick<AzureClients, 'siteRecovery' | 'calls'>

export function createSiteRecovery(azure: Azure, now: () => Instant): SiteRecovery {
  const { siteRecovery, calls } = azure
  return {
    async items(vaultId) {
      const id = parseArmId(vaultId)
      if (!id) return misnamed(vaultId)
      const { replicationProtectedItems } = siteRecovery(id.subscription)
      const pages = () => replicationProtectedItems.list(id.name, id.resourceGroup, asWrittenPages).byPage()
      return listAs(calls, pages, 'A replicated item', replicatedItemOf)
    },
    async jobs(vaultId) {
      const id = parseArmId(vaultId)
      if (!id) return misnamed(vaultId)
      const { replicationJobs } = siteRecovery(id.subscription)
      const since = now() - jobsOfInterest
      const pages = () => replicationJobs.list(id.name, id.resourceGroup, asWrittenPages).byPage()
      const jobs = await listAs(calls, pages, 'A job', replicationJobOf, (some) => reachedBack(some, since))
      return jobs.kind === 'ok' ? { kind: 'ok', value: newestFirst(jobs.value, since) } : jobs
    },
    async recoveryPoints(itemId) {
      const id = itemIdOf(itemId)
      if (!id) return misnamed(itemId)
      const { recoveryPoints } = siteRecovery(id.subscription)
      const pages = () => recoveryPoints.listByReplicationProtectedItems(...id.path, asWrittenPages).byPage()
      const listing = await calls.all(pages)
      if (listing.kind !== 'ok') return listing
      // One that cannot be read is one less to choose from.
      return { kind: 'ok', value: listing.value.flatMap((entry) => recoveryPointOf(entry) ?? []) }
    },
    failover: (itemId, options, fence) => failover(azure, itemId, options, fence),
    recoveryPlans: (vaultId) => recoveryPlans(azure, vaultId),
    failoverPlan: (planId, options, fence) => failoverPlan(azure, planId, options, fence),
    commit: (itemId, fence) => commit(azure, itemId, fence),
    changeRecoveryPoint: (itemId, pointId, fence) => changeRecoveryPoint(azure, itemId, pointId, fence),
    reprotect: (itemId, options, fence) => reprotect(azure, itemId, options, fence),
  }
}

type Begun = Promise<Answer<{ readonly job?: string }>>

/** Towards the recovery side of the item, whichever region that is: after a reprotect it is the way back. */
async function failover({ siteRecovery, calls }: Azure, itemId: string, options: FailoverOptions, fence: Fence): Begun {
  const id = itemIdOf(itemId)
  if (!id) return misnamed(itemId)
  const { replicationProtectedItems } = siteRecovery(id.subscription)
  const { recoveryPointId, sourceSiteOperations } = options
  const providerSpecificDetails = {
    instanceType: 'A2A' as const,
    ...(recoveryPointId === undefined ? {} : { recoveryPointId }),
  }
  const input = { failoverDirection: 'PrimaryToRecovery', sourceSiteOperations, providerSpecificDetails }
  const send = () => replicationProtectedItems.beginUnplannedFailover(...id.path, { properties: input })
  return jobOf(await calls.write(fence, send))
}

async function commit({ siteRecovery, calls }: Azure, itemId: string, fence: Fence): Begun {
  const id = itemIdOf(itemId)
  if (!id) return misnamed(itemId)
  const { replicationProtectedItems } = siteRecovery(id.subscription)
  return jobOf(await calls.write(fence, () => replicationProtectedItems.beginFailoverCommit(...id.path)))
}

async function changeRecoveryPoint({ siteRecovery, calls }: Azure, itemId: string, point: string, fence: Fence): Begun {
  const id = itemIdOf(itemId)
  if (!id) return misnamed(itemId)
  const { replicationProtectedItems } = siteRecovery(id.subscription)
  const input = { recoveryPointId: point, providerSpecificDetails: { instanceType: 'A2A' as const } }
  const send = () => replicationProtectedItems.beginApplyRecoveryPoint(...id.path, { properties: input })
  return jobOf(await calls.write(fence, send))
}

/** The action of the item itself (`reProtect`) fails for managed disks; only the container's takes them. */
async function reprotect(
  { siteRecovery, calls }: Azure,
  itemId: string,
  options: ReprotectOptions,
  fence: Fence,
): Begun {
  const id = itemIdOf(itemId)
  if (!id) return misnamed(itemId)
  const { replicationProtectedItems, replicationProtectionContainers } = siteRecovery(id.subscription)
  const read = await calls.one(() => replicationProtectedItems.get(...id.path, asWritten))
  if (read.kind !== 'ok') return read
  const input = reprotectInputOf(read.value, options)
  if ('lacks' in input) return refused({ code: 'rejected', message: input.lacks, retryable: false })
  const [vault, group, fabric, container] = id.path
  const send = () =>
    replicationProtectionContainers.beginSwitchProtection(vault, group, fabric, container, { properties: input })
  return jobOf(await calls.write(fence, send))
}

function itemIdOf(itemId: string) {
  const id = parseArmId(itemId)
  const [vault, fabric, container, item] = id?.names ?? []
  if (!id || !vault || !fabric || !container || !item) return undefined
  const path: [string, string, string, string, string] = [vault, id.resourceGroup, fabric, container, item]
  return { subscription: id.subscription, path }
}

/** Jobs come newest first; where they do not, all are read. */
function reachedBack(jobs: readonly (ReplicationJob | undefined)[], since: Instant): boolean {
  const oldest = jobs.at(-1)?.startedAt
  // Asked after every page: the order of all of them matters only once the end is old enough.
  if (oldest === undefined || oldest >= since) return false
  const starts = jobs.map((job) => job?.startedAt)
  return starts.every((start, i) => {
    const before = i === 0 ? start : starts[i - 1]
    return start !== undefined && before !== undefined && start <= before
  })
}

/** A job that has not started yet is the newest of all. */
function newestFirst(jobs: readonly ReplicationJob[], since: Instant): readonly ReplicationJob[] {
  const start = (job: ReplicationJob) => job.startedAt ?? Number.MAX_SAFE_INTEGER
  return jobs.filter((job) => start(job) >= since || job.state === 'running').sort((a, b) => start(b) - start(a))
}
