import { idKey } from '../core/arm-id.ts'
import type { Fault } from '../core/fault.ts'
import { jobFault } from '../core/job-faults.ts'
import type { PatchRun, PowerState, Quota, Vm } from '../model/azure.ts'
import { list, moment, number, record, text, type Wire } from './wire.ts'

/** From a VM as the client hands it over, or as Azure wrote it; undefined without id or name. */
export function vmOf(value: unknown): Vm | undefined {
  const vm = flat(value)
  const id = text(vm?.id)
  const name = text(vm?.name)
  if (!vm || !id || !name) return undefined
  const zone = text(list(vm.zones)[0])
  const patches = patchesOf(record(record(vm.instanceView)?.patchStatus))
  const availabilitySetId = text(record(vm.availabilitySet)?.id)
  const reservation = text(record(record(vm.capacityReservation)?.capacityReservationGroup)?.id)
  return {
    id,
    name,
    location: text(vm.location) ?? '',
    size: text(record(vm.hardwareProfile)?.vmSize) ?? '',
    power: powerOf(vm),
    tags: tagsOf(vm.tags),
    ...(zone === undefined ? {} : { zone }),
    ...(patches === undefined ? {} : { patches }),
    ...madeOf(record(vm.storageProfile) ?? {}),
    ...(availabilitySetId === undefined ? {} : { availabilitySetId }),
    ...(reservation === undefined ? {} : { capacityReservationGroup: reservation }),
  }
}

/** Machines that Site Recovery has made have no image. Of a deallocated one Compute does not tell the kind of its disk. */
function madeOf({ imageReference, osDisk }: Wire): Pick<Vm, 'image' | 'imageVersion' | 'osDiskSku'> {
  const reference = record(imageReference) ?? {}
  const { publisher, offer, sku, version } = reference
  const parts = [publisher, offer, sku, version].map(text)
  const image = text(reference.id) ?? (parts.includes(undefined) ? undefined : parts.join('/'))
  const imageVersion = text(reference.exactVersion)
  const disk = record(osDisk) ?? {}
  const isEphemeral = /^local$/i.test(text(record(disk.diffDiskSettings)?.option) ?? '')
  // An ephemeral one says Standard_LRS there, for it is on the machine's own disk.
  const osDiskSku = isEphemeral ? 'Ephemeral' : text(record(disk.managedDisk)?.storageAccountType)
  return {
    ...(image === undefined ? {} : { image }),
    ...(imageVersion === undefined ? {} : { imageVersion }),
    ...(osDiskSku === undefined ? {} : { osDiskSku }),
  }
}

/** One entry of a status listing. */
export function powerEntryOf(value: unknown): readonly [key: string, power: PowerState] | undefined {
  const id = text(record(value)?.id)
  return id ? [idKey(id), powerOf(flat(value))] : undefined
}

/** The client puts what is in `properties` beside the name. */
function flat(value: unknown): Wire | undefined {
  const vm = record(value)
  const properties = record(vm?.properties)
  return properties ? { ...vm, ...properties } : vm
}

/** Of an async operation's document; undefined unless it says that it failed. */
export function faultOfOperation(value: unknown): Fault | undefined {
  const operation = record(value)
  if (!/^(failed|canceled)$/i.test(text(operation?.status) ?? '')) return undefined
  const error = record(operation?.error)
  return jobFault(text(error?.code), text(error?.message) ?? 'Azure does not say why')
}

/** Undefined where a name or one of the numbers is missing: half a quota says nothing. */
export function quotaOf(value: unknown): Quota | undefined {
  const usage = record(value)
  const name = text(record(usage?.name)?.value)
  const used = number(usage?.currentValue)
  const limit = number(usage?.limit)
  return name === undefined || used === undefined || limit === undefined ? undefined : { name, used, limit }
}

function patchesOf(status: Wire | undefined): Vm['patches'] {
  const available = record(status?.availablePatchSummary)
  const installed = record(status?.lastPatchInstallationSummary)
  if (!available && !installed) return undefined
  const count = (value: unknown, what: string) => `${number(value) ?? 'unknown'} ${what}`
  return {
    ...(available && {
      assessment: patchRunOf(available, [
        count(available.criticalAndSecurityPatchCount, 'critical and security patches missing'),
        count(available.otherPatchCount, 'others'),
      ]),
    }),
    ...(installed && {
      installation: patchRunOf(installed, [
        count(installed.installedPatchCount, 'patches installed'),
        count(installed.failedPatchCount, 'failed'),
        count(installed.pendingPatchCount, 'pending'),
      ]),
    }),
  }
}

function patchRunOf(run: Wire, counts: readonly string[]): PatchRun {
  const startedAt = moment(run.startTime)
  const errorCode = text(record(run.error)?.code)
  return {
    status: text(run.status) ?? 'Unknown',
    text: counts.join(', '),
    ...(startedAt === undefined ? {} : { startedAt }),
    ...(errorCode === undefined ? {} : { errorCode }),
  }
}

const powers: readonly PowerState[] = ['running', 'starting', 'stopping', 'stopped', 'deallocating', 'deallocated']

function powerOf(vm: unknown): PowerState {
  const codes = list(record(record(vm)?.instanceView)?.statuses).map((status) => text(record(status)?.code) ?? '')
  return powerFrom(codes.find((code) => /^PowerState\//i.test(code)))
}

/** From `PowerState/running`. */
export function powerFrom(code: string | undefined): PowerState {
  const word = code?.slice('PowerState/'.length).toLowerCase()
  return powers.find((power) => power === word) ?? 'unknown'
}

export const tagsOf = (tags: unknown): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(record(tags) ?? {}).map(([name, value]) => [name, text(value) ?? '']))
