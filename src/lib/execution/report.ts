/** What an operation came to, for people and for the record: built from rows, never from memory. */
import type { Fault } from '../core/fault.ts'
import type { Instant, Millis } from '../core/time.ts'
import { type OperationOutcome, type OperationState, stageOf, type Tally } from '../machine/operation-state.ts'
import type { OperationSpec, StageName, Subject } from '../machine/spec.ts'
import type { OperationRecord, TaskRecord, TimelineEntry } from '../ports/operations.ts'
import { type DesktopReport, desktopReportOf } from './desktop-report.ts'
import { type WakeResult, wakeResults } from './wake-result.ts'

export type Spread = { readonly count: number; readonly p50: Millis; readonly p99: Millis; readonly max: Millis }

export type Report = DesktopReport & {
  readonly operationId: string
  readonly kind: string
  readonly pairId: string
  readonly specHash: string
  readonly requestedBy: string
  readonly status: OperationState['status']
  readonly outcome: OperationOutcome | 'running'
  readonly startedAt: Instant
  readonly endedAt?: Instant
  /** From the start to the end of the operation. */
  readonly duration?: Millis
  /** From the first word to a host's user to his desktop being ready again, or of a host's start to its being ready. */
  readonly recoveryTime?: Spread
  readonly stages: readonly {
    readonly name: StageName
    readonly status: string
    readonly tally: Tally
    readonly duration?: Millis
  }[]
  /** From the start until `minimumCapacity` hosts were ready on the side that is entered. */
  readonly capacityReady?: Millis
  /** From the first revoke to the end of the grants: nobody was without either side for longer. */
  readonly accessGap?: Millis
  readonly troubles: readonly {
    readonly stage: string
    readonly subject: string
    /** Of an assignment: whose access it is about. */
    readonly group?: { readonly name: string; readonly principalId: string }
    readonly outcome: string
    readonly fault?: Fault
    readonly passedOver: readonly string[]
  }[]
  /** Access was granted although nobody could prove that these hosts were left. */
  readonly lockedProfiles?: LockedProfiles
  /** Of a wake-up: what it came to, host by host. */
  readonly wakes?: readonly WakeResult[]
  readonly out: OperationSpec['out']
  /** What would have refused, and was accepted with the hash; with the reason where the request overrode it. */
  readonly accepted?: NonNullable<OperationSpec['accepted']>
  readonly warnings: readonly string[]
}

export type LockedProfiles = {
  readonly text: string
  /** `lastSeen`: what the last listing told, e.g. `3 sessions left`; missing where none was had. */
  readonly hosts: readonly {
    readonly host: string
    readonly lastSeen?: string
    /** Another try has proven it, after access had been granted. */
    readonly isLeftNow?: true
  }[]
}

export function reportOf(spec: OperationSpec, record: OperationRecord, tasks: readonly TaskRecord[]): Report {
  const { state } = record
  const recovery = recoveryTimes(tasks)
  const { enoughAt } = stageOf(state, 'capacity')
  const gap = accessGapOf(state)
  const subjects = subjectsOf(spec)
  const locked = lockedProfilesOf(subjects, state, tasks)
  return {
    operationId: record.id,
    kind: record.kind,
    pairId: record.pairId,
    specHash: record.specHash,
    requestedBy: record.requestedBy,
    status: state.status,
    outcome: state.outcome ?? 'running',
    startedAt: state.startedAt,
    ...(state.endedAt !== undefined && { endedAt: state.endedAt, duration: state.endedAt - state.startedAt }),
    ...(recovery && { recoveryTime: recovery }),
    stages: spec.stages.map(({ name }) => stageLine(state, name)),
    ...(enoughAt !== undefined && { capacityReady: enoughAt - state.startedAt }),
    ...(gap !== undefined && { accessGap: gap }),
    troubles: tasks.flatMap((task) => troubleOf(task, subjects.get(nameOf(task)))),
    ...(locked && { lockedProfiles: locked }),
    ...(spec.kind === 'keepAlive' && { wakes: wakeResults(spec, record, tasks) }),
    ...desktopReportOf(spec, tasks),
    out: spec.out,
    ...(spec.accepted && spec.accepted.length > 0 && { accepted: spec.accepted }),
    warnings: looserLimits(spec),
  }
}

function stageLine(state: OperationState, name: StageName) {
  const { status, tally, openedAt, overAt } = stageOf(state, name)
  const duration = openedAt !== undefined && overAt !== undefined ? { duration: overAt - openedAt } : {}
  return { name, status, tally, ...duration }
}

