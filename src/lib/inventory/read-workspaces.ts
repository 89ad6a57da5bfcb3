import { parseArmId, sameId } from '../core/arm-id.ts'
import type { Answer } from '../core/fault.ts'
import type { Workspace } from '../model/azure.ts'
import type { ApplicationGroupSeen, SideSeen } from '../model/inventory.ts'
import type { PlannedSide } from '../plan/schema.ts'
import type { Gateways } from '../ports/gateways.ts'
import { believed } from './believe.ts'
import { byId, unhurried } from './known.ts'
import type { Reader } from './reader.ts'
import { allOf } from './sort-answers.ts'

type WorkspacesReading = {
  readonly gateways: Gateways
  readonly reader: Reader
  readonly side: PlannedSide
  readonly groups: Answer<readonly ApplicationGroupSeen[]>
  readonly old: SideSeen | undefined
}

/** Those that show a group of this side. A group says which workspace has it, which may be of another subscription. */
export async function readWorkspaces({
  gateways: { avd },
  reader,
  side,
  groups,
  old,
}: WorkspacesReading): Promise<Answer<readonly Workspace[]>> {
  if (groups.kind !== 'ok') return groups
  const named = groups.value.flatMap(({ workspaceId }) => parseArmId(workspaceId ?? '')?.subscription ?? [])
  const subscriptions = new Set([side.subscription, ...named].map((one) => one.toLowerCase()))
  const known = unhurried(byId(old?.workspaces))
  const answers = await Promise.all(
    [...subscriptions].map((subscription) =>
      reader(`workspaces ${subscription}`, () => believed(() => avd.workspaces(subscription), known)),
    ),
  )
  const all = allOf(answers)
  if (all.kind !== 'ok') return all
  const ids = groups.value.map(({ id }) => id)
  const value = all.value
    .flat()
    .filter(({ applicationGroupIds }) => applicationGroupIds.some((id) => ids.some((own) => sameId(own, id))))
  return { kind: 'ok', value }
}
