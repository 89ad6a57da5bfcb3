/**
 * Consistency groups: machines whose recovery points are of one moment (multi-VM consistency). Site Recovery fails them
 * over together or not at all, and only by a recovery plan; one that has other machines as well would move those, too.
 */
import { idKey, sameId } from '../core/arm-id.ts'
import type { ConsistencyGroup, Subject } from '../machine/spec.ts'
import type { RecoveryPlan, ReplicatedItem } from '../model/azure.ts'
import { say, type Verdict } from './desktop-verdicts.ts'
import { byText, type Situation } from './situation.ts'

type DesktopSubject = Extract<Subject, { kind: 'desktop' }>

export type Judged = {
  readonly host: string
  readonly verdict: Verdict
  readonly subject?: DesktopSubject
  readonly item?: ReplicatedItem
}

export type Grouped<J extends Judged> = {
  readonly judged: readonly J[]
  /** What `DesktopSubject.group` points into. */
  readonly groups: readonly ConsistencyGroup[]
}

/** A group that cannot move as a whole is out as a whole. */
export function withGroups<J extends Judged>(situation: Situation, judged: readonly J[]): Grouped<J> {
  const moving = judged.filter(({ subject, item }) => subject && item?.multiVmGroup)
  const names = [...new Set(moving.map(({ item }) => item?.multiVmGroup ?? ''))].sort(byText)
  if (names.length === 0 || !situation.moves) return { judged, groups: [] }
  const items = Map.groupBy(situation.seen.replicatedItems ?? [], ({ multiVmGroup }) => multiVmGroup ?? '')
  const byItem = new Map(moving.map((one) => [idKey(one.item?.id ?? ''), one]))
  const groups: ConsistencyGroup[] = []
  const found = new Map<string, number | Verdict>()
  for (const name of names) {
    const plan = planOf(situation, name, items.get(name) ?? [], byItem)
    if ('code' in plan) found.set(name, plan)
    else found.set(name, groups.push(plan) - 1)
  }
  return { judged: judged.map((one) => withGroup(one, found)), groups }
}

function withGroup<J extends Judged>(one: J, found: ReadonlyMap<string, number | Verdict>): J {
  const group = one.subject && found.get(one.item?.multiVmGroup ?? '')
  if (group === undefined) return one
  const { subject, ...rest } = one
  if (typeof group === 'object') return { ...rest, verdict: group } as J
  return { ...one, subject: { ...subject, group } }
}

function planOf(
  { seen, plan, request, pair }: Situation,
  name: string,
  items: readonly ReplicatedItem[],
  byItem: ReadonlyMap<string, Judged>,
): ConsistencyGroup | Verdict {
  const what = `In the consistency group ${name}, which moves only as a whole`
  const missing = items.filter(({ id }) => !byItem.has(idKey(id))).map(({ vmName }) => vmName)
  if (missing.length > 0)
    return say('out', 'multiVmGroup', `${what}: not part of it are ${missing.sort(byText).join(', ')}.`)
  const { batchSize } = plan.limits
  if (items.length > batchSize)
    return say('out', 'multiVmGroup', `${what}: it has ${items.length} machines, and limits.batchSize is ${batchSize}.`)
  if (typeof (request.recoveryPoint ?? pair.recoveryPoint) === 'object')
    return say('out', 'multiVmGroup', `${what}: no recovery point of one machine can be chosen for it.`)
  if (!seen.recoveryPlans)
    return say('out', 'noRecoveryPlan', `${what}: the recovery plans of the vault could not be read.`)
  const fitting = seen.recoveryPlans.find((one) => hasExactly(one, items))
  if (!fitting)
    return say(
      'out',
      'noRecoveryPlan',
      `${what}: make a recovery plan in the vault with exactly ${namesIn(items)}, and take the inventory again.`,
    )
  const mates = items.flatMap(({ id }) => byItem.get(idKey(id))?.subject ?? [])
  return {
    name,
    planId: fitting.id,
    planName: fitting.name,
    mates: mates
      .map(({ key, host, itemId, sourceVmId }) => ({ key, host, itemId, sourceVmId }))
      .sort((a, b) => byText(a.key, b.key)),
  }
}

const namesIn = (items: readonly ReplicatedItem[]): string =>
  items
    .map(({ vmName }) => vmName)
    .sort(byText)
    .join(', ')

const hasExactly = ({ itemIds }: RecoveryPlan, items: readonly ReplicatedItem[]): boolean =>
  itemIds.length === items.length && items.every(({ id }) => itemIds.some((one) => sameId(one, id)))

/**
 * Those of a group next to each other, where its first one would stand, and never in two batches: others fill a batch
 * up, and where there are not enough of them the batches are smaller.
 */
export function inBatches<T extends { readonly subject: DesktopSubject }>(
  ordered: readonly T[],
  batchSize: number,
): { readonly ordered: readonly T[]; readonly batchSize?: number } {
  const units = unitsOf(ordered)
  const largest = Math.max(0, ...units.map(({ length }) => length))
  if (largest < 2) return { ordered }
  for (let size = batchSize; size >= largest; size--) {
    const batches = filled(units, size)
    if (batches) return { ordered: batches.flat(2), ...(size < batchSize && { batchSize: size }) }
  }
  // The pace is kept all the same, and the first ones wait for the others.
  return { ordered: units.flat() }
}

function unitsOf<T extends { readonly subject: DesktopSubject }>(ordered: readonly T[]): readonly (readonly T[])[] {
  const ofGroup = new Map<number, T[]>()
  const units: T[][] = []
  for (const one of ordered) {
    const { group } = one.subject
    const known = group === undefined ? undefined : ofGroup.get(group)
    if (known) {
      known.push(one)
      continue
    }
    const unit = [one]
    units.push(unit)
    if (group !== undefined) ofGroup.set(group, unit)
  }
  return units
}

/** Undefined: one that is not the last cannot be filled. */
function filled<T>(units: readonly (readonly T[])[], size: number): readonly (readonly (readonly T[])[])[] | undefined {
  const batches: (readonly T[])[][] = []
  let left = units
  while (left.length > 0) {
    const batch: (readonly T[])[] = []
    const rest: (readonly T[])[] = []
    let room = size
    for (const unit of left) {
      if (unit.length > room) rest.push(unit)
      else {
        batch.push(unit)
        room -= unit.length
      }
    }
    if (room > 0 && rest.length > 0) return undefined
    batches.push(batch)
    left = rest
  }
  return batches
}
