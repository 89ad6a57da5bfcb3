/** Session host ↔ its machines on both sides ↔ its replicated item, and where it runs. Nothing of it is the plan's. */
import { idKey, parseArmId } from '../core/arm-id.ts'
import type { Side } from '../machine/spec.ts'
import type { ReplicatedItem, SessionHost, Vm } from '../model/azure.ts'
import { otherSide, type Situation, shortName, vmGroupOf } from './situation.ts'
import { vmMatcher } from './vms.ts'

export type Replica = {
  readonly item: ReplicatedItem
  /** Where the machine is, or was, that is replicated. */
  readonly source: Side
  readonly runsOn: Side
  /** Undefined: it runs where its source is. `underway`: a word between the others, or one that is new to us. */
  readonly failedOver?: 'underway' | 'commitPending' | 'committed'
}

export type Found = {
  readonly vms: Readonly<Record<Side, Vm | undefined>>
  /** One, or it cannot be told which. */
  readonly replicas: readonly Replica[]
  readonly isAmbiguous: boolean
}

/** By the machine's id, else by its name among the machines of this pair: a vault may hold others of the same name. */
export function replicaFinder(situation: Situation): (host: SessionHost) => Found {
  const { seen } = situation
  const matchers = { primary: vmMatcher(seen.primary.vms ?? []), secondary: vmMatcher(seen.secondary.vms ?? []) }
  const replicas = (seen.replicatedItems ?? []).map((item) => replicaOf(situation, item))
  const bySource = Map.groupBy(replicas, ({ item }) => idKey(item.sourceVmId))
  const byName = Map.groupBy(
    replicas.filter(({ item }) => groupsOf(situation).includes(groupOf(item.sourceVmId))),
    ({ item }) => item.vmName.toLowerCase(),
  )
  return (host) => {
    const matches = { primary: matchers.primary(host), secondary: matchers.secondary(host) }
    const vmOf = (side: Side) => (typeof matches[side] === 'object' ? matches[side].vm : undefined)
    const vms = { primary: vmOf('primary'), secondary: vmOf('secondary') }
    const known = [vms.primary, vms.secondary].flatMap((vm) => vm ?? [])
    const names = known.length > 0 ? known.map(({ name }) => name.toLowerCase()) : [shortName(host.name)]
    const found = new Set([
      ...known.flatMap(({ id }) => bySource.get(idKey(id)) ?? []),
      ...names.flatMap((name) => byName.get(name) ?? []),
    ])
    const isAmbiguous = Object.values(matches).includes('ambiguous')
    return { vms, replicas: current([...found]), isAmbiguous }
  }
}

/** Can be failed over, says Site Recovery. */
export const isReady = ({ protectionState, allowedOperations }: ReplicatedItem): boolean =>
  /^protected$/i.test(protectionState) && allowedOperations.some((operation) => /^unplannedfailover$/i.test(operation))

function replicaOf(situation: Situation, item: ReplicatedItem): Replica {
  const source = sourceOf(situation, item)
  const failedOver = failoverOf(item)
  return { item, source, runsOn: failedOver ? otherSide(source) : source, ...(failedOver && { failedOver }) }
}

/** In which of the two resource groups of machines the source is; where both are one, by where it is replicated to. */
function sourceOf(situation: Situation, { sourceVmId, targetLocation }: ReplicatedItem): Side {
  const [primary, secondary] = groupsOf(situation)
  const group = groupOf(sourceVmId)
  if (primary !== secondary) return group === secondary ? 'secondary' : 'primary'
  return targetLocation && regionKey(targetLocation) === situation.pair.primary.region ? 'secondary' : 'primary'
}

function failoverOf(item: ReplicatedItem): Replica['failedOver'] {
  const state = item.protectionState
  if (/CommitPending/i.test(state)) return 'commitPending'
  if (/FailoverCommitted/i.test(state)) return 'committed'
  if (/^UnplannedFailover/i.test(state)) return 'underway'
  // What an item made by protecting anew calls its place was never recorded: what it allows tells more.
  return /^recovery$/i.test(item.activeLocation) && !isReady(item) ? 'underway' : undefined
}

/** Protecting anew makes a new item, and the one before it may be listed for a while. */
const current = (replicas: readonly Replica[]): readonly Replica[] =>
  replicas.filter((one) => !replicas.some((other) => other !== one && follows(other, one)))

function follows(later: Replica, earlier: Replica): boolean {
  if (!earlier.failedOver || later.source !== earlier.runsOn) return false
  return !later.failedOver || (later.item.failedOverAt ?? 0) > (earlier.item.failedOverAt ?? 0)
}

const groupsOf = ({ pair }: Situation): readonly [string, string] => [
  vmGroupOf(pair.primary),
  vmGroupOf(pair.secondary),
]

const groupOf = (vmId: string): string => {
  const { subscription = '', resourceGroup = '' } = parseArmId(vmId) ?? {}
  return `${subscription}/${resourceGroup}`.toLowerCase()
}

/** `UK West` → `ukwest`: Site Recovery tells display names in places. */
export const regionKey = (region: string): string => region.replace(/ /g, '').toLowerCase()
