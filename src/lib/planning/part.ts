/** What a strategy makes of a pair: who takes part, and what speaks against it. */
import { idKey } from '../core/arm-id.ts'
import type { ExtensionWork, OperationSpec, Side, Subject } from '../machine/spec.ts'
import type { PairState } from '../model/pair-state.ts'
import type { TasksFor } from '../runbooks/template.ts'
import { accessFindings } from './access-findings.ts'
import { accessRolesOf } from './access-rules.ts'
import { mapApplicationGroups } from './application-groups.ts'
import { planAssignments } from './assignments.ts'
import { desktopCapacity, hostsNeeded, pooledCapacity } from './capacity.ts'
import { planDesktops } from './desktops.ts'
import { planPooledHosts } from './pooled-hosts.ts'
import { type HostDecision, notice, type Weighed } from './preview.ts'
import { replicationNotices, replicationSpec, switchedOnAtHome } from './replication.ts'
import { desktopRoom, type Newcomer, standbyRoom } from './room.ts'
import { byText, type Situation } from './situation.ts'

export type Part = {
  readonly decisions: readonly HostDecision[]
  readonly notices: readonly Weighed[]
  readonly tasks: Readonly<Record<TasksFor, readonly Subject[]>>
  readonly minimumCapacity: number
  readonly accessRoles: readonly string[]
  readonly applicationGroups: Readonly<Record<Side, readonly string[]>>
  /** What was switched off on the side that is entered, and is switched on again at the end. */
  readonly restoreOnNewSide: PairState['restore']['primary']
  /** Of replicated desktops. */
  readonly extensionWork?: readonly ExtensionWork[]
  readonly groups?: OperationSpec['consistencyGroups']
  /** Where it is smaller than the plan's. */
  readonly batchSize?: number
  readonly replication?: Pick<OperationSpec, 'cacheStorage' | 'followUps'>
}

export const planPart = (situation: Situation): Part => {
  switch (situation.pair.strategy) {
    case 'pooledStandby':
      return pooledPart(situation)
    case 'personalReplicated':
      return personalPart(situation)
  }
}

const noTasks = (situation: Situation): Part['tasks'] => ({
  pair: [{ kind: 'pair', key: situation.pair.id }],
  newHosts: [],
  oldHosts: [],
  startedHosts: [],
  assignments: [],
  desktops: [],
})

function pooledPart(situation: Situation): Part {
  const hosts = planPooledHosts(situation)
  const mapping = mapApplicationGroups(situation)
  const { assignments, notices } = planAssignments(situation, mapping)
  const idsOf = (side: Side) => mapping.mapped.map((groups) => groups[side].id).sort(byText)
  const count = hosts.newHosts.length
  return {
    decisions: hosts.decisions,
    notices: [
      ...hosts.notices,
      ...mapping.notices,
      ...notices,
      ...accessFindings(situation, mapping),
      ...pooledCapacity(situation, count, hosts.usable),
      ...standbyRoom(situation, sizesToStart(situation, hosts.newHosts)),
    ],
    tasks: { ...noTasks(situation), ...pick(hosts), assignments },
    // Only a dead primary gets past too small a capacity: then all there is must do.
    minimumCapacity: Math.min(count, hostsNeeded(situation.pair.minimumCapacity, count)),
    accessRoles: accessRolesOf(situation),
    applicationGroups: { primary: idsOf('primary'), secondary: idsOf('secondary') },
    restoreOnNewSide: situation.pairState.restore[situation.newSide],
  }
}

/** Of hosts that are off: one that runs has its room. */
function sizesToStart({ seen, newSide }: Situation, hosts: readonly { readonly vmId: string }[]): readonly string[] {
  const ids = new Set(hosts.map(({ vmId }) => idKey(vmId)))
  const vms = seen[newSide].vms ?? []
  return vms.filter(({ id, power }) => power === 'deallocated' && ids.has(idKey(id))).map(({ size }) => size)
}

const pick = ({ newHosts, oldHosts, startedHosts }: ReturnType<typeof planPooledHosts>) => ({
  newHosts,
  oldHosts,
  startedHosts,
})

function personalPart(situation: Situation): Part {
  const { desktops, extensionWork, groups, batchSize, newcomers, decisions, notices } = planDesktops(situation)
  const partial = situation.request.applicationGroups
    ? [notice('unsafe', 'partialNotPossible', 'Desktops move one by one: name hosts instead of application groups.')]
    : []
  return {
    decisions,
    notices: [
      ...notices,
      ...partial,
      ...nothingLeft(situation, decisions),
      ...replicationNotices(situation),
      ...(situation.moves ? capacityNotices(situation, newcomers) : []),
    ],
    tasks: { ...noTasks(situation), desktops },
    minimumCapacity: 0,
    accessRoles: accessRolesOf(situation),
    applicationGroups: { primary: [], secondary: [] },
    restoreOnNewSide: switchedOnAtHome(situation, decisions),
    extensionWork,
    groups,
    ...(batchSize !== undefined && { batchSize }),
    replication: replicationSpec(situation),
  }
}

const capacityNotices = (situation: Situation, newcomers: readonly Newcomer[]): readonly Weighed[] => [
  ...desktopCapacity(
    situation,
    newcomers.map(({ size }) => size),
  ),
  ...desktopRoom(situation, newcomers),
]

function nothingLeft({ moves }: Situation, decisions: readonly HostDecision[]): readonly Weighed[] {
  if (decisions.some(({ decision }) => decision === 'in')) return []
  return decisions.some(({ decision }) => decision === 'out')
    ? [notice('unsafe', 'nothingLeft', `None of the desktops can be ${moves ? 'moved' : 'part of it'}.`)]
    : [notice('unsafe', 'nothingToDo', `There is no desktop ${moves ? 'left to move' : 'in need of it'}.`)]
}
