/** One side of a pair: its pool, its machines, who may use it, and what people see of it. */

import { sameId } from '../core/arm-id.ts'
import type { Answer } from '../core/fault.ts'
import type { AppPackage } from '../model/azure.ts'
import type { SideSeen } from '../model/inventory.ts'
import type { DrPlan, PlannedSide } from '../plan/schema.ts'
import { hostPoolIdOf } from '../planning/situation.ts'
import type { AppAttachPackage, Gateways } from '../ports/gateways.ts'
import { believed } from './believe.ts'
import { byId, byName, unhurried } from './known.ts'
import { readGroups } from './read-groups.ts'
import { readMachines } from './read-machines.ts'
import { readWorkspaces } from './read-workspaces.ts'
import type { Reader } from './reader.ts'
import { avdAt, computeAt } from './regions.ts'
import { sortAnswers } from './sort-answers.ts'

type SideReading = {
  readonly gateways: Gateways
  readonly reader: Reader
  readonly plan: DrPlan
  readonly side: PlannedSide
  readonly old: SideSeen | undefined
}

export async function readSide(reading: SideReading): Promise<SideSeen> {
  const { gateways, reader, side, old } = reading
  const { avd, compute } = gateways
  const { subscription, region } = side
  const pool = hostPoolIdOf(side)
  const [hostPool, sessionHosts, machines, groups, scalingPlans, quotas, packages, diagnostics] = await Promise.all([
    reader(`hostPool ${pool}`, () => avd.hostPool(pool), avdAt(side)),
    reader(
      `sessionHosts ${pool}`,
      () => believed(() => avd.sessionHosts(pool), byName(old?.sessionHosts)),
      avdAt(side),
    ),
    readMachines(reading),
    readGroups({ gateways, reader, side, old: old?.applicationGroups }),
    reader(
      `scalingPlans ${pool}`,
      () => believed(() => avd.scalingPlans(pool), unhurried(byId(old?.scalingPlans))),
      avdAt(side),
    ),
    reader(`quotas ${subscription} ${region}`, () => compute.quotas(subscription, region), computeAt(side)),
    readPackages(reading),
    // Of the pool alone: no rule asks for those of its groups, and each would be a list of its own.
    reader(`diagnostics ${pool}`, () => gateways.estate.diagnostics(pool), avdAt(side)),
  ])
  const { applicationGroups, applications } = groups
  const workspaces = await readWorkspaces({ gateways, reader, side, groups: applicationGroups, old })
  const { vms, osDisks } = machines
  const first = { hostPool, sessionHosts, vms, osDisks, applicationGroups, applications, scalingPlans, quotas }
  const { seen, gaps } = sortAnswers({ ...first, packages, workspaces, diagnostics })
  return { ...seen, gaps }
}

async function readPackages({
  gateways: { avd },
  reader,
  side,
  old,
}: SideReading): Promise<Answer<readonly AppPackage[]>> {
  const { subscription } = side
  const pool = hostPoolIdOf(side)
  const of = (kind: AppPackage['kind']) =>
    byId(
      old?.packages
        ?.filter((one) => one.kind === kind)
        .map((one): AppAttachPackage => ({ ...one, hostPoolIds: [pool] })),
    )
  const [msix, attached] = await Promise.all([
    reader(
      `msixPackages ${pool}`,
      () => believed(() => avd.msixPackages(pool), unhurried(byId<AppPackage>(of('msix').last))),
      avdAt(side),
    ),
    reader(`appAttachPackages ${subscription}`, () =>
      believed(() => avd.appAttachPackages(subscription), unhurried(of('appAttach'))),
    ),
  ])
  if (msix.kind !== 'ok') return msix
  if (attached.kind !== 'ok') return attached
  const own = attached.value.filter(({ hostPoolIds }) => hostPoolIds.some((id) => sameId(id, pool)))
  return { kind: 'ok', value: [...msix.value, ...own.map(({ hostPoolIds: _, ...one }) => one)] }
}
