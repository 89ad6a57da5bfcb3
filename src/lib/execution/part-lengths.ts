/** How long the parts of an operation took, read off its stages and the timelines of its tasks. */
import type { Millis } from '../core/time.ts'
import { type OperationState, stageOf } from '../machine/operation-state.ts'
import type { OperationSpec, StageName, StepName } from '../machine/spec.ts'
import type { Sample } from '../model/past.ts'
import { sampleOf } from '../planning/measured.ts'
import type { TimedPart } from '../planning/step-times.ts'
import type { OperationRecord, TaskRecord } from '../ports/operations.ts'

export type PartLengths = {
  /** Of a task with its whole timeline. */
  readonly note: (task: TaskRecord) => void
  readonly samples: (record: Pick<OperationRecord, 'state'>) => Readonly<Partial<Record<TimedPart, Sample>>>
}

export function createPartLengths(spec: OperationSpec): PartLengths {
  const lengths = new Map<TimedPart, Millis[]>()
  const extensions = extensionCounts(spec)
  return {
    note: (task) => {
      for (const { part, length } of lengthsOf(spec, task, extensions)) {
        const known = lengths.get(part)
        if (known) known.push(length)
        else lengths.set(part, [length])
      }
    },
    samples: ({ state }) =>
      Object.fromEntries(
        [...lengths, ...stageLengths(spec, state)].flatMap(([part, some]) => {
          const sample = sampleOf(some)
          return sample ? [[part, sample]] : []
        }),
      ),
  }
}

/** Extensions to restore, by stage and key. */
const extensionCounts = ({ stages, extensionWork = [] }: OperationSpec): ReadonlyMap<string, number> =>
  new Map(
    stages.flatMap(({ name, tasks }) =>
      tasks.flatMap((one) => {
        const work = one.kind === 'desktop' && one.extensions !== undefined ? extensionWork[one.extensions] : undefined
        return work && work.restore.length > 0 ? [[`${name}/${one.key}`, work.restore.length] as const] : []
      }),
    ),
  )

type Length = { readonly part: TimedPart; readonly length: Millis }

/** A task that was tried again has waited for people in between; of one that failed nobody knows what it would have taken. */
function lengthsOf(spec: OperationSpec, task: TaskRecord, extensions: ReadonlyMap<string, number>): readonly Length[] {
  const { state, retries, stage } = task
  if (state.status !== 'over' || retries > 0) return []
  if (state.outcome !== 'succeeded' && state.outcome !== 'degraded') return []
  const of = (part: TimedPart, step: StepName, until: StepName = step): readonly Length[] => {
    if ([step, until].some((name) => state.passedOver.includes(name) || state.failedStep === name)) return []
    const [from, to] = [begunAt(task, step), passedAt(spec, task, until)]
    return from !== undefined && to !== undefined && to > from ? [{ part, length: to - from }] : []
  }
  const arrives = stage === 'desktops' || stage === 'repoint'
  return [
    ...of('hostReady', 'startVm', 'awaitHost'),
    ...(stage === 'desktops' ? of(spec.primaryIsDown ? 'failover' : 'failoverWithShutdown', 'failoverVm') : []),
    ...(arrives ? sinceFailover(spec, task) : []),
    ...(arrives && !spec.primaryIsDown ? of('signOut', 'signOutUsers') : []),
    ...of('commit', 'commitFailover'),
    ...of('deallocate', 'deallocateVm'),
    ...of('redeploy', 'redeployVm'),
    ...of('reprotect', 'reprotectVm'),
    ...perExtension(of('extension', 'restoreExtensions'), extensions.get(`${stage}/${task.key}`) ?? 0),
  ]
}

/** `waits for its turn` before it is the pacer's time, not the step's. A step of several parts says which it begins. */
const begunAt = ({ timeline }: TaskRecord, step: StepName) =>
  timeline.find((entry) => isOf(entry.step, step) && /^begins(:|$)/.test(entry.text))?.at

/** The end of the last step is the end of the task, which names no step. */
function passedAt(spec: OperationSpec, { timeline, stage }: TaskRecord, step: StepName) {
  const index = timeline.findLastIndex((entry) => isOf(entry.step, step))
  if (index < 0) return undefined
  const steps = spec.stages.find(({ name }) => name === stage)?.steps
  const isLast = steps?.at(-1)?.step === step && index === timeline.length - 2 && timeline.at(-1)?.step === undefined
  return timeline[isLast ? index + 1 : index]?.at
}

const isOf = (entry: string | undefined, step: StepName): boolean => entry?.startsWith(`${step}@`) === true

/** From the failover to the sign of life; where users wait for extensions those are counted by themselves. */
function sinceFailover(spec: OperationSpec, task: TaskRecord): readonly Length[] {
  const [from, to] = [passedAt(spec, task, 'failoverVm'), passedAt(spec, task, 'awaitHost')]
  const order = task.timeline.map(({ step }) => step)
  const first = (step: StepName) => order.findIndex((name) => isOf(name, step))
  const waits = first('restoreExtensions') >= 0 && first('restoreExtensions') < first('awaitHost')
  return from !== undefined && to !== undefined && to > from && !waits
    ? [{ part: 'desktopReady', length: to - from }]
    : []
}

/** The estimate counts them one by one. */
const perExtension = (whole: readonly Length[], count: number): readonly Length[] =>
  count === 0 ? [] : whole.map(({ part, length }) => ({ part, length: length / count }))

const ofStages: Readonly<Partial<Record<StageName, TimedPart>>> = {
  secure: 'secure',
  revoke: 'revoke',
  leave: 'signOut',
  grant: 'grant',
}

/** What all tasks of a stage do at once. Not where a person was asked or has paused, and not of what a dead side held up. */
function stageLengths(spec: OperationSpec, state: OperationState): readonly (readonly [TimedPart, Millis[]])[] {
  if (Object.keys(state.replies).length > 0 || state.retries > 0 || state.turnedBackBy) return []
  return spec.stages.flatMap(({ name, tasks }) => {
    const part = ofStages[name]
    const { openedAt, overAt, tally } = stageOf(state, name)
    if (!part || openedAt === undefined || overAt === undefined || overAt <= openedAt || tasks.length === 0) return []
    if (spec.primaryIsDown && name !== 'grant') return []
    if (tally.failed + tally.aborted + tally.unproven > 0) return []
    return [[part, [overAt - openedAt]] as const]
  })
}
