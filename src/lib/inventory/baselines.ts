/**
 * What is to be there again on a machine after a failover. The machine that a failover makes has no extensions, and so
 * would the next inventory: what was seen on the machine that was left stays pinned, however late anybody comes, until
 * the new one has back what it is to have.
 *
 * Lists of Resource Graph are minutes old, and a machine's own row and those of its extensions are not of one moment: what
 * takes something away from a baseline, or gives it to another machine, counts when a second inventory has seen it.
 */
import { idKey } from '../core/arm-id.ts'
import { orderedJson } from '../core/ordered-json.ts'
import { hours, type Instant, minutes } from '../core/time.ts'
import type { Catalogue } from '../extensions/catalogue.ts'
import { isRestored, isSameKind, workOf } from '../extensions/work.ts'
import type { DataCollectionAssociation, ReplicatedItem, VmExtension } from '../model/azure.ts'
import type { ExtensionBaseline, ExtensionSet, ExtensionsSeen } from '../model/inventory.ts'

/** One machine with everything on it, of either side. */
export type MachineSeen = {
  readonly vmId: string
  /** Compute's own GUID, in lower case. */
  readonly uniqueId: string
  readonly extensions: readonly VmExtension[]
  readonly associations: readonly DataCollectionAssociation[]
}

export type BaselineInput = {
  readonly before: ExtensionsSeen | undefined
  readonly machines: readonly MachineSeen[]
  /** Of the pair's vault: which of two machines of one name is in use. */
  readonly items: readonly ReplicatedItem[]
  readonly catalogue: Catalogue
  readonly takenAt: Instant
}

/** Resource Graph is "seconds to minutes" late; inventories are 15 min apart. */
const confirmedAfter = minutes(10)
/** Of machines that are not replicated any more. */
const keptFor = hours(30 * 24)

export function nextBaselines({ before, machines, items, catalogue, takenAt }: BaselineInput): ExtensionsSeen {
  const sets = createSets(before)
  const seen = new Map(machines.map((machine) => [idKey(machine.vmId), machine]))
  const baselines = new Map<string, ExtensionBaseline>()
  const byName = Map.groupBy(items, ({ vmName }) => vmName.toLowerCase())
  for (const [name, old] of Object.entries(before?.baselines ?? {})) {
    const unreplicatedSince = old.unreplicatedSince ?? takenAt
    if (!byName.has(name) && takenAt - unreplicatedSince <= keptFor)
      baselines.set(name, { ...sets.moved(old), unreplicatedSince })
  }
  for (const [name, own] of byName) {
    const old = before && Object.hasOwn(before.baselines, name) ? before.baselines[name] : undefined
    const next = old ? follow(sets.moved(old), own) : first(own)
    if (next) baselines.set(name, next)
  }
  return sets.kept(baselines)

  function first(own: readonly ReplicatedItem[]): ExtensionBaseline | undefined {
    // What runs now was made by a failover; the machine it came from may still be there, switched off, with all it had.
    const id = own.some(isFailedOver) ? own.find(isFailedOver)?.sourceVmId : inUse(own)
    const machine = seen.get(idKey(id ?? ''))
    return machine && freshOf(machine)
  }

  function follow(old: ExtensionBaseline, own: readonly ReplicatedItem[]): ExtensionBaseline {
    const machine = seen.get(idKey(inUse(own) ?? ''))
    const { pending: last, unreplicatedSince: _, ...pinned } = old
    if (!machine) return { ...pinned, ...(last && { pending: last }) }
    const wanted = sets.at(old.set)
    const isSame = machine.uniqueId === old.uniqueId
    if (isSame && !lacks(wanted, machine)) return freshOf(machine)
    // The row of the machine that was there before, under the id that the new one has.
    if (isSame && own.some((item) => isFailedOver(item) && (item.failedOverAt ?? 0) > old.takenAt)) return pinned
    if (!isSame && !isRestored(workOf(wanted, catalogue), machine)) return pinned
    const fresh = freshOf(machine)
    const isAgain =
      last?.uniqueId === machine.uniqueId && hasSameKinds(sets.at(last.set), sets.at(fresh.set)) ? last : undefined
    if (isAgain && takenAt - isAgain.since >= confirmedAfter) return fresh
    const since = isAgain?.since ?? takenAt
    return { ...pinned, pending: { uniqueId: machine.uniqueId, set: fresh.set, since } }
  }

  function freshOf(machine: MachineSeen): ExtensionBaseline {
    const { vmId, uniqueId } = machine
    return { vmId, uniqueId, takenAt, set: sets.add(machine) }
  }
}

