import { idKey } from '../core/arm-id.ts'
import type { Answer, Fault } from '../core/fault.ts'
import type { Instant } from '../core/time.ts'
import { catalogueOf } from '../extensions/catalogue.ts'
import type { ReplicatedItem } from '../model/azure.ts'
import type { ExtensionsSeen, Gap } from '../model/inventory.ts'
import type { DrPlan, PlannedPair, PlannedSide } from '../plan/schema.ts'
import type { Gateways } from '../ports/gateways.ts'
import { type MachineSeen, nextBaselines } from './baselines.ts'
import { reasonOf } from './gap-reason.ts'
import type { Reader } from './reader.ts'

export type PairReading = {
  readonly gateways: Gateways
  readonly reader: Reader
  readonly plan: DrPlan
  readonly pair: PlannedPair
  readonly takenAt: Instant
}

type Extensions = { readonly seen?: ExtensionsSeen; readonly gap?: Gap }

/**
 * Extensions of the machines of both sides, by lists of their resource groups. Machines whose lists cannot be read keep
 * the baselines they have, and the gap says so.
 */
export async function readExtensions(
  reading: PairReading,
  items: Promise<Answer<readonly ReplicatedItem[]>>,
  before: ExtensionsSeen | undefined,
): Promise<Extensions> {
  const { pair, plan, takenAt } = reading
  const sides = [pair.primary, pair.secondary]
  const answers = await Promise.all(sides.map((side) => readMachines(reading, side)))
  const replicated = await items
  if (replicated.kind !== 'ok') return kept(before, replicated.fault)
  const failed = answers.find((answer) => answer.kind !== 'ok')
  const machines = answers.flatMap((answer) => (answer.kind === 'ok' ? answer.value : []))
  if (answers.every((answer) => answer.kind !== 'ok')) return kept(before, failed?.fault)
  // Resource Graph leaves out what the caller has no right to read, and says nothing of it.
  if (machines.every(({ extensions }) => extensions.length === 0)) return kept(before, failed?.fault ?? hidden(before))
  const catalogue = catalogueOf(plan.extensions)
  const seen = nextBaselines({ before, machines, items: replicated.value, catalogue, takenAt })
  return { seen, ...(failed && { gap: gapOf(failed.fault) }) }
}

const kept = (before: ExtensionsSeen | undefined, fault: Fault | undefined): Extensions => ({
  ...(before && { seen: before }),
  ...(fault && { gap: gapOf(fault) }),
})

/** Where something was seen before, a pair may have come to machines that are to have none. */
const hidden = (before: ExtensionsSeen | undefined): Fault | undefined =>
  before
    ? undefined
    : { code: 'forbidden', message: 'no machine shows any extension: is the right there?', retryable: true }

const gapOf = (fault: Fault): Gap => ({ what: 'extensions', reason: reasonOf(fault) })

/** A machine without a GUID in its row cannot be told from the one that was there before it: it counts as not seen. */
async function readMachines(
  { gateways, reader }: PairReading,
  side: PlannedSide,
): Promise<Answer<readonly MachineSeen[]>> {
  const { subscription, vmResourceGroup: group = side.resourceGroup } = side
  const { all, allAssociations } = gateways.extensions
  // Read once: these lists say how many rows there are, and one that has fewer is refused.
  const [extensions, associations] = await Promise.all([
    reader(`extensions ${subscription} ${group}`, () => all(subscription, group)),
    reader(`associations of VMs ${subscription} ${group}`, () => allAssociations(subscription, group)),
  ])
  if (extensions.kind !== 'ok') return extensions
  if (associations.kind !== 'ok') return associations
  const machines = extensions.value.flatMap(({ vmId, uniqueId, extensions: own }) =>
    uniqueId === undefined
      ? []
      : [{ vmId, uniqueId, extensions: own, associations: associations.value.get(idKey(vmId)) ?? [] }],
  )
  return { kind: 'ok', value: machines }
}
