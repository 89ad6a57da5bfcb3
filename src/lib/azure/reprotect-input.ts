import type { ReprotectOptions } from '../ports/gateways.ts'
import { list, record, text } from './wire.ts'

/**
 * What `switchprotection` is to be told of an item (A2A, managed disks), out of the item as it was read by itself: each
 * disk of the machine that runs now, and where it came from. `lacks`: what the item does not say, without which Site
 * Recovery would protect half of a machine.
 */
export function reprotectInputOf(value: unknown, { cacheStorageId }: ReprotectOptions) {
  const item = record(value)
  const properties = record(item?.properties) ?? {}
  const details = record(properties.providerSpecificDetails) ?? {}
  const name = text(item?.name)
  const container = containerIn.exec(text(item?.id) ?? '')?.[1]
  const group = groupIn.exec(text(details.fabricObjectId) ?? '')?.[1]
  const policyId = text(properties.policyId)
  if (!name || !container) return { lacks: 'The replicated item has no id or name' }
  if (!/^A2A$/i.test(text(details.instanceType) ?? ''))
    return { lacks: `${name} is not replicated between regions (A2A)` }
  if (!group) return { lacks: `${name} does not say which machine it came from` }
  if (!policyId) return { lacks: `${name} names no replication policy` }
  const disks = list(details.protectedManagedDisks).map((disk) => diskOf(disk, group, cacheStorageId))
  if (disks.length === 0) return { lacks: `${name} has no managed disks that are replicated` }
  const whole = disks.filter((disk) => disk !== undefined)
  const missing = disks.length - whole.length
  if (missing > 0)
    return { lacks: `${missing} of ${disks.length} disks of ${name} have no copy on the side where it runs` }
  return {
    replicationProtectedItemName: name,
    providerSpecificDetails: {
      instanceType: 'A2A' as const,
      recoveryContainerId: container,
      vmDisks: [],
      vmManagedDisks: whole,
      recoveryResourceGroupId: group,
      policyId,
    },
  }
}

const containerIn = /^(.*\/replicationProtectionContainers\/[^/]+)\/replicationProtectedItems\/[^/]+$/i
const groupIn =
  /^(\/subscriptions\/[^/]+\/resourcegroups\/[^/]+)\/providers\/microsoft\.compute\/virtualmachines\/[^/]+$/i

/** While an item is protected its disks have no `recoveryTargetDiskId`; after a failover that is the disk in use. */
function diskOf(value: unknown, group: string, cacheStorageId: string) {
  const disk = record(value)
  const diskId = text(disk?.recoveryTargetDiskId)
  if (!disk || !diskId) return undefined
  const replicaType = text(disk.recoveryReplicaDiskAccountType)
  const targetType = text(disk.recoveryTargetDiskAccountType)
  const encryptionSet = text(disk.primaryDiskEncryptionSetId)
  return {
    diskId,
    primaryStagingAzureStorageAccountId: cacheStorageId,
    recoveryResourceGroupId: group,
    ...(replicaType !== undefined && { recoveryReplicaDiskAccountType: replicaType }),
    ...(targetType !== undefined && { recoveryTargetDiskAccountType: targetType }),
    // On the way back the disks are made where the original ones were, and with their key.
    ...(encryptionSet !== undefined && { recoveryDiskEncryptionSetId: encryptionSet }),
  }
}
