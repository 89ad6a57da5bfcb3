import type { Instant, Millis } from '../src/lib/core/time.ts'
import { beforeFailover, fromFailover, readyToBegin, type VmFacts } from './vm-facts.ts'

export type Pace = { readonly batchSize: number; readonly batchInterval: Millis; readonly grace: Millis }

const release = ({ ordinal }: VmFacts, { batchSize, batchInterval }: Pace): Millis =>
  Math.floor(ordinal / batchSize) * batchInterval

/** The bound of the makespan: no VM is released before its batch, and then everything takes what the simulator drew. */
export const makespanBound = (vms: readonly VmFacts[], pace: Pace): Millis =>
  most(vms, (vm) => release(vm, pace) + beforeFailover(vm, pace.grace) + fromFailover(vm))

/** Lower still: everybody was told and signed out ahead of his batch, however early that is. */
export const earliestBound = (vms: readonly VmFacts[], pace: Pace): Millis =>
  most(vms, (vm) => Math.max(release(vm, pace), beforeFailover(vm, pace.grace)) + fromFailover(vm))

/** A script that takes one VM after the other; people were told once, and it looks without losing a moment. */
export const oneByOne = (vms: readonly VmFacts[], { grace }: Pace): Millis =>
  vms.reduce((sum, vm) => sum + beforeFailover(vm, 0) + fromFailover(vm), grace)

/**
 * A batch at once, and the next one when all of it is committed and the interval is over. People were told once before
 * everything, or each batch is told and waited for in its turn.
 */
export function batchAfterBatch(vms: readonly VmFacts[], pace: Pace, told: 'once' | 'in turn'): Millis {
  const { batchSize, batchInterval } = pace
  const grace = told === 'in turn' ? pace.grace : 0
  const inOrder = vms.toSorted((a, b) => a.ordinal - b.ordinal)
  let end = told === 'once' ? pace.grace : 0
  for (let at = 0; at < inOrder.length; at += batchSize) {
    const length = most(inOrder.slice(at, at + batchSize), (vm) => beforeFailover(vm, grace) + fromFailover(vm))
    end += at + batchSize < inOrder.length ? Math.max(length, batchInterval) : length
  }
  return end
}

/** From the moment each VM was permitted to begin (ready, and a slot free) to its accepted failover. */
export function overheads(vms: readonly VmFacts[], { batchSize, batchInterval }: Pace): readonly Millis[] {
  const inOrder = vms.toSorted((a, b) => a.acceptedAt - b.acceptedAt)
  return inOrder.map((vm, rank) => {
    const before = inOrder[rank - batchSize]
    const slotFree = before === undefined ? 0 : before.acceptedAt + batchInterval
    return vm.acceptedAt - Math.max(readyToBegin(vm), slotFree)
  })
}

/** Most acceptances in any window of one interval; one exactly an interval after another no longer counts beside it. */
export function mostInInterval(accepted: readonly Instant[], { batchInterval }: Pace): number {
  const sorted = accepted.toSorted((a, b) => a - b)
  let most = 0
  let first = 0
  sorted.forEach((at, last) => {
    while (at - (sorted[first] ?? at) >= batchInterval) first += 1
    most = Math.max(most, last - first + 1)
  })
  return most
}

/** How late the k-th batch starts, for k = 2, 3, …: its first acceptance against the very first one. */
export function batchDelays(accepted: readonly Instant[], { batchSize, batchInterval }: Pace): readonly Millis[] {
  const sorted = accepted.toSorted((a, b) => a - b)
  const first = sorted[0] ?? 0
  return sorted
    .filter((_, rank) => rank > 0 && rank % batchSize === 0)
    .map((at, i) => at - first - (i + 1) * batchInterval)
}

const most = (vms: readonly VmFacts[], length: (vm: VmFacts) => Millis): Millis =>
  vms.reduce((longest, vm) => Math.max(longest, length(vm)), 0)

/** How late the k-th batch of the plan starts, for k = 2, 3, …: the first acceptance of one of its VMs. Negative: early. */
export function plannedBatchDelays(
  vms: readonly { readonly ordinal: number; readonly acceptedAt: Instant }[],
  { batchSize, batchInterval }: Pace,
): readonly Millis[] {
  const first = Math.min(...vms.map(({ acceptedAt }) => acceptedAt))
  const batches = Map.groupBy(vms, ({ ordinal }) => Math.floor(ordinal / batchSize))
  return [...batches]
    .filter(([batch]) => batch > 0)
    .sort(([a], [b]) => a - b)
    .map(([batch, members]) => Math.min(...members.map(({ acceptedAt }) => acceptedAt)) - first - batch * batchInterval)
}
