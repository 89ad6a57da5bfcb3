import type { Instant } from '../../src/lib/core/time.ts'
import { bodyFaults, distort, type HttpFault, refusals, refuse } from './http-faults.ts'
import { type ListFault, listFaults } from './list-faults.ts'
import {
  lengthOf,
  type OperationDelay,
  type OperationFault,
  operationDelays,
  operationErrors,
} from './operation-faults.ts'
import type { Faults, Random, SimAnswer, SimRequest, SimResponse } from './types.ts'

export type { HttpFault } from './http-faults.ts'
export type { OperationFault } from './operation-faults.ts'

/** Trouble aimed at something: the first rule that fits and still has `times` left strikes before any rate is drawn. */
export type FaultRule = {
  readonly action: RegExp
  /** Tested against the path of the request, or the subject of the long operation. */
  readonly subject?: RegExp
  /** An HTTP fault, a fault of a list, the error code a long operation ends with, or how it never does. */
  readonly kind: HttpFault | ListFault | OperationFault | OperationDelay
  /** Default: always. */
  readonly times?: number
  readonly probability?: number
  readonly from?: Instant
  readonly until?: Instant
}

/** Everything is off by default. Rates are probabilities per request, or per accepted long operation. */
export type FaultOptions = {
  readonly http?: Partial<Readonly<Record<HttpFault, number>>>
  readonly lists?: Partial<Readonly<Record<ListFault, number>>>
  readonly operations?: Partial<Readonly<Record<OperationFault | OperationDelay, number>>>
  readonly rules?: readonly FaultRule[]
  /** Rates count from this moment on; rules have moments of their own. */
  readonly ratesFrom?: Instant
  /** Object id of a caller whom nothing of this happens to. */
  readonly spared?: string
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
  const drawn = createDraw(random, now, options)
  const hidden = createHidden(random, now)
  const refusedOnce = new Set<string>()
  /** Requests are carried out one after the other: this is the one under way. */
  let current: FaultCall | undefined
  const isSpared = ({ request }: FaultCall) => request.principal === options.spared
  const subjectOf = (call: FaultCall) => ({ action: call.action, subject: call.request.path })

  const strikesBefore = (kind: (typeof refusals)[number], call: FaultCall): boolean => {
    const mark = `${kind} ${call.request.principal} ${call.action} ${call.request.path}`.toLowerCase()
    const isOnce = kind === 'forbiddenOnce' || kind === 'unauthorizedOnce'
    if (isOnce && refusedOnce.has(mark)) return false
    if (!appliesBefore(kind, call) || !drawn(kind, subjectOf(call))) return false
    if (isOnce) refusedOnce.add(mark)
    return true
  }
  const refusalOf = (call: FaultCall) =>
    hidden.has(call) ? 'notFoundAtFirst' : refusals.find((kind) => strikesBefore(kind, call))

  return {
    counts: () => Object.fromEntries(counts),
    operationFailure(action, subject) {
      for (const [code, { message, fits }] of Object.entries(operationErrors)) {
        const kind = code as OperationFault
        if (!fits.test(action) || !drawn(kind, { action, subject })) continue
        count(code)
        return { code, message }
      }
      return undefined
    },
    delay(action, subject) {
      const kind = operationDelays.find((candidate) => drawn(candidate, { action, subject }))
      if (kind === undefined) return 0
      count(kind)
      return lengthOf(kind, random)
    },
    listFault(spoil) {
      if (!current || isSpared(current)) return undefined
      for (const fault of listFaults) {
        if (!drawn(fault, subjectOf(current))) continue
        const spoilt = spoil(fault)
        if (spoilt === undefined) continue
        count(fault)
        return spoilt
      }
      return undefined
    },
    before(call) {
      current = call
      if (isSpared(call)) return undefined
      const name = refusalOf(call)
      if (name === undefined) return undefined
      count(name)
      return { name, answer: refuse(name, call, random) }
    },
    after(call, answer) {
      if (isSpared(call)) return undefined
      if (isCreated(call, answer) && drawn('notFoundAtFirst', subjectOf(call))) {
        hidden.add(call)
      }
      for (const name of bodyFaults) {
        if (!drawn(name, subjectOf(call))) continue
        const changed = distort(name, answer, random)
        if (changed === undefined) continue
        count(name)
        return { name, answer: changed }
      }
      return undefined
    },
  }
}

type Target = { readonly action: string; readonly subject: string }

/** Does it strike: by a rule aimed at it, or by its rate? */
function createDraw(random: Random, now: () => Instant, options: FaultOptions) {
  const { rules = [], ratesFrom = Number.NEGATIVE_INFINITY } = options
  const aim = createAim(random, now, rules)
  const rates: Partial<Record<FaultRule['kind'], number>> = { ...options.http, ...options.lists, ...options.operations }
  return (kind: FaultRule['kind'], target: Target): boolean => {
    const rate = rates[kind] ?? 0
    return aim(kind, target) || (rate > 0 && now() >= ratesFrom && random.chance(rate))
  }
}

/** What was created and is not shown yet. */
function createHidden(random: Random, now: () => Instant) {
  const until = new Map<string, Instant>()
  const keyOf = ({ request }: FaultCall) => request.path.toLowerCase()
  return {
    has: (call: FaultCall) => call.request.method === 'GET' && (until.get(keyOf(call)) ?? 0) > now(),
    add: (call: FaultCall) => void until.set(keyOf(call), now() + random.between(0, hiddenForAtMost)),
  }
}

/** Reads may miss what was just created for up to a minute (fault matrix F8). */
const hiddenForAtMost = 60_000

const isCreated = ({ request }: FaultCall, answer: SimResponse) => request.method === 'PUT' && answer.status === 201

function appliesBefore(kind: HttpFault, { request, action }: FaultCall): boolean {
  if (kind === 'noQuota') return /virtualmachines\/start\/action$/i.test(action)
  if (kind === 'principalNotFound') return /roleassignments\/write$/i.test(action)
  if (kind === 'conflict' || kind === 'anotherOperation') return request.method !== 'GET' && request.method !== 'HEAD'
  return true
}

/** Tells whether a rule strikes; uses up its `times`. */
function createAim(random: Random, now: () => Instant, rules: readonly FaultRule[]) {
  const left = new Map(rules.map((rule) => [rule, rule.times ?? Number.POSITIVE_INFINITY]))
  return (kind: FaultRule['kind'], call: Target): boolean => {
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
