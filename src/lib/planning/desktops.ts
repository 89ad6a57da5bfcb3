/** Personal desktops that Site Recovery replicates: which of them take part. */
import { sameId } from '../core/arm-id.ts'
import type { ConsistencyGroup, ExtensionWork, Subject } from '../machine/spec.ts'
import type { ReplicatedItem, SessionHost } from '../model/azure.ts'
import { inBatches, withGroups } from './consistency-groups.ts'
import { isCritical, moveVerdict, say, stayVerdict, type Verdict, withoutItem } from './desktop-verdicts.ts'
import { extensionNotices, isWork, planExtensions } from './extension-plan.ts'
import { type HostDecision, notice, type Weighed } from './preview.ts'
import { type Found, type Replica, replicaFinder } from './replicas.ts'
import type { Newcomer } from './room.ts'
import { byText, hostKey, isNamed, namesOf, otherSide, type Situation } from './situation.ts'
import { byTier, tierOf } from './vms.ts'

export type DesktopSubject = Extract<Subject, { kind: 'desktop' }>

export type Desktops = {
  readonly desktops: readonly DesktopSubject[]
  /** What `DesktopSubject.extensions` points into. */
  readonly extensionWork: readonly ExtensionWork[]
  /** Machines that will be new on the side that is entered. */
  readonly newcomers: readonly Newcomer[]
  /** What `DesktopSubject.group` points into. */
  readonly groups: readonly ConsistencyGroup[]
  /** Where groups make batches smaller than the plan says. */
  readonly batchSize?: number
  readonly decisions: readonly HostDecision[]
  readonly notices: readonly Weighed[]
}

export function planDesktops(situation: Situation): Desktops {
  const { judged, groups } = withGroups(situation, judgeAll(situation))
  const sorted = judged.flatMap(({ subject, ...one }) => (subject ? [{ ...one, subject }] : [])).sort(byTier)
  const { ordered: taking, batchSize } = inBatches(sorted, situation.plan.limits.batchSize)
  const extended = withExtensions(situation, taking)
  const inVain = new Map(extended.inVain.map(({ host, verdict }) => [host, verdict]))
  const critical = situation.moves ? taking.filter(({ item }) => isCritical(item)).map(({ host }) => host) : []
  const ofHost = new Map(extended.desktops.map(({ host, extensions }) => [host, extensions]))
  return {
    desktops: extended.desktops,
    extensionWork: extended.work,
    newcomers: taking.flatMap(({ isThere, size, item }) => (isThere || !item ? [] : [{ size, item }])),
    groups,
    ...(batchSize !== undefined && { batchSize }),
    decisions: judged
      .map(({ host, verdict }): HostDecision => {
        const side = situation.moves ? situation.oldSide : situation.newSide
        const extensions = ofHost.get(host)
        return { host, side, ...(inVain.get(host) ?? verdict), ...(extensions !== undefined && { extensions }) }
      })
      .sort((a, b) => byText(hostKey(a.host), hostKey(b.host))),
    notices: [
      ...(critical.length === 0 ? [] : [notice('warns', 'replicationCritical', criticalText, critical)]),
      ...extended.notices,
    ],
  }
}

function judgeAll(situation: Situation): readonly Judged[] {
  const find = replicaFinder(situation)
  const requested = situation.request.hosts && namesOf(situation.request.hosts)
  return personalHosts(situation).map((host): Judged => {
    if (requested && !isNamed(requested, host.name))
      return { host: host.name, verdict: say('skipped', 'notRequested', 'Not among the hosts asked for.'), tier: 0 }
    return judge(situation, host, find(host))
  })
}

const criticalText =
  'Site Recovery reports them as critical; with the primary down that is to be expected. The latest data may be missing.'

/** One pool on both sides: either reading will do. */
export const personalHosts = ({ seen }: Situation): readonly SessionHost[] =>
  seen.primary.sessionHosts ?? seen.secondary.sessionHosts ?? []

