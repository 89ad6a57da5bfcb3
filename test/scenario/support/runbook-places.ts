/** Every step of every runbook, so that a new one is either covered by the tables of scenarios or fails them. */

import { minutes } from '../../../src/lib/core/time.ts'
import type { OperationKind, StageName } from '../../../src/lib/machine/spec.ts'
import { runbooks, type Strategy } from '../../../src/lib/runbooks/index.ts'
import { steps } from '../../../src/lib/steps/index.ts'
import type { StepPlace } from './moments.ts'

export type RunbookPlace = {
  readonly strategy: Strategy
  readonly kind: OperationKind
  readonly stage: StageName
  readonly place: StepPlace
  readonly begins: boolean
  /** By the runbook's own data: reaching this stage means access is moving. */
  readonly isPastNoReturn: boolean
  /** Per task: this step, or a later one of the stage than the point of no return. */
  readonly isPastTaskNoReturn: boolean
}

export function placesOf(strategy: Strategy, kind: 'failover' | 'failback'): readonly RunbookPlace[] {
  const isFailover = kind === 'failover'
  const stages = runbooks[strategy]({
    kind,
    oldSide: isFailover ? 'primary' : 'secondary',
    newSide: isFailover ? 'secondary' : 'primary',
    oldSideIsDown: false,
    grace: minutes(2),
    extensionsFirst: false,
    commits: true,
    restoreOnNewSide: isFailover ? [] : ['enableScalingPlan', 'enableStartOnConnect'],
    batchSize: 100,
    batchInterval: minutes(10),
  })
  if (!stages) return []
  const turning = stages.findIndex(({ pointOfNoReturn }) => pointOfNoReturn)
  return stages.flatMap((stage, i) =>
    stage.steps.map(({ step, side }, at) => ({
      strategy,
      kind,
      stage: stage.name,
      place: `${step}@${side}` as const,
      begins: steps[step].begin !== undefined,
      isPastNoReturn: turning >= 0 && i >= turning,
      isPastTaskNoReturn: stage.taskPointOfNoReturn !== undefined && at >= stage.taskPointOfNoReturn,
    })),
  )
}