function accessGapOf(state: OperationState): Millis | undefined {
  const [revoke, grant] = [stageOf(state, 'revoke'), stageOf(state, 'grant')]
  return revoke.openedAt !== undefined && grant.overAt !== undefined ? grant.overAt - revoke.openedAt : undefined
}

/** The tasks that give somebody a place to work: desktops, and hosts of the side that is entered. */
function recoveryTimes(tasks: readonly TaskRecord[]): Spread | undefined {
  const lengths = tasks.flatMap(({ stage, state, timeline }) => {
    if (stage !== 'desktops' && stage !== 'capacity') return []
    if (state.status !== 'over' || (state.outcome !== 'succeeded' && state.outcome !== 'degraded')) return []
    const [first, last] = [timeline.at(0), timeline.at(-1)]
    if (!first || !last) return []
    // Users of a desktop are let in before all of it is done.
    const readyAt = stage === 'desktops' ? state.facts?.readyAt : undefined
    return [(typeof readyAt === 'number' ? readyAt : last.at) - first.at]
  })
  return lengths.length === 0 ? undefined : spreadOf(lengths)
}

export function spreadOf(lengths: readonly Millis[]): Spread {
  const sorted = [...lengths].sort((a, b) => a - b)
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? 0
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) }
}

function troubleOf({ stage, key, state }: TaskRecord, subject: Subject | undefined): Report['troubles'] {
  if (state.status !== 'over') return []
  if (state.outcome === 'succeeded' && state.passedOver.length === 0) return []
  const { outcome, passedOver, fault } = state
  const group = subject?.kind === 'assignment' && { name: subject.groupName, principalId: subject.principalId }
  return [{ stage, subject: key, ...(group && { group }), outcome, passedOver, ...(fault && { fault }) }]
}

const nameOf = ({ stage, key }: Pick<TaskRecord, 'stage' | 'key'>): string => `${stage}/${key}`

const subjectsOf = ({ stages }: OperationSpec): ReadonlyMap<string, Subject> =>
  new Map(
    stages.flatMap(({ name, tasks }) => tasks.map((subject) => [nameOf({ stage: name, key: subject.key }), subject])),
  )

/** A profile is open on one host at a time: who is still signed in on the old side meets a locked one on the new. */
function lockedProfilesOf(
  subjects: ReadonlyMap<string, Subject>,
  { pastNoReturn }: OperationState,
  tasks: readonly TaskRecord[],
): LockedProfiles | undefined {
  const hosts = tasks.filter(isLeftUnproven).map((task) => {
    const subject = subjects.get(nameOf(task))
    const lastSeen = task.timeline.findLast(tellsSessions)
    return {
      host: subject?.kind === 'host' ? subject.host : task.key,
      ...(lastSeen && { lastSeen: lastSeen.text }),
      ...(isLeftNow(task) && { isLeftNow: true as const }),
    }
  })
  if (!pastNoReturn || hosts.length === 0) return undefined
  return { text: lockedText, hosts }
}

/** As `signOutUsers` tells it. */
export const tellsSessions = ({ step, text }: TimelineEntry): boolean =>
  step?.startsWith('signOutUsers@') === true && / left$/.test(text)

const lockedText = 'Nobody could prove that these hosts were left: users with sessions there may meet a locked profile'

const isLeftNow = ({ state }: TaskRecord): boolean =>
  state.status === 'over' && state.outcome === 'succeeded' && state.passedOver.length === 0

/** Where access was granted: whether it was proven later does not matter, the profile was locked meanwhile. */
const isLeftUnproven = ({ stage, state }: TaskRecord): boolean =>
  stage === 'leave' &&
  (state.status === 'open' ||
    state.outcome === 'failed' ||
    state.wasUnproven === true ||
    state.passedOver.some((step) => step === 'signOutUsers' || step === 'drainHost'))

/** A plan looser than what Microsoft advises is said loudly, here as in the preview. */
function looserLimits({ limits }: OperationSpec): readonly string[] {
  return [
    ...(limits.batchSize > 100 ? [`batchSize ${limits.batchSize} is above the advised 100`] : []),
    ...(limits.batchInterval < 600_000
      ? [`batchInterval ${limits.batchInterval / 1_000} s is below the advised 10 min`]
      : []),
  ]
}
