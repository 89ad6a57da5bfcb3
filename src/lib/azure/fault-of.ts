/**
 * What Azure's answers mean: the one table, first fitting row decides.
 *
 * `carriedOut: 'maybe'` turns into the outcome *unknown* for a write, which is never repeated before a look (design
 * rule 3). For a read it makes no difference.
 */
import type { Answer, Fault, FaultCode } from '../core/fault.ts'
import { jobFault } from '../core/job-faults.ts'
import type { Trouble } from './trouble.ts'

type Row = {
  /** `refused`: by our own pipeline; `unsent`: failed before the request left; `unanswered`: after it may have left. */
  readonly phase?: Trouble['phase']
  readonly status?: number | readonly [from: number, to: number]
  /** Azure's error code, or the connection's. */
  readonly code?: RegExp
  readonly message?: RegExp
  readonly means: FaultCode
  readonly retryable: boolean
  readonly carriedOut: 'no' | 'maybe'
}

const no = { carriedOut: 'no' } as const
const maybe = { carriedOut: 'maybe' } as const
const again = { retryable: true } as const
const never = { retryable: false } as const

const table: readonly Row[] = [
  // Our own pipeline: nothing left this process.
  { phase: 'refused', code: /^overBudget$/, means: 'overBudget', ...again, ...no },
  { phase: 'refused', code: /^fenced$/, means: 'fenced', ...again, ...no },
  { phase: 'refused', code: /^deadline$/, means: 'timedOut', ...again, ...no },
  { phase: 'refused', means: 'unreadable', ...again, ...no },
  // The older clients check arguments themselves (core-client, serializer.ts).
  { phase: 'unsent', message: /must be of type|constraint|cannot be null/i, means: 'rejected', ...never, ...no },
  // No token: Entra or the identity endpoint does not answer.
  { phase: 'unsent', means: 'unavailable', ...again, ...no },

  // No connection was made: refused, no such name, or a certificate that is not the server's (Node.js, "Common system errors").
  {
    phase: 'unanswered',
    code: /^(ECONNREFUSED|ENOTFOUND|EAI_AGAIN|CERT_.*|ERR_TLS_CERT_.*|SELF_SIGNED_CERT.*|DEPTH_ZERO_.*|UNABLE_TO_.*)$/,
    means: 'unavailable',
    ...again,
    ...no,
  },
  { phase: 'unanswered', code: /^(AbortError|deadline)$/, means: 'timedOut', ...again, ...maybe },
  // Resets and whatever else happens to a connection that stood.
  { phase: 'unanswered', means: 'unavailable', ...again, ...maybe },

  // "RetryableErrorDueToAnotherOperation" is about the resource's state, not about our pace (Compute error codes).
  { status: 429, code: /AnotherOperation/i, means: 'conflict', ...again, ...no },
  // ARM, "Throttling Resource Manager requests"; Compute sends its own body without `error` around it (Compute throttling limits).
  { status: 429, means: 'throttled', ...again, ...no },
  // "Request timeout" and server errors say nothing about whether the request was carried out (RFC 9110, 15.6).
  { status: 408, means: 'unavailable', ...again, ...maybe },
  { status: [500, 599], means: 'unavailable', ...again, ...maybe },
  // A proxy's page instead of Azure's answer, whatever its status.
  { phase: 'unreadable', means: 'unreadable', ...again, ...maybe },
  { status: [200, 299], means: 'unreadable', ...again, ...maybe },
  // Redirects are not followed: they would carry the token with them.
  { status: [300, 399], means: 'rejected', ...never, ...no },

  // A token that ran out; the next attempt asks for a new one.
  { status: 401, means: 'forbidden', ...again, ...no },
  // Seen for minutes after a role assignment was made ("Troubleshoot Azure RBAC"); attempts are limited by the step.
  { status: 403, code: /^AuthorizationFailed$/i, means: 'forbidden', ...again, ...no },
  { status: 403, means: 'forbidden', ...never, ...no },

  // "Resolve errors for resource quotas": waiting does not help.
  {
    code: /^(OperationNotAllowed|QuotaExceeded)$/i,
    message: /quota|exceeding approved/i,
    means: 'noQuota',
    ...never,
    ...no,
  },
  // "Resolve errors for SKU not available": another size does.
  { code: /^SkuNotAvailable$/i, means: 'noCapacity', ...never, ...no },
  // "Troubleshoot allocation failures": room comes and goes, constraints stay.
  { code: /^(Zonal)?AllocationFailed$/i, means: 'noCapacity', ...again, ...no },
  { code: /^Overconstrained(Zonal)?AllocationRequest$/i, means: 'noCapacity', ...never, ...no },
  // "Troubleshoot Azure RBAC": a principal made a moment ago is not known everywhere.
  { code: /^PrincipalNotFound$/i, means: 'conflict', ...again, ...no },
  {
    code: /^(ResourceGroupBeingDeleted|ScopeLocked|RoleAssignment(LimitExceeded|UpdateNotPermitted))$/i,
    means: 'rejected',
    ...never,
    ...no,
  },

  { status: 404, means: 'notFound', ...never, ...no },
  // "Conflict", "AttachDiskWhileBeingDetached", an operation under way (Compute error codes).
  { status: 409, means: 'conflict', ...again, ...no },
  { status: 412, means: 'conflict', ...again, ...no },
  { means: 'rejected', ...never, ...no },
]

export function answerOf(trouble: Trouble, kind: 'read' | 'write'): Exclude<Answer<never>, { kind: 'ok' }> {
  const row = table.find((candidate) => fits(candidate, trouble))
  if (!row) throw new Error('the last row fits everything')
  if (kind === 'write' && row.carriedOut === 'maybe') {
    return { kind: 'unknown', fault: faultOf(trouble, { means: 'outcomeUnknown', retryable: true }) }
  }
  return { kind: 'refused', fault: faultOf(trouble, row) }
}

/**
 * What a code means that comes inside an async operation's status or a Site Recovery job, e.g. `AllocationFailed`,
 * `28031`. Compute says `OperationNotAllowed` also for a VM that is in the wrong state.
 */
export function faultOfOperationError(code: string | undefined, message: string): Fault {
  const fault = jobFault(code, message)
  if (fault.code !== 'noQuota' || !/^OperationNotAllowed$/i.test(fault.azureCode ?? '')) return fault
  return /quota|exceeding approved/i.test(message) ? fault : { ...fault, code: 'conflict', retryable: true }
}

function fits(row: Row, { phase, status = 0, code = '', message }: Trouble): boolean {
  if (row.phase !== undefined && row.phase !== phase) return false
  if (row.code && !row.code.test(code)) return false
  if (row.message && !row.message.test(message)) return false
  if (row.status === undefined) return true
  if (typeof row.status === 'number') return row.status === status
  return status >= row.status[0] && status <= row.status[1]
}

function faultOf(trouble: Trouble, { means, retryable }: Pick<Row, 'means' | 'retryable'>): Fault {
  const { phase, status, code, message, retryAfter } = trouble
  return {
    code: means,
    message: status === undefined ? message : `${message} (HTTP ${status})`,
    retryable,
    ...(code === undefined || phase !== 'answered' ? {} : { azureCode: code }),
    ...(retryAfter === undefined ? {} : { retryAfter }),
  }
}
