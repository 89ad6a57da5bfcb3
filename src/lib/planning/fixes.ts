/** What one fix is done to. Only what the inventory has seen of the side, and nothing that is another pool's. */
import { idKey, sameId } from '../core/arm-id.ts'
import type { Side, Subject } from '../machine/spec.ts'
import type { RoleAssignment } from '../model/azure.ts'
import type { Fix } from '../model/fix.ts'
import type { ApplicationGroupSeen, PairSeen } from '../model/inventory.ts'
import { poolSettings, wireValue } from '../model/settings.ts'
import type { PlannedPair } from '../plan/schema.ts'
import type { AlignStageName } from '../runbooks/align.ts'
import { hostKey, hostPoolIdOf, otherSide } from './situation.ts'
import { vmMatcher } from './vms.ts'

export type FixPlace = {
  readonly pair: PlannedPair
  readonly seen: PairSeen
  readonly side: Side
  /** Names in lower case of application groups that other fixes of the same operation make. */
  readonly groupsToMake: ReadonlySet<string>
}

export const stageOfFix: Readonly<Record<Fix['kind'], AlignStageName>> = {
  revokeAccess: 'access',
  disableScalingPlan: 'autoscale',
  disableStartOnConnect: 'startOnConnect',
  drainHost: 'drain',
  setPoolProperty: 'settings',
  copyApplicationGroup: 'applicationGroups',
  copyApplication: 'applications',
}

/** A text says why it cannot be done. */
export function subjectsOfFix(place: FixPlace, fix: Fix): readonly Subject[] | string {
  if (fix.kind === 'revokeAccess') return strayAccess(place, fix)
  const subject = subjectOf(place, fix)
  return typeof subject === 'string' ? subject : [subject]
}

function subjectOf(place: FixPlace, fix: Exclude<Fix, { kind: 'revokeAccess' }>): Subject | string {
  switch (fix.kind) {
    case 'disableScalingPlan':
    case 'disableStartOnConnect':
      return { kind: 'pair', key: place.pair.id }
    case 'drainHost':
      return hostSubject(place, fix)
    case 'setPoolProperty':
      return propertySubject(place, fix)
    case 'copyApplicationGroup':
      return groupSubject(place, fix)
    case 'copyApplication':
      return applicationSubject(place, fix)
  }
}

type Of<K extends Fix['kind']> = Extract<Fix, { kind: K }>

function hostSubject({ seen, side }: FixPlace, { host: name }: Of<'drainHost'>): Subject | string {
  const { sessionHosts = [], vms = [] } = seen[side]
  const host = sessionHosts.find((one) => hostKey(one.name) === hostKey(name))
  if (!host) return 'the inventory has no such session host'
  const match = vmMatcher(vms)(host)
  if (typeof match === 'string') return 'its virtual machine is not known for certain'
  return { kind: 'host', key: hostKey(host.name), side, host: host.name, vmId: match.vm.id }
}

function propertySubject({ seen, side }: FixPlace, { name, value }: Of<'setPoolProperty'>): Subject | string {
  const settings = seen[side].hostPool?.settings
  if (!settings) return 'the settings of the host pool are not known'
  if (wireValue(poolSettings, name, value) === undefined) return `${name} is not to be set by software`
  const before = Object.hasOwn(settings, name) ? settings[name] : undefined
  return { kind: 'poolProperty', key: name.toLowerCase(), name, value, ...(before !== undefined && { before }) }
}

function groupSubject(place: FixPlace, { name, type, settings }: Of<'copyApplicationGroup'>): Subject | string {
  const { pair, seen, side } = place
  const { subscription, resourceGroup, applicationGroups } = pair[side]
  const { hostPool } = seen[side]
  if (!hostPool) return 'the host pool is not known'
  const id = `/subscriptions/${subscription}/resourceGroups/${applicationGroups ?? resourceGroup}/providers/Microsoft.DesktopVirtualization/applicationGroups/${name}`
  const hostPoolId = hostPoolIdOf(pair[side])
  // A group is in the region of its pool's metadata (Azure Virtual Desktop, application groups).
  return {
    kind: 'applicationGroup',
    key: name.toLowerCase(),
    id,
    hostPoolId,
    location: hostPool.location,
    type,
    settings,
  }
}

function applicationSubject(place: FixPlace, { groupId, name, settings }: Of<'copyApplication'>): Subject | string {
  const group = groupId.split('/').at(-1) ?? ''
  const isMade = place.groupsToMake.has(group.toLowerCase()) && isUnder(place, groupId)
  if (!isMade && !ownGroup(place, groupId)) return 'its application group is missing: to be made with it'
  const key = `${group}/${name}`.toLowerCase()
  return { kind: 'application', key, id: `${groupId}/applications/${name}`, settings }
}

/** In the resource group where the side has its application groups. */
function isUnder({ pair, side }: FixPlace, groupId: string): boolean {
  const { subscription, resourceGroup, applicationGroups } = pair[side]
  const group = `/subscriptions/${subscription}/resourceGroups/${applicationGroups ?? resourceGroup}/`
  return idKey(groupId).startsWith(group.toLowerCase())
}

/** Of the side's own pool. */
const ownGroup = ({ pair, seen, side }: FixPlace, id: string, at: Side = side): ApplicationGroupSeen | undefined =>
  seen[at].applicationGroups?.find((one) => sameId(one.id, id) && sameId(one.hostPoolId, hostPoolIdOf(pair[at])))

/** Nobody is left without access: the same group keeps what it has on the other side, and is one that the plan moves. */
function strayAccess(place: FixPlace, fix: Of<'revokeAccess'>): readonly Subject[] | string {
  const { pair, side } = place
  const { assignments, kept, groupName } = fix
  const isHeld = (at: Side, { scope, id }: RoleAssignment) =>
    ownGroup(place, scope, at)?.assignments.some((seen) => sameId(seen.id, id) && sameId(seen.scope, scope)) === true
  const principal = kept.principalId.toLowerCase()
  if (!pair.groups.some(({ id }) => id === principal)) return 'whose access it is the plan does not say'
  if (!isHeld(otherSide(side), kept)) return 'it is the only access the group is known to have'
  const isStray = (one: RoleAssignment) => one.principalId.toLowerCase() === principal && isHeld(side, one)
  if (assignments.length === 0 || !assignments.every(isStray))
    return 'not all of it was made at application groups of this side, for this group'
  const { id: _, name: __, ...grant } = kept
  return assignments.map((revoke) => ({
    kind: 'assignment',
    key: `${revoke.scope.split('/').at(-1)}--${principal}--${revoke.name}`.toLowerCase(),
    principalId: principal,
    groupName,
    revoke,
    grant,
  }))
}
