/** The runbook's stages with names put in. */
import type { OperationSpec, StageSpec } from '../machine/spec.ts'
import { runbooks } from '../runbooks/index.ts'
import type { Part } from './part.ts'
import type { Notice } from './preview.ts'
import { byText, type Situation, sideSpecOf } from './situation.ts'

/** Undefined when the strategy has no such kind of operation. */
export function stagesOf(
  situation: Situation,
  { tasks, restoreOnNewSide, batchSize }: Part,
): readonly StageSpec[] | undefined {
  const { plan, pair, request, oldSide, newSide, oldSideIsDown } = situation
  const templates = runbooks[pair.strategy]({
    kind: request.kind,
    oldSide,
    newSide,
    oldSideIsDown,
    grace: graceOf(situation),
    restoreOnNewSide: [...new Set(restoreOnNewSide)].sort(),
    extensionsFirst: pair.extensions.before === 'users',
    commits: pair.commit === 'auto',
    batchSize: batchSize ?? plan.limits.batchSize,
    batchInterval: plan.limits.batchInterval,
  })
  return templates?.map(({ tasksFor, ...stage }) => ({ ...stage, tasks: tasks[tasksFor] }))
}

export function specOf(situation: Situation, part: Part, findings: readonly Notice[]): OperationSpec | undefined {
  const { plan, pair, seen, request, newSide, oldSideIsDown } = situation
  const stages = stagesOf(situation, part)
  if (!stages) return undefined
  return {
    v: 1,
    kind: request.kind,
    pairId: pair.id,
    strategy: pair.strategy,
    planName: plan.name,
    primary: sideSpecOf(pair.primary, seen.primary),
    secondary: sideSpecOf(pair.secondary, seen.secondary),
    target: newSide,
    ...(pair.vault === undefined ? {} : { vaultId: pair.vault }),
    primaryIsDown: oldSideIsDown,
    grantWithoutSignOutProof: request.grantWithoutSignOutProof,
    limits: {
      batchSize: plan.limits.batchSize,
      batchInterval: plan.limits.batchInterval,
      grace: graceOf(situation),
      minimumCapacity: part.minimumCapacity,
      capacityDeadline: pair.capacityDeadline,
      deadSideDeadline: plan.limits.deadSideDeadline,
    },
    message: pair.message,
    recoveryPoint: request.recoveryPoint ?? pair.recoveryPoint,
    ...(part.extensionWork && part.extensionWork.length > 0 && { extensionWork: part.extensionWork }),
    ...(part.groups && part.groups.length > 0 && { consistencyGroups: part.groups }),
    ...part.replication,
    accessRoles: part.accessRoles,
    applicationGroups: part.applicationGroups,
    ...(pair.strategy === 'pooledStandby' && { groups: pair.groups.map(({ id }) => id).sort(byText) }),
    stages,
    out: part.decisions
      .filter(({ decision }) => decision === 'out')
      .map(({ host, code, reason }) => ({ host, code, reason })),
    accepted: findings.map(({ code, subjects, reason }) => ({
      code,
      subjects,
      ...(reason !== undefined && { reason }),
    })),
  }
}

const graceOf = ({ request, pair }: Situation) => request.grace ?? pair.grace