type Judged = {
  readonly host: string
  readonly verdict: Verdict
  readonly tier: number
  readonly subject?: DesktopSubject
  readonly item?: ReplicatedItem
  readonly size?: string | undefined
  /** A machine of its name is on the side that is entered already, and holds its cores. */
  readonly isThere?: boolean
}

function judge(situation: Situation, { name: host, assignedUser }: SessionHost, found: Found): Judged {
  const { newSide, oldSide, pair, moves } = situation
  const vm = found.vms[moves ? oldSide : newSide] ?? found.vms[moves ? newSide : oldSide]
  const tier = tierOf(vm, pair.order.tierTag)
  const [replica, another] = found.replicas
  if (found.isAmbiguous || another) {
    const reason = 'More than one machine or replicated item could be this host.'
    return { host, tier, verdict: say('out', 'ambiguousVm', reason) }
  }
  if (!replica) return { host, tier, verdict: withoutItem(situation, vm) }
  const verdict = moves ? moveVerdict(situation, replica) : stayVerdict(situation, replica)
  if (verdict.decision !== 'in') return { host, tier, verdict }
  const ids = machinesOf(situation, replica, found)
  if (!ids)
    return { host, tier, verdict: say('out', 'noTarget', 'Site Recovery does not say where the machine would go.') }
  const subject: DesktopSubject = {
    kind: 'desktop',
    key: hostKey(host),
    host,
    ...ids,
    itemId: replica.item.id,
    ...(assignedUser === undefined ? {} : { user: assignedUser }),
  }
  const { item } = replica
  return {
    host,
    tier,
    verdict,
    subject,
    item,
    size: item.targetSize ?? vm?.size,
    isThere: found.vms[newSide] !== undefined,
  }
}

/** `targetVmId` is the machine on the side that is entered, or where it runs; `sourceVmId` the one on the other side. */
function machinesOf(
  { newSide }: Situation,
  { item, source }: Replica,
  { vms }: Found,
): Pick<DesktopSubject, 'sourceVmId' | 'targetVmId'> | undefined {
  const other = targetOf(item) ?? vms[otherSide(source)]?.id
  const own = vms[source]?.id ?? item.sourceVmId
  if (source === newSide) return { sourceVmId: other ?? own, targetVmId: own }
  return other === undefined ? undefined : { sourceVmId: own, targetVmId: other }
}

const targetOf = (item: ReplicatedItem): string | undefined => {
  if (item.targetVmId && !sameId(item.targetVmId, item.sourceVmId)) return item.targetVmId
  if (!item.targetResourceGroupId) return undefined
  return `${item.targetResourceGroupId}/providers/Microsoft.Compute/virtualMachines/${item.vmName}`
}

type Taking = Judged & { readonly subject: DesktopSubject }

/** An operation about extensions alone leaves those out that need none. */
function withExtensions(situation: Situation, taking: readonly Taking[]) {
  const { kind } = situation.request
  if (kind === 'reprotect' || kind === 'commit')
    return { desktops: taking.map(({ subject }) => subject), work: [], notices: [], inVain: [] }
  const { indexOf, work } = planExtensions(situation)
  const known = taking.map(({ subject, host, item }) => {
    const extensions = indexOf(item?.vmName ?? '')
    return { host, extensions, subject: extensions === undefined ? subject : { ...subject, extensions } }
  })
  const inVain = known.flatMap(({ host, extensions }) => {
    if (kind !== 'restoreExtensions') return []
    const one = extensions === undefined ? undefined : work[extensions]
    if (one && isWork(one)) return []
    return [{ host, verdict: one ? nothingToRestore : unknownExtensions }]
  })
  const left = new Set(inVain.map(({ host }) => host))
  const desktops = known.filter(({ host }) => !left.has(host)).map(({ subject }) => subject)
  return { desktops, work, notices: extensionNotices(work, desktops), inVain }
}

const nothingToRestore = say('skipped', 'nothingToRestore', 'It had no extension that is restored.')
const unknownExtensions = say('skipped', 'extensionsUnknown', 'No inventory has seen its extensions.')