const isFailedOver = ({ activeLocation }: ReplicatedItem): boolean => /^recovery$/i.test(activeLocation)

/** Id of the machine in use; undefined where the items do not agree, or say a word that is new to us. */
function inUse(items: readonly ReplicatedItem[]): string | undefined {
  const ids = new Set(items.map((item) => idKey(machineOf(item) ?? '')))
  const [id] = ids
  return ids.size === 1 && id !== '' ? id : undefined
}

function machineOf(item: ReplicatedItem): string | undefined {
  if (/^primary$/i.test(item.activeLocation)) return item.sourceVmId
  if (!isFailedOver(item)) return undefined
  const group = item.targetResourceGroupId
  return item.targetVmId ?? (group && `${group}/providers/Microsoft.Compute/virtualMachines/${item.vmName}`)
}

const lacks = (wanted: ExtensionSet, seen: ExtensionSet): boolean =>
  wanted.extensions.some((one) => !seen.extensions.some((other) => isSameKind(one, other))) ||
  wanted.associations.some(({ name }) => !seen.associations.some((other) => sameName(name, other.name)))

const hasSameKinds = (a: ExtensionSet, b: ExtensionSet): boolean => !lacks(a, b) && !lacks(b, a)

const sameName = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase()

/** Each set once, and only those that somebody still needs. */
function createSets(before: ExtensionsSeen | undefined) {
  const sets: ExtensionSet[] = []
  const indexes = new Map<string, number>()
  const textOf = createTexts()
  const add = ({ extensions, associations }: ExtensionSet): number => {
    const key = [extensions, associations].map((all) => all.map(textOf).sort().join('\n')).join('\n\n')
    const index = indexes.get(key) ?? sets.push(sorted({ extensions, associations })) - 1
    indexes.set(key, index)
    return index
  }
  const at = (index: number): ExtensionSet => sets[index] ?? nothing
  const olds = (before?.sets ?? []).map(add)
  const moved = (old: ExtensionBaseline): ExtensionBaseline => ({
    ...old,
    set: olds[old.set] ?? add(nothing),
    ...(old.pending && { pending: { ...old.pending, set: olds[old.pending.set] ?? add(nothing) } }),
  })
  const kept = (baselines: ReadonlyMap<string, ExtensionBaseline>): ExtensionsSeen => {
    const used = [...baselines.values()].flatMap(({ set, pending }) => [set, ...(pending ? [pending.set] : [])])
    const order = new Map([...new Set(used)].sort((a, b) => a - b).map((index, i) => [index, i]))
    const placed = (index: number) => order.get(index) ?? 0
    const renumbered = [...baselines].map(([name, { pending, ...one }]) => {
      const later = pending && { pending: { ...pending, set: placed(pending.set) } }
      return [name, { ...one, set: placed(one.set), ...later }] as const
    })
    return { sets: [...order.keys()].map(at), baselines: Object.fromEntries(renumbered) }
  }
  return { add, at, moved, kept }
}

/** Thousands of machines share what they have: each is written out once. */
function createTexts(): (entry: VmExtension | DataCollectionAssociation) => string {
  const texts = new Map<object, string>()
  return (entry) => {
    const text = texts.get(entry) ?? orderedJson(entry)
    texts.set(entry, text)
    return text
  }
}

const nothing: ExtensionSet = { extensions: [], associations: [] }

const sorted = ({ extensions, associations }: ExtensionSet): ExtensionSet => ({
  extensions: [...extensions].sort(byName),
  associations: [...associations].sort(byName),
})

const byName = (a: { readonly name: string }, b: { readonly name: string }): number =>
  a.name.toLowerCase() < b.name.toLowerCase() ? -1 : 1
