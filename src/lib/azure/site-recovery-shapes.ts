import { parseArmId } from '../core/arm-id.ts'
import {
  type RecoveryPlan,
  type RecoveryPoint,
  type ReplicatedItem,
  type ReplicationJob,
  subnetKey,
} from '../model/azure.ts'
import { lastOf, list, moment, number, record, text, texts, type Wire } from './wire.ts'

/** Undefined without id, name or the VM's name. Everything Azure's is opaque or an open set: words are passed on as they are. */
export function replicatedItemOf(value: unknown): ReplicatedItem | undefined {
  const item = record(value)
  const properties = record(item?.properties) ?? {}
  const details = record(properties.providerSpecificDetails) ?? {}
  const id = text(item?.id)
  const name = text(item?.name)
  const vmName = text(properties.friendlyName)
  if (!id || !name || !vmName) return undefined
  return {
    id,
    name,
    vmName,
    protectionState: text(properties.protectionState) ?? 'Unknown',
    activeLocation: text(properties.activeLocation) ?? 'Unknown',
    allowedOperations: texts(properties.allowedOperations),
    replicationHealth: text(properties.replicationHealth) ?? 'Unknown',
    failoverHealth: text(properties.failoverHealth) ?? 'Unknown',
    sourceVmId: text(details.fabricObjectId) ?? '',
    ...defined({
      targetVmId: text(details.recoveryFabricObjectId),
      targetResourceGroupId: text(details.recoveryAzureResourceGroupId),
      targetLocation: text(details.recoveryFabricLocation),
      currentJob: currentJobOf(properties.currentScenario),
      rpoSeconds: number(details.rpoInSeconds),
      multiVmGroup: text(details.multiVmGroupName),
      failedOverAt: moment(properties.lastSuccessfulFailoverTime),
      targetSize: text(details.recoveryAzureVMSize),
      targetZone: text(details.recoveryAvailabilityZone),
      targetSubnets: targetSubnetsOf(details),
      capacityReservationGroup: text(details.recoveryCapacityReservationGroupId),
    }),
  }
}

/** Undefined where Site Recovery names none, or one of a network in another subscription, where no card could join it. */
function targetSubnetsOf(details: Wire): readonly string[] | undefined {
  const [, , subscription = ''] = (text(details.recoveryAzureResourceGroupId) ?? '').split('/')
  const keys = list(details.vmNics).flatMap((entry) => {
    const card = record(entry) ?? {}
    const network = parseArmId(text(card.recoveryVMNetworkId) ?? '')
    if (!network || network.subscription.toLowerCase() !== subscription.toLowerCase()) return []
    return list(card.ipConfigs).flatMap((address) => {
      const subnet = text(record(address)?.recoverySubnetName)
      return subnet === undefined ? [] : [subnetKey(network.resourceGroup, network.name, subnet)]
    })
  })
  return keys.length === 0 ? undefined : keys
}

/** `None` stands for no job. */
function currentJobOf(value: unknown): string | undefined {
  const job = text(record(value)?.jobId)
  const name = job === undefined ? undefined : lastOf(job)
  return name === undefined || /^none$/i.test(name) ? undefined : name
}

export function replicationJobOf(value: unknown): ReplicationJob | undefined {
  const job = record(value)
  const properties = record(job?.properties) ?? {}
  const name = text(job?.name)
  if (!name) return undefined
  const error = firstErrorOf(properties)
  return {
    name,
    scenario: text(properties.scenarioName) ?? 'Unknown',
    state: stateOf(text(properties.state) ?? ''),
    target: text(properties.targetObjectName) ?? '',
    items: itemsOf(record(properties.customDetails) ?? {}),
    ...defined({ startedAt: moment(properties.startTime), errorCode: error?.code, errorMessage: error?.message }),
  }
}

/** A word that is new to us counts as running: nothing is ever repeated because of it. */
function stateOf(word: string): ReplicationJob['state'] {
  if (/^(succeeded|completed|(succeeded|completed)with\w+|partiallysucceeded)$/i.test(word)) return 'succeeded'
  if (/^failed$/i.test(word)) return 'failed'
  return /^cancell?ed$/i.test(word) ? 'cancelled' : 'running'
}

function itemsOf(details: Wire): readonly string[] {
  const named = list(details.protectedItemDetails).map((entry) => text(record(entry)?.name))
  const remade = text(details.newReplicationProtectedItemId)
  return [...named, remade && lastOf(remade)].filter((name) => typeof name === 'string')
}

/** The job's own error, else the first one of its tasks. */
function firstErrorOf(properties: Wire): { code?: string; message?: string } | undefined {
  const ofTasks = list(properties.tasks).flatMap((task) => list(record(task)?.errors))
  const [first] = [...list(properties.errors), ...ofTasks]
  const service = record(record(first)?.serviceErrorDetails)
  const provider = record(record(first)?.providerErrorDetails)
  const code = text(service?.code) ?? text(provider?.errorCode)
  const message = text(service?.message) ?? text(provider?.errorMessage)
  return first === undefined ? undefined : defined({ code, message })
}

/** Undefined without id or time: nobody is brought up from a point of unknown age. */
export function recoveryPointOf(value: unknown): RecoveryPoint | undefined {
  const point = record(value)
  const properties = record(point?.properties) ?? {}
  const id = text(point?.id)
  const time = moment(properties.recoveryPointTime)
  if (!id || time === undefined) return undefined
  return { id, time, kind: text(properties.recoveryPointType) ?? 'Unknown' }
}

/** Undefined without id or name, or where an item has no id: a plan with more than is known of moves more than is wanted. */
export function recoveryPlanOf(value: unknown): RecoveryPlan | undefined {
  const plan = record(value)
  const [id, name] = [text(plan?.id), text(plan?.name)]
  const items = list(record(plan?.properties)?.groups).flatMap((group) =>
    list(record(group)?.replicationProtectedItems).map((item) => text(record(item)?.id)),
  )
  const itemIds = items.filter((item) => item !== undefined)
  return id && name && itemIds.length === items.length ? { id, name, itemIds } : undefined
}

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** What Azure did not say is left out. */
const defined = <T extends object>(values: T): Defined<T> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Defined<T>
