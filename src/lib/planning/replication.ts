/** What the plan and the request say of replication, beside which desktops take part. */
import type { OperationSpec } from '../machine/spec.ts'
import type { PairState } from '../model/pair-state.ts'
import { type HostDecision, notice, type Weighed } from './preview.ts'
import type { Situation } from './situation.ts'

export function replicationNotices({ pair, request }: Situation): readonly Weighed[] {
  const notices: Weighed[] = []
  if (request.kind === 'reprotect' && !pair.reprotect)
    notices.push(
      notice('unsafe', 'noCacheStorage', 'The plan names no storage accounts to replicate through (reprotect).'),
    )
  const point = request.recoveryPoint ?? pair.recoveryPoint
  const isUsed = request.kind !== 'reprotect' && request.kind !== 'commit' && request.kind !== 'restoreExtensions'
  if (isUsed && point !== 'latest' && point !== 'latestProcessed') {
    const text = 'This recovery point may be hours old: what was done since is lost.'
    notices.push(notice('warns', 'recoveryPointOlder', text, [typeof point === 'string' ? point : point.id]))
  }
  return notices
}

/** What follows the operation by itself, and what protecting again goes through. */
export function replicationSpec({
  pair,
  request,
  moves,
}: Situation): Pick<OperationSpec, 'cacheStorage' | 'followUps'> {
  const { reprotect, commit } = pair
  const followUps = {
    ...(moves && reprotect?.start === 'auto' && { reprotect: true as const }),
    ...((moves || request.kind === 'changeRecoveryPoint') &&
      commit !== 'auto' && { commitReminder: { remindEvery: commit.remindEvery } }),
  }
  return {
    ...(request.kind === 'reprotect' && reprotect && { cacheStorage: reprotect.cacheStorage }),
    ...(Object.keys(followUps).length > 0 && { followUps }),
  }
}

/**
 * Of the one pool, when everybody is at home again. While somebody is not, Start VM on Connect and autoscale stay off: the
 * host's record may still name the machine that was left, and two of one name would run.
 */
export function switchedOnAtHome(
  { request, pairState, seen }: Situation,
  decisions: readonly HostDecision[],
): PairState['restore']['primary'] {
  if (request.kind !== 'failback') return []
  if (!decisions.every(({ decision, code }) => decision === 'in' || atHome.has(code))) return []
  const { hostPool, scalingPlans = [] } = seen.primary
  const isScaled = scalingPlans.some(({ pools }) => pools.some(({ enabled }) => enabled))
  return [
    ...pairState.restore.primary,
    ...(isScaled ? (['enableScalingPlan'] as const) : []),
    ...(hostPool?.startVmOnConnect ? (['enableStartOnConnect'] as const) : []),
  ]
}

const atHome: ReadonlySet<string> = new Set(['alreadyThere', 'alreadyFailedOver', 'commitPending'])
