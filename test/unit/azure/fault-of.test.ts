import { createHttpHeaders, createPipelineRequest, RestError } from '@azure/core-rest-pipeline'
import { describe, expect, test } from 'vitest'
import { answerOf, faultOfOperationError } from '../../../src/lib/azure/fault-of.ts'
import { refusal, troubleOf } from '../../../src/lib/azure/trouble.ts'

const request = createPipelineRequest({ url: 'https://management.example/x' })
const response = (status: number, body: unknown = '') => ({
  request,
  status,
  headers: createHttpHeaders(),
  bodyAsText: typeof body === 'string' ? body : JSON.stringify(body),
})
const thrown = new RestError('the client says', { request })
const code = (azureCode: string, message = 'x') => ({ error: { code: azureCode, message } })
const short = (answer: ReturnType<typeof answerOf>) => `${answer.kind} ${answer.fault.code} ${answer.fault.retryable}`

describe('what an answer to a write means', () => {
  test.each([
    [429, code('SubscriptionRequestsThrottled'), 'refused throttled true'],
    [429, { code: 'OperationNotAllowed', message: 'too many' }, 'refused throttled true'],
    [429, '<html>', 'refused throttled true'],
    [429, code('RetryableErrorDueToAnotherOperation'), 'refused conflict true'],
    [409, code('OperationNotAllowed', 'exceeding approved Total Regional Cores quota'), 'refused noQuota false'],
    [409, code('OperationNotAllowed', 'the VM is not running'), 'refused conflict true'],
    [409, code('SkuNotAvailable'), 'refused noCapacity false'],
    [409, code('AllocationFailed'), 'refused noCapacity true'],
    [409, code('ZonalAllocationFailed'), 'refused noCapacity true'],
    [409, code('OverconstrainedZonalAllocationRequest'), 'refused noCapacity false'],
    [409, code('AttachDiskWhileBeingDetached'), 'refused conflict true'],
    [409, code('Conflict'), 'refused conflict true'],
    [409, code('ResourceGroupBeingDeleted'), 'refused rejected false'],
    [409, code('ScopeLocked'), 'refused rejected false'],
    [412, '', 'refused conflict true'],
    [404, code('ResourceNotFound'), 'refused notFound false'],
    [404, '', 'refused notFound false'],
    [403, code('AuthorizationFailed'), 'refused forbidden true'],
    [403, code('RequestDisallowedByPolicy'), 'refused forbidden false'],
    [401, code('ExpiredAuthenticationToken'), 'refused forbidden true'],
    [400, code('InvalidParameter'), 'refused rejected false'],
    [400, '<html>', 'unknown outcomeUnknown true'],
    [302, '', 'refused rejected false'],
    [408, '', 'unknown outcomeUnknown true'],
    [500, code('InternalServerError'), 'unknown outcomeUnknown true'],
    [503, code('ServiceUnavailable'), 'unknown outcomeUnknown true'],
    [504, '<html>', 'unknown outcomeUnknown true'],
    [200, '<html>', 'unknown outcomeUnknown true'],
  ])('%d %j: %s', (status, body, expected) => {
    expect(short(answerOf(troubleOf(thrown, { sent: true, response: response(status, body) }), 'write'))).toBe(expected)
  })
})

describe('what no answer to a write means', () => {
  const broken = (errorCode: string) => new RestError('broken', { code: errorCode, request })
  const aborted = Object.assign(new Error('aborted'), { name: 'AbortError' })
  test.each<[string, unknown, boolean, string]>([
    ['reset', broken('ECONNRESET'), true, 'unknown outcomeUnknown true'],
    ['send error', broken('REQUEST_SEND_ERROR'), true, 'unknown outcomeUnknown true'],
    ['timeout of the connection', broken('ETIMEDOUT'), true, 'unknown outcomeUnknown true'],
    ['connection refused', broken('ECONNREFUSED'), true, 'refused unavailable true'],
    ['no such name', broken('ENOTFOUND'), true, 'refused unavailable true'],
    ['names not answering', broken('EAI_AGAIN'), true, 'refused unavailable true'],
    ["somebody else's certificate", broken('ERR_TLS_CERT_ALTNAME_INVALID'), true, 'refused unavailable true'],
    ['aborted after it left', aborted, true, 'unknown outcomeUnknown true'],
    ['aborted before it left', aborted, false, 'refused unavailable true'],
    ['deadline after it left', refusal('deadline', 'x'), true, 'unknown outcomeUnknown true'],
    ['deadline before it left', refusal('deadline', 'x'), false, 'refused timedOut true'],
    ['fence', refusal('fenced', 'x'), false, 'refused fenced true'],
    ['foreign host', refusal('foreignHost', 'x'), false, 'refused unreadable true'],
    ['no token', new Error('no token'), false, 'refused unavailable true'],
    [
      "an argument of the client's",
      new Error('hostPoolName with value "" should satisfy the constraint'),
      false,
      'refused rejected false',
    ],
    ['something that is no error', 'oops', true, 'unknown outcomeUnknown true'],
  ])('%s', (_, error, sent, expected) => {
    expect(short(answerOf(troubleOf(error, { sent }), 'write'))).toBe(expected)
  })
})

test.each([
  [503, 'refused unavailable true'],
  [200, 'refused unreadable true'],
])('a read that ended with %d has no unknown outcome', (status, expected) => {
  const answer = answerOf(
    troubleOf(thrown, { sent: true, response: response(status, status === 200 ? '<html>' : '') }),
    'read',
  )
  expect(short(answer)).toBe(expected)
})

test("messages are short and a stranger's page is not passed on", () => {
  const long = troubleOf(thrown, { sent: true, response: response(400, code('Bad', 'x'.repeat(9_000))) })
  expect(long.message).toHaveLength(500)
  const page = troubleOf(thrown, { sent: true, response: response(502, `<html>${'secret'.repeat(9)}`) })
  expect(page.message).not.toContain('secret')
})

test.each([
  ['AllocationFailed', 'no room', 'noCapacity true'],
  ['ZonalAllocationFailed', 'no room', 'noCapacity true'],
  ['OverconstrainedAllocationRequest', 'too strict', 'noCapacity false'],
  ['OverconstrainedZonalAllocationRequest', 'too strict', 'noCapacity false'],
  ['OperationNotAllowed', 'exceeding approved cores quota', 'noQuota false'],
  ['OperationNotAllowed', 'the VM is not running', 'conflict true'],
  ['SkuNotAvailable', 'x', 'noCapacity false'],
  ['28031', 'x', 'noQuota false'],
  ['28092', 'x', 'noQuota false'],
  ['70038', 'x', 'jobFailed true'],
  ['170010', 'x', 'jobFailed true'],
  [undefined, 'x', 'jobFailed true'],
])('inside an operation %s (%s) is %s', (azureCode, message, expected) => {
  const fault = faultOfOperationError(azureCode, message)
  expect(`${fault.code} ${fault.retryable}`).toBe(expected)
})

test("only Azure's own codes are passed on as such", () => {
  const reset = answerOf(troubleOf(new RestError('broken', { code: 'ECONNRESET', request }), { sent: true }), 'write')
  expect(reset.fault).not.toHaveProperty('azureCode')
  const late = answerOf(troubleOf(refusal('deadline', 'x'), { sent: true }), 'write')
  expect(late.fault).not.toHaveProperty('azureCode')
  const answered = troubleOf(thrown, { sent: true, response: response(409, code('Conflict')) })
  expect(answerOf(answered, 'write').fault.azureCode).toBe('Conflict')
})
