import type { Millis } from '../core/time.ts'
import type { OperationKind, Side, StageSpec, StepCall, StepName } from '../machine/spec.ts'

/** Who a stage's tasks are about; planning puts the names in. `new…` is the side users go to. */
export type TasksFor = 'pair' | 'newHosts' | 'oldHosts' | 'startedHosts' | 'assignments' | 'desktops'

export type StageTemplate = Omit<StageSpec, 'tasks'> & { readonly tasksFor: TasksFor }

/** What a runbook may depend on. Everything else is planning's. */
export type RunbookOptions = {
  readonly kind: OperationKind
  readonly oldSide: Side
  readonly newSide: Side
  /** The side that is left does not answer: what concerns it is best effort and nothing waits for it. */
  readonly oldSideIsDown: boolean
  readonly grace: Millis
  /** Switched off on the new side when users left it: switched on again at the end. */
  readonly restoreOnNewSide: readonly ('enableScalingPlan' | 'enableStartOnConnect')[]
  /** Of replicated desktops: extensions come back before users are let in. */
  readonly extensionsFirst: boolean
  /** Of replicated desktops: the operation commits what it has failed over. Otherwise a person does. */
  readonly commits: boolean
  readonly batchSize: number
  readonly batchInterval: Millis
}

/** The stages of an operation, for one strategy and kind; undefined when the strategy has no such kind. */
export type Runbook = (options: RunbookOptions) => readonly StageTemplate[] | undefined

export const call = (step: StepName, side: Side, options: Partial<Omit<StepCall, 'step' | 'side'>> = {}): StepCall => ({
  step,
  side,
  required: true,
  onFailure: 'turnBack',
  ...options,
})

/** Autoscale and Start VM on Connect would undo what the following stages do (design §3). */
export const secure = ({ oldSide, oldSideIsDown }: RunbookOptions): StageTemplate => ({
  name: 'secure',
  tasksFor: 'pair',
  after: [],
  steps: [
    call('disableScalingPlan', oldSide, { undo: 'enableScalingPlan', required: !oldSideIsDown }),
    call('disableStartOnConnect', oldSide, { undo: 'enableStartOnConnect', required: !oldSideIsDown }),
  ],
  trouble: oldSideIsDown ? 'goOn' : 'turnBack',
})
