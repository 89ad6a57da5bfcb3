/** Personal desktops that Site Recovery replicates: which of them move. */
import { idKey, sameId } from '../core/arm-id.ts'
import type { Subject } from '../machine/spec.ts'
import type { ReplicatedItem, SessionHost, Vm } from '../model/azure.ts'
import { type HostCode, type HostDecision, notice, type Weighed } from './preview.ts'
import { byText, hostKey, isNamed, namesOf, type Situation, shortName } from './situation.ts'
import { byTier, tierOf, vmMatcher } from './vms.ts'

export type DesktopSubject = Extract<Subject, { kind: 'desktop' }>

export type Desktops = {
  readonly desktops: readonly DesktopSubject[]
  /** Sizes of the machines that move, where known. */
  readonly sizes: readonly (string | undefined)[]
  readonly decisions: readonly HostDecision[]
  readonly notices: readonly Weighed[]
}

export function planDesktops(situation: Situation): Desktops {
  const find = finder(situation)
  const requested = situation.request.hosts && namesOf(situation.request.hosts)
  const judged = personalHosts(situation).map((host) =>
    requested && !isNamed(requested, host.name)
      ? { host, verdict: say('skipped', 'notRequested', 'Not among the hosts asked for.') }
      : { host, ...judge(situation, host, find(host)) },
  )
  const moving = judged
    .flatMap((one) => ('subject' in one && one.subject ? [{ ...one, subject: one.subject, host: one.host.name }] : []))
    .sort(byTier)
  const critical = moving.filter(({ item }) => isCritical(item)).map(({ host }) => host)
  return {
    desktops: moving.map(({ subject }) => subject),
    sizes: moving.map(({ vm }) => vm?.size),
    decisions: judged
      .map(({ host, verdict }): HostDecision => ({ host: host.name, side: 'primary', ...verdict }))
      .sort((a, b) => byText(hostKey(a.host), hostKey(b.host))),
    notices: critical.length === 0 ? [] : [notice('warns', 'replicationCritical', criticalText, critical)],
  }
}

const criticalText =
  'Site Recovery reports them as critical; with the primary down that is to be expected. The latest data may be missing.'

/** One pool on both sides: either reading will do. */
export const personalHosts = ({ seen }: Situation): readonly SessionHost[] =>
  seen.primary.sessionHosts ?? seen.secondary.sessionHosts ?? []

type Verdict = Pick<HostDecision, 'decision' | 'code' | 'reason'>
type Found = { readonly vm: Vm | undefined; readonly items: readonly ReplicatedItem[]; readonly ambiguous: boolean }

const say = (decision: HostDecision['decision'], code: HostCode, reason: string): Verdict => ({
  decision,
  code,
  reason,
})

/** Session host ↔ virtual machine of the primary ↔ its item. Without that machine's listing the item's name of it counts. */
function finder({ seen }: Situation): (host: SessionHost) => Found {
  const vmOf = vmMatcher(seen.primary.vms ?? [])
  const items = seen.replicatedItems ?? []
  const bySource = Map.groupBy(items, ({ sourceVmId }) => idKey(sourceVmId))
  const byName = Map.groupBy(items, ({ vmName }) => vmName.toLowerCase())
  return (host) => {
    const match = vmOf(host)
    const vm = typeof match === 'object' ? match.vm : undefined
    const found = vm ? bySource.get(idKey(vm.id)) : byName.get(shortName(host.name))
    return { vm, items: found ?? [], ambiguous: match === 'ambiguous' }
  }
}

type Judged = {
  readonly verdict: Verdict
  readonly subject?: DesktopSubject
  readonly item?: ReplicatedItem
  readonly vm?: Vm | undefined
  readonly tier: number
}

function judge(situation: Situation, host: SessionHost, { vm, items, ambiguous }: Found): Judged {
  const tier = tierOf(vm, situation.pair.order.tierTag)
  const [item, another] = items
  if (ambiguous || another)
    return { tier, verdict: say('out', 'ambiguousVm', 'More than one machine or replicated item could be this host.') }
  if (!item) return { tier, verdict: withoutItem(situation, vm) }
  const verdict = verdictOf(situation, item)
  if (verdict.decision !== 'in') return { tier, verdict }
  const targetVmId = targetOf(item)
  if (!targetVmId)
    return { tier, verdict: say('out', 'noTarget', 'Site Recovery does not say where the machine would go.') }
  const subject: DesktopSubject = {
    kind: 'desktop',
    key: hostKey(host.name),
    host: host.name,
    sourceVmId: vm?.id ?? item.sourceVmId,
    targetVmId,
    itemId: item.id,
    ...(host.assignedUser === undefined ? {} : { user: host.assignedUser }),
  }
  return { tier, verdict, subject, item, vm }
}

const withoutItem = ({ seen }: Situation, vm: Vm | undefined): Verdict =>
  vm || !seen.primary.vms
    ? say('out', 'notReplicated', 'Site Recovery does not replicate it.')
    : say('out', 'noVm', 'No virtual machine of this name on the primary, and no replicated item.')

function verdictOf({ pair, oldSideIsDown }: Situation, item: ReplicatedItem): Verdict {
  const state = item.protectionState
  if (/CommitPending/i.test(state))
    return say('skipped', 'commitPending', 'Failed over already; its commit is still to be done.')
  if (/^recovery$/i.test(item.activeLocation) || /^UnplannedFailover/i.test(state))
    return say('skipped', 'alreadyFailedOver', 'Failed over already.')
  if (item.multiVmGroup)
    return say(
      'out',
      'multiVmGroup',
      `Replicated in the consistency group ${item.multiVmGroup}, which moves only as a whole.`,
    )
  if (item.targetLocation !== undefined && regionKey(item.targetLocation) !== pair.secondary.region)
    return say('out', 'wrongRegion', `Replicated to ${item.targetLocation}, not to ${pair.secondary.region}.`)
  if (!/^protected$/i.test(state))
    return say('out', 'notReady', `Its replication is in the state ${state || 'unknown'}.`)
  if (!item.allowedOperations.some((operation) => /^unplannedfailover$/i.test(operation)))
    return say('out', 'notAllowed', 'Site Recovery does not allow to fail it over now.')
  // A lost primary makes replication critical: then it is no reason to leave a desktop behind.
  if (isCritical(item) && !oldSideIsDown) return say('out', 'criticalHealth', 'Its replication health is critical.')
  return say('in', 'moves', 'Protected and ready to fail over.')
}

const isCritical = (item: ReplicatedItem | undefined): boolean =>
  [item?.replicationHealth, item?.failoverHealth].some((health) => health?.toLowerCase() === 'critical')

const targetOf = (item: ReplicatedItem): string | undefined => {
  if (item.targetVmId && !sameId(item.targetVmId, item.sourceVmId)) return item.targetVmId
  if (!item.targetResourceGroupId) return undefined
  return `${item.targetResourceGroupId}/providers/Microsoft.Compute/virtualMachines/${item.vmName}`
}

/** `UK West` → `ukwest`: Site Recovery tells display names in places. */
const regionKey = (region: string): string => region.replace(/ /g, '').toLowerCase()
