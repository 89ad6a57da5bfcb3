/** What the error codes inside Site Recovery jobs and Compute operations mean for another attempt. */
import type { Fault, FaultCode } from './fault.ts'

type Row = { readonly codes: RegExp; readonly means: FaultCode; readonly retryable: boolean }

/** The first row that fits decides. */
const rows: readonly Row[] = [
  // Site Recovery, "Troubleshoot failover to Azure failures": the VM or its network card could not be created for want of quota.
  { codes: /^(28031|28092)$/, means: 'noQuota', retryable: false },
  { codes: /^(OperationNotAllowed|QuotaExceeded)$/i, means: 'noQuota', retryable: false },
  // Compute, "Allocation failures": room comes and goes.
  { codes: /^(Zonal)?AllocationFailed$/i, means: 'noCapacity', retryable: true },
  // The same page: waiting does not help, another size or fewer constraints do.
  { codes: /^(Overconstrained(Zonal)?AllocationRequest|SkuNotAvailable)$/i, means: 'noCapacity', retryable: false },
]

/** Site Recovery has numbers of its own for what Compute told it, and quotes it in the text. */
const told = /\b((Zonal)?AllocationFailed|Overconstrained(Zonal)?AllocationRequest|SkuNotAvailable|QuotaExceeded)\b/i

const rowOf = (code: string | undefined): Row | undefined =>
  code === undefined ? undefined : rows.find(({ codes }) => codes.test(code))

/** A job that failed for any other reason is worth another attempt: the number of attempts is limited anyway. */
export function jobFault(azureCode: string | undefined, message: string): Fault {
  const row = rowOf(azureCode?.trim()) ?? rowOf(told.exec(message)?.[0])
  return {
    code: row?.means ?? 'jobFailed',
    message,
    retryable: row?.retryable ?? true,
    ...(azureCode ? { azureCode: azureCode.trim() } : {}),
  }
}
