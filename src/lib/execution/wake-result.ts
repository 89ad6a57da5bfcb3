/** What a wake-up came to, host by host: made of the tasks' rows, for the clocks and for the report. */
import type { Instant, Millis } from '../core/time.ts'
import type { OperationSpec, Side, StageSpec, StepName, Subject } from '../machine/spec.ts'
import type { TaskState } from '../machine/task-state.ts'
import type { LeftBehind, RepairOutcome, StartFailure, StartProof, WakeOutcome } from '../model/host-clock.ts'
import type { OperationRecord, TaskRecord } from '../ports/operations.ts'

export type WakeResult = {
  readonly stage: 'wake' | 'putBack' | 'repair'
  readonly side: Side
  /** Session host name without the pool's, in lower case. */
  readonly host: string
  readonly outcome: WakeOutcome | RepairOutcome
  /** Of a repair. */
  readonly vmId?: string
  /** One clause. */
  readonly detail?: string
  /** The newest heartbeat from after the start, or of a host that ran already. */
  readonly provenAt?: Instant
  /** The first one. */
  readonly aliveSince?: Instant
  readonly agentVersion?: string
  readonly onFor?: Millis
  readonly startFailure?: StartFailure
  /** Azure had room. */
  readonly started?: StartProof
  /** What the task has begun, or was there to take back, and has not taken back. */
  readonly left: readonly LeftBehind[]
}

type HostSubject = Extract<Subject, { kind: 'host' }>
type Facts = NonNullable<TaskState['facts']>

/** Of every host that somebody looked at, in the order of the tasks. */
export const wakeResults = (
  spec: OperationSpec,
  record: OperationRecord,
  tasks: readonly TaskRecord[],
): readonly WakeResult[] => {
  const subjects = new Map(
    spec.stages.flatMap((stage) =>
      stage.tasks.flatMap((subject) =>
        subject.kind === 'host' ? [[`${stage.name}/${subject.key}`, { stage, subject }] as const] : [],
      ),
    ),
  )
  return tasks.flatMap((task) => {
    const found = subjects.get(`${task.stage}/${task.key}`)
    const result = found && wakeResultOf(task, found.stage, found.subject, endOf(record))
    return result ? [result] : []
  })
}

export const endOf = ({ state, createdAt }: Pick<OperationRecord, 'state' | 'createdAt'>): Instant =>
  state.endedAt ?? createdAt

/** Undefined for a task that has not begun anything, not even to look. */
export function wakeResultOf(
  record: TaskRecord,
  stage: Pick<StageSpec, 'name' | 'steps'>,
  subject: HostSubject,
  at: Instant,
): WakeResult | undefined {
  const { name } = stage
  if (record.tick === 0 || (name !== 'wake' && name !== 'putBack' && name !== 'repair')) return undefined
  const { state } = record
  const { facts = {} } = state
  const [provenAt, aliveSince, onFor] = [numberOf(facts, 'provenAt'), numberOf(facts, 'aliveSince'), onTimeOf(facts)]
  const failure = startFailureOf(state, subject, at)
  const { agentVersion } = facts
  return {
    stage: name,
    side: subject.side,
    host: subject.key,
    outcome: name === 'repair' ? repairOutcomeOf(state) : outcomeOf(state),
    left: name === 'putBack' ? stepsLeft(state, stage.steps, subject.only) : undoLeft(state),
    ...detailOf(state),
    ...(name === 'repair' && { vmId: subject.vmId }),
    ...(provenAt !== undefined && { provenAt }),
    ...(aliveSince !== undefined && { aliveSince }),
    ...(typeof agentVersion === 'string' && { agentVersion }),
    ...(onFor !== undefined && { onFor }),
    ...(failure && { startFailure: failure }),
    ...startOf(facts, subject),
  }
}

