/** Application groups of a side, who may use them, and what they publish. */
import { sameId } from '../core/arm-id.ts'
import type { Answer, Fault } from '../core/fault.ts'
import type { Application, ApplicationGroup } from '../model/azure.ts'
import type { ApplicationGroupSeen } from '../model/inventory.ts'
import type { PlannedSide } from '../plan/schema.ts'
import { hostPoolIdOf } from '../planning/situation.ts'
import type { Gateways } from '../ports/gateways.ts'
import { believed } from './believe.ts'
import { byId } from './known.ts'
import type { Reader } from './reader.ts'
import { avdAt } from './regions.ts'
import { allOf } from './sort-answers.ts'

export type GroupsReading = {
  readonly gateways: Gateways
  readonly reader: Reader
  readonly side: PlannedSide
  readonly old: readonly ApplicationGroupSeen[] | undefined
}

/** A group whose applications could not be read has none of them, and the answer says why. */
export type GroupsRead = {
  readonly applicationGroups: Answer<readonly ApplicationGroupSeen[]>
  readonly applications?: { readonly kind: 'refused' | 'unknown'; readonly fault: Fault }
}

/**
 * With their assignments: a group whose assignments are unknown would look as if nobody had access. Those are read twice
 * every time: the ones that were made a minute ago are in no inventory yet, and could be missing without a trace.
 */
export async function readGroups(reading: GroupsReading): Promise<GroupsRead> {
  const { gateways, reader, side, old } = reading
  const { subscription } = side
  const resourceGroup = side.applicationGroups ?? side.resourceGroup
  const all = await reader(
    `applicationGroups ${subscription} ${resourceGroup}`,
    () => believed(() => gateways.avd.applicationGroups(subscription, resourceGroup), byId<ApplicationGroup>(old)),
    avdAt(side),
  )
  if (all.kind !== 'ok') return { applicationGroups: all }
  const own = all.value.filter(({ hostPoolId }) => sameId(hostPoolId, hostPoolIdOf(side)))
  const read = await Promise.all(own.map((group) => readGroup(reading, group)))
  const applicationGroups = allOf(read.map(({ group }) => group))
  const failed = read.flatMap(({ applications }) =>
    applications && applications.kind !== 'ok' ? [applications] : [],
  )[0]
  return { applicationGroups, ...(failed && { applications: failed }) }
}

async function readGroup(
  { gateways: { access, avd }, reader, side, old }: GroupsReading,
  group: ApplicationGroup,
): Promise<{
  readonly group: Answer<ApplicationGroupSeen>
  readonly applications: Answer<readonly Application[]> | undefined
}> {
  const before = old?.find(({ id }) => sameId(id, group.id))
  const [assignments, applications] = await Promise.all([
    reader(`assignments ${group.id}`, () =>
      believed(() => access.assignments(group.id), { ...byId(before?.assignments), isDoubted: true }),
    ),
    group.type === 'RemoteApp'
      ? reader(
          `applications ${group.id}`,
          () => believed(() => avd.applications(group.id), byId(before?.applications)),
          avdAt(side),
        )
      : undefined,
  ])
  if (assignments.kind !== 'ok') return { group: assignments, applications }
  const published = applications?.kind === 'ok' && { applications: applications.value }
  return { group: { kind: 'ok', value: { ...group, assignments: assignments.value, ...published } }, applications }
}
