/** Whether one replicated desktop takes part, and why not. Each failover is judged by its own item, as it is now. */
import type { ReplicatedItem, Vm } from '../model/azure.ts'
import type { HostCode, HostDecision } from './preview.ts'
import { isReady, type Replica, regionKey } from './replicas.ts'
import type { Situation } from './situation.ts'

export type Verdict = Pick<HostDecision, 'decision' | 'code' | 'reason'>

export const say = (decision: HostDecision['decision'], code: HostCode, reason: string): Verdict => ({
  decision,
  code,
  reason,
})

/** In an operation that moves nobody such a host has nothing to be done for. */
export function withoutItem({ seen, moves, oldSide }: Situation, vm: Vm | undefined): Verdict {
  if (!moves) return say('skipped', 'notReplicated', 'Site Recovery does not replicate it.')
  return vm || !seen[oldSide].vms
    ? say('out', 'notReplicated', 'Site Recovery does not replicate it.')
    : say('out', 'noVm', `No virtual machine of this name on the ${oldSide}, and no replicated item.`)
}

export function moveVerdict(situation: Situation, replica: Replica): Verdict {
  const { item, runsOn, failedOver } = replica
  if (runsOn === situation.newSide) return arrivedVerdict(situation, replica)
  if (failedOver)
    return say(
      'out',
      'notReprotected',
      `Failed over to the ${runsOn} and not protected again: there is no way back yet.`,
    )
  const { region } = situation.pair[situation.newSide]
  const state = item.protectionState
  if (item.targetLocation !== undefined && regionKey(item.targetLocation) !== region)
    return say('out', 'wrongRegion', `Replicated to ${item.targetLocation}, not to ${region}.`)
  if (!/^protected$/i.test(state))
    return say('out', 'notReady', `Its replication is in the state ${state || 'unknown'}.`)
  if (!isReady(item)) return say('out', 'notAllowed', 'Site Recovery does not allow to fail it over now.')
  // A lost primary makes replication critical: then it is no reason to leave a desktop behind.
  if (isCritical(item) && !situation.oldSideIsDown)
    return say('out', 'criticalHealth', 'Its replication health is critical.')
  return say('in', 'moves', 'Protected and ready to fail over.')
}

function arrivedVerdict({ newSide }: Situation, { failedOver }: Replica): Verdict {
  if (failedOver === 'commitPending')
    return say('skipped', 'commitPending', 'Failed over already; its commit is still to be done.')
  return failedOver
    ? say('skipped', 'alreadyFailedOver', 'Failed over already.')
    : say('skipped', 'alreadyThere', `It runs on the ${newSide} side.`)
}

/** Of what is done where the machine runs. */
export function stayVerdict(situation: Situation, replica: Replica): Verdict {
  const { runsOn, failedOver } = replica
  if (runsOn !== situation.newSide) return say('skipped', 'otherSide', `It runs on the ${runsOn} side.`)
  if (failedOver === 'underway')
    return say('out', 'notReady', `Its replication is in the state ${replica.item.protectionState || 'unknown'}.`)
  switch (situation.request.kind) {
    case 'reprotect':
      return reprotectVerdict(replica)
    case 'restoreExtensions':
      return restoreVerdict(situation, replica)
    case 'commit':
      return failedOver === 'commitPending' ? say('in', 'commits', 'Its failover is committed.') : settled(replica)
    default:
      return failedOver === 'commitPending'
        ? say('in', 'repoints', 'Made once more from another recovery point.')
        : settled(replica)
  }
}

const settled = ({ failedOver }: Replica): Verdict =>
  failedOver === 'committed'
    ? say('skipped', 'alreadyCommitted', 'Its failover is committed already.')
    : say('skipped', 'notFailedOver', 'It runs where it is replicated from.')

function reprotectVerdict({ item, failedOver }: Replica): Verdict {
  if (failedOver === 'commitPending') return say('skipped', 'commitPending', 'Its failover is to be committed first.')
  if (failedOver) return say('in', 'reprotects', 'Unprotected since its failover; protected towards the other side.')
  return /^protected$/i.test(item.protectionState)
    ? say('skipped', 'alreadyProtected', 'It is protected.')
    : say('skipped', 'protectionUnderway', `Its protection is in the state ${item.protectionState || 'unknown'}.`)
}

/** A machine that has never left home has its extensions; only somebody who names it knows better. */
function restoreVerdict({ request, newSide }: Situation, { failedOver }: Replica): Verdict {
  if (failedOver || newSide === 'secondary' || request.hosts)
    return say('in', 'restores', 'Its extensions are compared with those it had, and restored.')
  return say('skipped', 'notFailedOver', 'It runs where it is replicated from.')
}

export const isCritical = (item: ReplicatedItem | undefined): boolean =>
  [item?.replicationHealth, item?.failoverHealth].some((health) => health?.toLowerCase() === 'critical')