function outcomeOf(state: TaskState): WakeOutcome {
  const { facts = {} } = state
  if (state.status === 'open' || state.outcome === 'aborted') return 'interrupted'
  if (state.outcome === 'failed') {
    if (state.failedStep === 'startVm') return 'startFailed'
    // Seen to be silent, that is: where nobody could look, nobody knows.
    const isSilent = facts.provenAt === undefined && state.fault?.code === 'timedOut'
    const awaited = state.failedStep === 'awaitHost' || state.failedStep === 'inspectHost'
    return awaited && isSilent ? 'noHeartbeat' : 'failed'
  }
  if (facts.found === 'inUse' || facts.found === 'running') return facts.found
  if (facts.provenAt === undefined) return 'noHeartbeat'
  // Switched on by somebody else between the first look and our start: not ours to stop.
  return facts.startedAt === undefined ? 'running' : 'proven'
}

/** A host that is alive and could not be switched off again is repaired: what is left of it is put back like a wake-up's. */
function repairOutcomeOf(state: TaskState): RepairOutcome {
  const { facts = {} } = state
  if (facts.found === 'running') return 'alive'
  if (facts.provenAt !== undefined && facts.startedAt !== undefined) return 'repaired'
  return state.status === 'open' || state.outcome === 'aborted' ? 'interrupted' : 'repairFailed'
}

function detailOf(state: TaskState): { detail?: string } {
  const { fault, facts = {}, passedOver } = state
  const parts = [
    ...(fault ? [`${fault.azureCode ?? fault.code}: ${fault.message}`] : []),
    ...(typeof facts.patched === 'string' ? [facts.patched] : []),
    ...passedOver.map((step) => `${step} was passed over`),
  ]
  return parts.length === 0 ? {} : { detail: parts.join('; ') }
}

/** On, and never off again by then: not a length that is known. */
function onTimeOf(facts: Facts): Millis | undefined {
  const [on, off] = [numberOf(facts, 'startedAt'), numberOf(facts, 'offAt')]
  return on !== undefined && off !== undefined && off > on ? off - on : undefined
}

/** Of the size the machine had when it was planned; where nobody knew it the start proves nothing. */
function startOf(facts: Facts, { size, zone }: HostSubject): { started?: StartProof } {
  const at = numberOf(facts, 'startedAt')
  if (at === undefined || size === undefined) return {}
  return { started: { at, size, ...(zone !== undefined && { zone }) } }
}

/** Also of a start that went through at last: there was no room at that moment. */
function startFailureOf(state: TaskState, { size = '', zone }: HostSubject, at: Instant): StartFailure | undefined {
  const { facts = {}, fault } = state
  const said = typeof facts.startFailed === 'string' ? facts.startFailed : undefined
  const gaveUp = state.failedStep === 'startVm' ? fault?.azureCode : undefined
  const code = gaveUp ?? said
  if (code === undefined) return undefined
  return { at: numberOf(facts, 'startFailedAt') ?? at, code, size, ...(zone !== undefined && { zone }) }
}

const leftBehind: readonly LeftBehind[] = ['deallocateVm', 'undrainHost', 'includeInScaling']

const known = (steps: readonly StepName[]): readonly LeftBehind[] => leftBehind.filter((step) => steps.includes(step))

/** Recorded before its begin: an undo that is on record may have nothing to take back, never the reverse. */
function undoLeft(state: TaskState): readonly LeftBehind[] {
  const stuck = state.status === 'open' ? (state.stuck ?? []) : []
  return known([...state.undo, ...stuck].map(({ step }) => step))
}

function stepsLeft(state: TaskState, steps: StageSpec['steps'], only: readonly StepName[] = []): readonly LeftBehind[] {
  if (state.status === 'over' && (state.outcome === 'succeeded' || state.outcome === 'degraded')) return []
  const rest = steps.slice(state.at).map(({ step }) => step)
  return known(rest.filter((step) => only.includes(step)))
}

const numberOf = (facts: Facts, name: string): number | undefined => {
  const value = facts[name]
  return typeof value === 'number' ? value : undefined
}
