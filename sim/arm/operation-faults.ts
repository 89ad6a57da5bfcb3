import { hours, type Millis, minutes } from '../../src/lib/core/time.ts'
import type { Random } from './types.ts'

/** A long operation that takes longer than any step waits for it, or does not end at all. */
export type OperationDelay = 'late' | 'stuck'

const delays: Readonly<Record<OperationDelay, readonly [Millis, Millis]>> = {
  late: [minutes(20), minutes(90)],
  // As good as never, and still a date that can be written down.
  stuck: [hours(24 * 365), hours(24 * 365)],
}

export const operationDelays = ['late', 'stuck'] as const

export const lengthOf = (delay: OperationDelay, random: Random): Millis => Math.round(random.between(...delays[delay]))

/** Codes with which a long operation may end. Site Recovery's are numbers, as in `errors[].serviceErrorDetails.code`. */
export type OperationFault =
  | 'AllocationFailed'
  | 'ZonalAllocationFailed'
  | 'OverconstrainedZonalAllocationRequest'
  | 'OperationNotAllowed'
  | 'SkuNotAvailable'
  | '28031'
  | '28092'
  | '70038'
  | 'VMExtensionProvisioningError'
  | 'VMExtensionProvisioningTimeout'

const guidance = 'Read more about improving likelihood of allocation success at http://aka.ms/allocation-guidance'
const start = /virtualmachines\/start\/action$/i
const failover = /unplannedfailover\/action$/i
const replication = /(unplannedfailover|applyrecoverypoint|switchprotection)\/action$/i
const extension = /virtualmachines\/extensions\/write$/i

/** `fits`: the actions an error belongs to ("Troubleshoot allocation failures", "Site Recovery errors", learn.microsoft.com). */
export const operationErrors: Readonly<Record<OperationFault, { readonly message: string; readonly fits: RegExp }>> = {
  AllocationFailed: {
    fits: start,
    message: `Allocation failed. We do not have sufficient capacity for the requested VM size in this region. ${guidance}`,
  },
  ZonalAllocationFailed: {
    fits: start,
    message: `Allocation failed. We do not have sufficient capacity for the requested VM size in this zone. ${guidance}`,
  },
  OverconstrainedZonalAllocationRequest: {
    fits: start,
    message:
      'Allocation failed. VM(s) with the following constraints cannot be allocated, because the condition is too restrictive. Please remove some constraints and try again. Constraints applied are:\n  - Availability Zone\n  - VM Size\n',
  },
  OperationNotAllowed: {
    fits: start,
    message: 'Operation could not be completed as it results in exceeding approved Total Regional Cores quota.',
  },
  SkuNotAvailable: {
    fits: start,
    message: 'The requested VM size is currently not available in this location. Please try another size.',
  },
  '28031': {
    fits: failover,
    message: 'A virtual machine could not be created: the quota of the target region does not allow it.',
  },
  '28092': {
    fits: failover,
    message: 'A network interface could not be created: the quota of the target subscription does not allow it.',
  },
  '70038': { fits: replication, message: 'The operation on the virtual machine failed.' },
  VMExtensionProvisioningError: {
    fits: extension,
    message: 'VM has reported a failure when processing the extension: its handler ended with exit code 1603.',
  },
  VMExtensionProvisioningTimeout: {
    fits: extension,
    message: 'Provisioning of VM extension has timed out. Extension provisioning has taken too long to complete.',
  },
}
