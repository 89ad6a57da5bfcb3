/** How the desktops of a pair are protected, and what waits to be done for them. Answered from storage alone. */
import { type Instant, isoOf } from '../core/time.ts'
import { isCommitPending, itemsByVm, sideOf, stateOf } from '../followups/items.ts'
import type { Side } from '../machine/spec.ts'
import type { ReplicatedItem } from '../model/azure.ts'
import type { Inventory, PairSeen } from '../model/inventory.ts'
import type { DrPlan, PlannedPair } from '../plan/schema.ts'
import { hostKey, shortName } from '../planning/situation.ts'
import type { FollowUp } from '../ports/follow-ups.ts'
import type { World } from '../ports/world.ts'

export type ProtectionSource = {
  readonly world: Pick<World, 'clock' | 'pairs' | 'followUps' | 'events'>
  readonly plan: DrPlan
  readonly inventory: Inventory | undefined
}

export type ProtectionState =
  | 'protected'
  | 'reprotecting'
  | 'commitPending'
  | 'unprotected'
  | 'notReplicated'
  | 'unknown'

/** Work that is over is shown for so many pieces; the rest is in the reports of its operations. */
const overShown = 50

/** Undefined: the plan has no such pair. */
export async function viewProtection({ world, plan, inventory }: ProtectionSource, pairId: string) {
  const pair = plan.pairs.find(({ id }) => id === pairId)
  if (!pair) return undefined
  const [{ value: state }, followUps, events] = await Promise.all([
    world.pairs.load(pairId),
    world.followUps.ofPair(pairId),
    world.events.open(() => {}),
  ])
  const seen = inventory && Object.hasOwn(inventory.pairs, pairId) ? inventory.pairs[pairId] : undefined
  const desktops = desktopsOf(pair, seen, followUps)
  const vault = pair.vault?.toLowerCase()
  return {
    pairId,
    at: isoOf(world.clock.now()),
    ...(inventory && seen && { inventoryTakenAt: isoOf(inventory.takenAt) }),
    activeSide: state.activeSide,
    ...(state.heldBy && { heldBy: state.heldBy.operationId }),
    ...(pair.vault === undefined && { why: 'No vault of Site Recovery protects this pair.' }),
    unprotected: desktops.filter(({ state: now }) => isUnprotected(now)).length,
    desktops,
    waiting: followUps.filter(({ ended }) => !ended).map(workView),
    over: followUps
      .filter(({ ended }) => ended)
      .map(workView)
      .slice(-overShown),
    /** What was told from outside and is still looked at. */
    events: events
      .filter(({ value }) => pair.vault !== undefined && (value.vaultId === undefined || value.vaultId === vault))
      .map(({ value: { id, source, receivedAt, what, settled } }) => ({
        id,
        source,
        receivedAt: isoOf(receivedAt),
        what,
        settled: settled.filter((key) => key.startsWith(`${pairId}/`)).length,
      })),
  }
}

const isUnprotected = (state: ProtectionState): boolean =>
  state === 'unprotected' || state === 'commitPending' || state === 'reprotecting' || state === 'notReplicated'

type Desktop = {
  readonly host: string
  readonly state: ProtectionState
  readonly runsOn?: Side
  /** ISO 8601. Missing where nobody knows. */
  readonly unprotectedSince?: string
}

function desktopsOf(pair: PlannedPair, seen: PairSeen | undefined, followUps: readonly FollowUp[]): readonly Desktop[] {
  if (pair.vault === undefined) return []
  const hosts = seen?.primary.sessionHosts ?? seen?.secondary.sessionHosts ?? []
  const byVm = itemsByVm(seen?.replicatedItems ?? [], pair)
  const isListed = seen?.replicatedItems !== undefined
  return hosts
    .map(({ name }) => {
      const items = byVm.get(shortName(name)) ?? []
      const [item] = items
      if (!item) return { host: name, state: isListed ? ('notReplicated' as const) : ('unknown' as const) }
      const state = protectionOf(item)
      const since = isUnprotected(state) ? sinceOf(name, items, followUps) : undefined
      return {
        host: name,
        state,
        runsOn: sideOf(item, pair),
        ...(since !== undefined && { unprotectedSince: isoOf(since) }),
      }
    })
    .sort((a, b) => (hostKey(a.host) < hostKey(b.host) ? -1 : 1))
}

function protectionOf(item: ReplicatedItem): ProtectionState {
  if (isCommitPending(item)) return 'commitPending'
  const state = stateOf(item)
  if (state === 'protected') return 'protected'
  return state === 'moved' ? 'unprotected' : 'reprotecting'
}

/** Protecting again makes a new item, which knows nothing of the failover: then the work that was noted tells. */
function sinceOf(host: string, items: readonly ReplicatedItem[], followUps: readonly FollowUp[]): Instant | undefined {
  const failedOverAt = items.flatMap((item) => item.failedOverAt ?? []).sort((a, b) => b - a)[0]
  if (failedOverAt !== undefined) return failedOverAt
  return followUps.findLast((one) => one.kind === 'reprotect' && hostKey(one.host) === hostKey(host))?.createdAt
}

const workView = (followUp: FollowUp) => {
  const { id, kind, host, side, reason, createdAt, notBefore, operationId, tries, problem, ended } = followUp
  return {
    id,
    kind,
    host,
    side,
    reason,
    createdAt: isoOf(createdAt),
    ...(ended
      ? { ended: { at: isoOf(ended.at), how: ended.how } }
      : { notBefore: isoOf(notBefore), ...(problem !== undefined && { problem }) }),
    ...(operationId !== undefined && { operationId }),
    tries,
  }
}
