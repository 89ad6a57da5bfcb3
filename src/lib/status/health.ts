/** Whether the app could carry an operation out right now, and if not, why. */
import { hours, type Instant, isoOf, type Millis, minutes } from '../core/time.ts'
import type { KeepAliveStatus } from '../keepalive/tell-alarms.ts'
import type { PlanProblem } from '../plan/problems.ts'
import type { EvaluationRecord } from '../ports/findings.ts'
import type { FollowUp } from '../ports/follow-ups.ts'
import type { PairReadiness } from '../readiness/readiness.ts'

export type HealthInput = {
  readonly now: Instant
  readonly plan: {
    readonly problems: readonly PlanProblem[]
    readonly warnings: readonly { readonly message: string }[]
  }
  /** When the last sweep began; undefined: none yet. */
  readonly sweptAt?: Instant
  readonly inventoryTakenAt?: Instant
  /** Parts of the inventory that could not be read when it was taken. */
  readonly inventoryGaps: number
  readonly keepAlive?: KeepAliveInput
  /** What was noted down and is not over. */
  readonly waiting?: readonly FollowUp[]
  /** As it was evaluated last. */
  readonly readiness?: readonly Pick<PairReadiness, 'pairId' | 'can' | 'ways'>[]
  /** Of every pair of the plan. */
  readonly evaluations?: readonly EvaluationRecord[]
}

export type KeepAliveInput = {
  /** Every pair of the plan, and whether it has a `keepAlive`. */
  readonly pairs: readonly { readonly id: string; readonly isKept: boolean }[]
  /** What the timer left of its last runs. */
  readonly statuses: readonly KeepAliveStatus[]
}

/** The timers run every 30 s and 15 min: twice missed is worth a look. */
const sweepStale: Millis = minutes(2)
const inventoryStale: Millis = minutes(45)
const keepAliveStale: Millis = minutes(45)
/** Work waits its turn; longer than this, somebody should know why. */
const waitsLong: Millis = hours(1)

export function healthOf(input: HealthInput) {
  const { now, plan, sweptAt, inventoryTakenAt, inventoryGaps } = input
  const sweepAge = sweptAt === undefined ? undefined : Math.max(0, now - sweptAt)
  const inventoryAge = inventoryTakenAt === undefined ? undefined : Math.max(0, now - inventoryTakenAt)
  const troubles = [
    ...(plan.problems.length > 0 ? [`the plan has ${plan.problems.length} problems`] : []),
    ...(sweepAge === undefined ? ['no sweep has run yet'] : []),
    ...(sweepAge !== undefined && sweepAge > sweepStale ? ['the sweep does not run'] : []),
    ...(inventoryAge === undefined ? ['no inventory has been taken yet'] : []),
    ...(inventoryAge !== undefined && inventoryAge > inventoryStale ? ['the inventory is old'] : []),
    ...(inventoryGaps > 0 ? [`${inventoryGaps} parts of the inventory could not be read`] : []),
    ...(input.keepAlive ? keepAliveTroubles(input.keepAlive, now) : []),
    ...waitingTroubles(input.waiting ?? [], now),
    ...findingTroubles(input),
    ...readinessTroubles(input.readiness ?? []),
  ]
  return {
    status: troubles.length === 0 ? ('ok' as const) : ('degraded' as const),
    troubles,
    at: isoOf(now),
    plan: { problems: plan.problems, warnings: plan.warnings.map(({ message }) => message) },
    sweep: { ...(sweepAge !== undefined && { age: sweepAge }) },
    inventory: { ...(inventoryAge !== undefined && { age: inventoryAge }), gaps: inventoryGaps },
    ...(input.keepAlive && { keepAlive: onAndOff(input.keepAlive) }),
    ...(input.evaluations && { findings: findingCounts(input.evaluations) }),
  }
}

/** A commit that is left to a person has reminders of its own. */
function waitingTroubles(waiting: readonly FollowUp[], now: Instant): readonly string[] {
  const long = waiting.filter(
    ({ kind, operationId, createdAt }) =>
      kind !== 'commitReminder' && operationId === undefined && now - createdAt > waitsLong,
  )
  return [...Map.groupBy(long, ({ pairId, kind }) => `${kind} of pair ${pairId}`)].map(([what, some]) => {
    const problem = some.findLast((one) => one.problem !== undefined)?.problem
    return `${what} has waited for more than an hour for ${some.length} desktops${problem ? `: ${problem}` : ''}`
  })
}

const onAndOff = ({ pairs }: KeepAliveInput) => ({
  on: pairs.filter(({ isKept }) => isKept).map(({ id }) => id),
  off: pairs.filter(({ isKept }) => !isKept).map(({ id }) => id),
})

function keepAliveTroubles({ pairs, statuses }: KeepAliveInput, now: Instant): readonly string[] {
  const kept = pairs.filter(({ isKept }) => isKept)
  return kept.flatMap(({ id }) => {
    const status = statuses.find(({ pairId }) => pairId === id)
    if (!status) return [`keep-alive of pair ${id} has not run yet`]
    if (now - status.ranAt > keepAliveStale) return [`keep-alive of pair ${id} does not run`]
    if (status.failure !== undefined) return [`keep-alive of pair ${id} fails: ${status.failure}`]
    return status.alarms.map(({ message }) => `keep-alive of pair ${id}: ${message}`)
  })
}

const findingCounts = (evaluations: readonly EvaluationRecord[]) => {
  const sum = (count: (of: NonNullable<EvaluationRecord['evaluated']>) => number) =>
    evaluations.reduce((all, { evaluated }) => all + (evaluated ? count(evaluated) : 0), 0)
  return {
    critical: sum(({ open }) => open.critical),
    warning: sum(({ open }) => open.warning),
    advice: sum(({ open }) => open.advice),
    waived: sum(({ waived }) => waived),
    /** Rules that could not look everywhere, each once a pair. */
    unchecked: sum(({ unchecked }) => unchecked.length),
  }
}

/** While an operation holds a pair nobody wants another one. */
const readinessTroubles = (pairs: readonly Pick<PairReadiness, 'pairId' | 'can' | 'ways'>[]): readonly string[] =>
  pairs.flatMap(({ pairId, can, ways }) => {
    if (can !== 'no') return []
    const refusals = ways.flatMap((way) => way.refusals)
    if (refusals.some(({ code }) => code === 'pairHeld')) return []
    return [`pair ${pairId} could not be moved now: ${[...new Set(refusals.map(({ code }) => code))].join(', ')}`]
  })

/** A pair is evaluated with every inventory. */
function findingTroubles({ evaluations = [], inventoryTakenAt, now }: HealthInput): readonly string[] {
  return evaluations.flatMap(({ pairId, evaluated, skipped }) => {
    const why = skipped ? `: ${skipped.reason}` : ''
    if (!evaluated) return inventoryTakenAt === undefined ? [] : [`rules of pair ${pairId} were never evaluated${why}`]
    const critical = evaluated.open.critical
    return [
      ...(now - evaluated.at > inventoryStale ? [`rules of pair ${pairId} are not evaluated${why}`] : []),
      ...(critical > 0 ? [`${critical} critical ${critical === 1 ? 'finding' : 'findings'} of pair ${pairId}`] : []),
    ]
  })
}
