import { expect, test } from 'vitest'
import { jobFault } from '../../../src/lib/core/job-faults.ts'

test.each<[string | undefined, string, boolean]>([
  ['28031', 'noQuota', false],
  ['28092', 'noQuota', false],
  [' 28031 ', 'noQuota', false],
  ['OperationNotAllowed', 'noQuota', false],
  ['QuotaExceeded', 'noQuota', false],
  ['AllocationFailed', 'noCapacity', true],
  ['ZonalAllocationFailed', 'noCapacity', true],
  ['allocationfailed', 'noCapacity', true],
  ['OverconstrainedAllocationRequest', 'noCapacity', false],
  ['OverconstrainedZonalAllocationRequest', 'noCapacity', false],
  ['SkuNotAvailable', 'noCapacity', false],
  ['70038', 'jobFailed', true],
  ['280311', 'jobFailed', true],
  ['', 'jobFailed', true],
  [undefined, 'jobFailed', true],
])('%s means %s, retryable %s', (azureCode, code, retryable) => {
  expect(jobFault(azureCode, 'text')).toMatchObject({ code, retryable, message: 'text' })
})

test('the code of Azure is kept, and none is invented', () => {
  expect(jobFault(' 70038 ', 'text').azureCode).toBe('70038')
  expect('azureCode' in jobFault(undefined, 'text')).toBe(false)
})

test.each<[string | undefined, string, string, boolean]>([
  ['150097', 'Compute says AllocationFailed: no room', 'noCapacity', true],
  [undefined, 'zonalallocationfailed', 'noCapacity', true],
  ['150097', 'SkuNotAvailable in ukwest', 'noCapacity', false],
  ['150097', 'QuotaExceeded', 'noQuota', false],
  ['28031', 'AllocationFailed', 'noQuota', false],
  ['150097', 'NotAllocationFailedAtAll', 'jobFailed', true],
])('%s with the text %s means %s, retryable %s', (azureCode, text, code, retryable) => {
  expect(jobFault(azureCode, text)).toMatchObject({ code, retryable, message: text })
})
