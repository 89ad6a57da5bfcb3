import { sameId } from '../../core/arm-id.ts'
import type { Lock } from '../../model/estate.ts'
import { hostPoolIdOf } from '../../planning/situation.ts'
import { machinesOn } from '../host-machines.ts'
import { type Side, sidesOf } from '../next-move.ts'
import { couldNotCheck, found, given, partOfEstate, together, well } from '../outcome.ts'
import { groupsOfPair, isWithin } from '../places.ts'
import type { Outcome, Rule, RuleContext } from '../rule.ts'

/** That a lock on a pool refuses to delete its user sessions follows from how locks are inherited; it is not documented by name. */
export const noDeleteLocks: Rule = {
  id: 'no-delete-locks',
  title: 'No lock keeps a move from what it deletes and changes',
  severity: 'critical',
  blocks: 'unlessDown',
  compares:
    'locks on subscriptions, resource groups and resources with what a failover or failback deletes (role assignments at application groups, user sessions of the pool) and, of locks that allow reading only, with what it changes (hosts, machines, scaling, the vault). A lock that is in the way of the way back alone is a warning.',
  why: 'A lock that forbids deleting keeps role assignments and sessions from being deleted: access cannot be taken away, so nobody gets it on the other side, and users stay signed in. One that allows reading only keeps machines from being started.',
  source: {
    title: 'Lock your resources to protect your infrastructure: considerations before applying your locks',
    url: 'https://learn.microsoft.com/azure/azure-resource-manager/management/lock-resources',
  },
  howToFix:
    'Remove the lock, or put it where nothing is deleted in a move: on machines and disks instead of on their resource group.',
  check: (context) =>
    given({ locks: partOfEstate(context, 'locks') }, ({ locks }) => {
      const targets = targetsOf(context)
      return together([...locks.map((lock) => judge(context, lock, targets)), unlisted(context)])
    }),
}

/** Locks are listed by subscription, of those the sides are in. */
function unlisted({ pair }: RuleContext): Outcome {
  const [, , subscription] = pair.vault?.split('/') ?? []
  const listed = [pair.primary, pair.secondary].map((side) => side.subscription.toLowerCase())
  if (subscription === undefined || listed.includes(subscription.toLowerCase())) return well
  return couldNotCheck('locks of its subscription are not read', 'vault')
}

type Target = { readonly what: string; readonly side: Side; readonly id: string; readonly isDeleted: boolean }

/** What a move works on, by resource or by its resource group. */
function targetsOf(context: RuleContext): readonly Target[] {
  const { pair } = context
  const groups = groupsOfPair(context)
  const pools = (['primary', 'secondary'] as const).map((side) => ({
    what: 'host pool',
    side,
    id: hostPoolIdOf(pair[side]),
    isDeleted: true,
  }))
  const applications = groups
    .filter(({ place }) => place === 'applicationGroups')
    .flatMap(({ side, id }) =>
      pair.applicationGroups.map((mapped) => ({
        what: 'application group',
        side,
        id: `${id}/providers/Microsoft.DesktopVirtualization/applicationGroups/${mapped[side]}`,
        isDeleted: true,
      })),
    )
  const machines = groups
    .filter(({ place }) => place === 'machines')
    .map(({ side, id }) => ({ what: 'machines', side, id, isDeleted: false }))
  const vault =
    pair.vault === undefined ? [] : [{ id: pair.vault, what: 'vault', side: 'secondary', isDeleted: false } as const]
  return [...pools, ...applications, ...machines, ...vault]
}

/** A lock on one machine of the pair: whether a host runs on it can be hidden by a gap. */
function judgeMachine(context: RuleContext, lock: Lock): Outcome {
  if (lock.level === 'CanNotDelete' || !/\/virtualMachines\/[^/]+$/i.test(lock.scope)) return well
  const home = groupsOfPair(context).find(({ place, id }) => place === 'machines' && isWithin(lock.scope, id))
  if (!home) return well
  const { side } = home
  const subject = subjectOf(lock, side)
  const machines = machinesOn(context, side)
  if (machines.kind === 'unseen') return couldNotCheck(machines.reason, subject)
  const machine = machines.value.find(({ vm }) => vm && sameId(vm.id, lock.scope))
  if (!machine) return well
  const evidence = `${lock.name} (${lock.level}) at the machine of ${machine.host.name} of the ${side} side.`
  return lock.level === 'other' ? strange(subject) : found([{ subject, severity: 'warning', evidence }])
}

function judge(context: RuleContext, lock: Lock, targets: readonly Target[]): Outcome {
  const hit = targets.filter((target) => concerns(lock, target))
  const [first] = hit
  if (!first) return judgeMachine(context, lock)
  const subject = subjectOf(lock, first.side)
  if (lock.level === 'other') return strange(subject)
  const evidence = `${lock.name} (${lock.level}) at ${lock.scope}: ${told(hit)}.`
  return found([{ subject, evidence, ...(!isUrgent(context, lock, hit) && { severity: 'warning' as const }) }])
}

/** At it or above; of a pool also at a host of it, whose sessions are below. */
function concerns({ scope, level }: Lock, { what, id, isDeleted }: Target): boolean {
  if (level === 'CanNotDelete' && !isDeleted) return false
  return isWithin(id, scope) || (what === 'host pool' && isWithin(scope, id))
}

/** In the move that comes next: what is deleted is on the side that is left, machines are started on the other one. */
function isUrgent(context: RuleContext, { level }: Lock, hit: readonly Target[]): boolean {
  const { active, standby } = sidesOf(context)
  return hit.some(({ what, side }) => {
    if (what === 'vault') return true
    if (what === 'machines') return side === standby
    return level === 'ReadOnly' || side === active
  })
}

const strange = (subject: string): Outcome => couldNotCheck('its level is a word that is new to us', subject)

const told = (hit: readonly Target[]): string =>
  [...new Set(hit.map(({ what, side }) => `${what} of the ${side} side`))].join(', ')

/** `<side>/<group>/<resource>/<lock>`, as much of it as there is. */
function subjectOf({ name, scope }: Lock, side: Side): string {
  const [group = 'subscription', ...rest] = scope.split('/').slice(4)
  const resource = rest.at(-1)
  return [side, group, ...(resource === undefined ? [] : [resource]), name].join('/')
}
