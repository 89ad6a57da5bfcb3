import type { Instant } from '../../src/lib/core/time.ts'
import { bodyFaults, distort, type HttpFault, refusals, refuse } from './http-faults.ts'
import { type OperationFault, operationErrors } from './operation-faults.ts'
import type { Faults, Random, SimAnswer, SimRequest, SimResponse } from './types.ts'

export type { HttpFault } from './http-faults.ts'
export type { OperationFault } from './operation-faults.ts'

/** Trouble aimed at something: the first rule that fits and still has `times` left strikes before any rate is drawn. */
export type FaultRule = {
  readonly action: RegExp
  /** Tested against the path of the request, or the subject of the long operation. */
  readonly subject?: RegExp
  /** An HTTP fault, or the error code a long operation ends with. */
  readonly kind: HttpFault | OperationFault
  /** Default: always. */
  readonly times?: number
  readonly probability?: number
  readonly from?: Instant
  readonly until?: Instant
}

/** Everything is off by default. Rates are probabilities per request, or per accepted long operation. */
export type FaultOptions = {
  readonly http?: Partial<Readonly<Record<HttpFault, number>>>
  readonly operations?: Partial<Readonly<Record<OperationFault, number>>>
  readonly rules?: readonly FaultRule[]
}

export type FaultCall = { readonly request: SimRequest; readonly action: string }
export type Struck = { readonly answer: SimAnswer; readonly name: HttpFault }

/** `Faults` as providers see it, and what the kernel asks around every request. */
export type FaultMachine = Faults & {
  /** Asked before the request is carried out: the answer it gets instead, if any. */
  readonly before: (call: FaultCall) => Struck | undefined
  /** Asked with the true answer: what becomes of it, if anything. */
  readonly after: (call: FaultCall, answer: SimResponse) => Struck | undefined
}

export function createFaults(random: Random, now: () => Instant, options: FaultOptions = {}): FaultMachine {
  const counts = new Map<string, number>()
  const count = (name: string) => counts.set(name, (counts.get(name) ?? 0) + 1)
  const aim = createAim(random, now, options.rules ?? [])
  const hiddenUntil = new Map<string, Instant>()
  const forbidden = new Set<string>()
  const drawn = (
    kind: HttpFault | OperationFault,
    rate: number | undefined,
    call: { action: string; subject: string },
  ) => aim(kind, call) || (rate !== undefined && rate > 0 && random.chance(rate))
  const subjectOf = (call: FaultCall) => ({ action: call.action, subject: call.request.path })

  return {
    counts: () => Object.fromEntries(counts),
    operationFailure(action, subject) {
      for (const [code, { message, fits }] of Object.entries(operationErrors)) {
        const kind = code as OperationFault
        if (!fits.test(action) || !drawn(kind, options.operations?.[kind], { action, subject })) continue
        count(code)
        return { code, message }
      }
      return undefined
    },
    before(call) {
      const { request } = call
      if (request.method === 'GET' && (hiddenUntil.get(request.path.toLowerCase()) ?? 0) > now()) {
        count('notFoundAtFirst')
        return { name: 'notFoundAtFirst', answer: refuse('notFoundAtFirst', call, random) }
      }
      for (const kind of refusals) {
        const mark = `${request.principal} ${call.action} ${request.path}`.toLowerCase()
        if (kind === 'forbiddenOnce' && forbidden.has(mark)) continue
        if (!appliesBefore(kind, call) || !drawn(kind, options.http?.[kind], subjectOf(call))) continue
        if (kind === 'forbiddenOnce') forbidden.add(mark)
        count(kind)
        return { name: kind, answer: refuse(kind, call, random) }
      }
      return undefined
    },
    after(call, answer) {
      if (isCreated(call, answer) && drawn('notFoundAtFirst', options.http?.notFoundAtFirst, subjectOf(call))) {
        hiddenUntil.set(call.request.path.toLowerCase(), now() + random.between(0, hiddenForAtMost))
      }
      for (const kind of bodyFaults) {
        const rate = options.http?.[kind]
        if (!drawn(kind, rate, subjectOf(call))) continue
        const changed = distort(kind, answer, random)
        if (changed === undefined) continue
        count(kind)
        return { name: kind, answer: changed }
      }
      return undefined
    },
  }
}

/** Reads may miss what was just created for up to a minute (fault matrix F8). */
const hiddenForAtMost = 60_000

const isCreated = ({ request }: FaultCall, answer: SimResponse) => request.method === 'PUT' && answer.status === 201

function appliesBefore(kind: HttpFault, { request, action }: FaultCall): boolean {
  if (kind === 'noQuota') return /virtualmachines\/start\/action$/i.test(action)
  if (kind === 'conflict') return request.method !== 'GET' && request.method !== 'HEAD'
  return true
}

/** Tells whether a rule strikes; uses up its `times`. */
function createAim(random: Random, now: () => Instant, rules: readonly FaultRule[]) {
  const left = new Map(rules.map((rule) => [rule, rule.times ?? Number.POSITIVE_INFINITY]))
  return (kind: FaultRule['kind'], call: { action: string; subject: string }): boolean => {
    const moment = now()
    const rule = rules.find(
      (candidate) =>
        candidate.kind === kind &&
        (left.get(candidate) ?? 0) > 0 &&
        candidate.action.test(call.action) &&
        (candidate.subject?.test(call.subject) ?? true) &&
        moment >= (candidate.from ?? Number.NEGATIVE_INFINITY) &&
        moment < (candidate.until ?? Number.POSITIVE_INFINITY) &&
        random.chance(candidate.probability ?? 1),
    )
    if (!rule) return false
    left.set(rule, (left.get(rule) ?? 0) - 1)
    return true
  }
}
