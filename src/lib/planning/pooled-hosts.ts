/** Session hosts of two pooled host pools: who starts, who is left. */
import { minutes } from '../core/time.ts'
import type { Subject } from '../machine/spec.ts'
import type { SessionHost } from '../model/azure.ts'
import { type HostDecision, notice, type Weighed } from './preview.ts'
import { byText, hostKey, isNamed, namesOf, type Situation, shortName } from './situation.ts'
import { byTier, tierOf, vmMatcher } from './vms.ts'

export type HostSubject = Extract<Subject, { kind: 'host' }>

export type PooledHosts = {
  readonly newHosts: readonly HostSubject[]
  readonly oldHosts: readonly HostSubject[]
  /** And those that were not started, but may carry our exclusion tag. */
  readonly startedHosts: readonly HostSubject[]
  readonly decisions: readonly HostDecision[]
  readonly notices: readonly Weighed[]
  /** Hosts of the new side that can be expected to come up. */
  readonly usable: number
}

export function planPooledHosts(situation: Situation): PooledHosts {
  const entering = newSideHosts(situation)
  const leaving = oldSideHosts(situation)
  const lapsed = entering.hosts.filter(({ seen }) => hasLapsed(seen, situation))
  return {
    newHosts: entering.hosts.map(({ subject }) => subject),
    oldHosts: leaving.hosts,
    startedHosts: leaving.hosts.flatMap((host) => putToRest(situation, host)),
    decisions: [...entering.decisions, ...leaving.decisions],
    notices: lapsed.length === 0 ? [] : [lapsedNotice(lapsed.map(({ seen }) => seen.name))],
    usable: entering.hosts.length - lapsed.length,
  }
}

function newSideHosts(situation: Situation) {
  const { pair, newSide, request } = situation
  const { sessionHosts = [], vms = [] } = situation.seen[newSide]
  const vmOf = vmMatcher(vms)
  const requested = request.hosts && namesOf(request.hosts)
  const decide = (host: SessionHost) => {
    const match = vmOf(host)
    if (requested && !isNamed(requested, host.name))
      return { decision: decisionOf(host, 'skipped', 'notRequested', 'Not among the hosts asked for.') }
    if (match === 'none') return { decision: decisionOf(host, 'out', 'noVm', 'No virtual machine of this name.') }
    if (match === 'ambiguous')
      return { decision: decisionOf(host, 'out', 'ambiguousVm', 'More than one virtual machine could be this host.') }
    if (match.vm.location.toLowerCase() !== pair[newSide].region)
      return {
        decision: decisionOf(host, 'out', 'wrongRegion', `Its virtual machine is in ${match.vm.location}.`),
      }
    const subject: HostSubject = {
      kind: 'host',
      key: hostKey(host.name),
      side: newSide,
      host: host.name,
      vmId: match.vm.id,
    }
    const tier = tierOf(match.vm, pair.order.tierTag)
    return { decision: decisionOf(host, 'in', 'starts', 'Starts and takes users.'), subject, tier, seen: host }
  }
  const decisionOf = (
    host: SessionHost,
    decision: HostDecision['decision'],
    code: HostDecision['code'],
    reason: string,
  ) => ({ host: host.name, side: newSide, decision, code, reason }) satisfies HostDecision
  const all = sessionHosts.map(decide)
  const hosts = all
    .flatMap(({ subject, tier, seen }) => (subject && seen ? [{ subject, tier, seen, host: subject.host }] : []))
    .sort(byTier)
  return { hosts, decisions: sorted(all.map(({ decision }) => decision)) }
}

/** All of them, whatever was asked for: access moves for the whole pool, so nobody may stay on the side that is left. */
function oldSideHosts(situation: Situation) {
  const { pair, oldSide } = situation
  const { sessionHosts = [], vms = [] } = situation.seen[oldSide]
  const vmOf = vmMatcher(vms)
  const hosts = sessionHosts.map((host) => {
    const match = vmOf(host)
    const vm = typeof match === 'object' ? match.vm : undefined
    const subject: HostSubject = {
      kind: 'host',
      key: hostKey(host.name),
      side: oldSide,
      host: host.name,
      vmId: vm?.id ?? host.vmId ?? vmIdOf(situation, shortName(host.name)),
    }
    return { subject, host: host.name, tier: tierOf(vm, pair.order.tierTag) }
  })
  const decisions = hosts.map(({ host }) => leavingDecision(situation, host))
  return { hosts: hosts.sort(byTier).map(({ subject }) => subject), decisions: sorted(decisions) }
}

function leavingDecision(situation: Situation, host: string): HostDecision {
  const counterpart = counterpartOf(situation, host)
  const known = counterpart === undefined || hostsOf(situation).has(counterpart)
  return known
    ? { host, side: situation.oldSide, decision: 'in', code: 'leaves', reason: 'Drained, its users signed out.' }
    : {
        host,
        side: situation.oldSide,
        decision: 'in',
        code: 'leavesWithoutCounterpart',
        reason: `Drained like the others, but ${counterpart}, which should take its place, does not exist.`,
      }
}

const hostsOf = ({ seen, newSide }: Situation): ReadonlySet<string> =>
  new Set((seen[newSide].sessionHosts ?? []).map(({ name }) => shortName(name)))

/** Undefined: the whole pool is the counterpart. The rule reads from primary to secondary and is turned round on the way back. */
function counterpartOf({ pair, oldSide }: Situation, host: string): string | undefined {
  if (pair.counterparts === 'pool') return undefined
  const { replace, with: put } = pair.counterparts
  const [from, to] = oldSide === 'primary' ? [replace, put] : [put, replace]
  const name = shortName(host)
  return name.includes(from.toLowerCase()) ? name.replace(from.toLowerCase(), () => to.toLowerCase()) : name
}

const vmIdOf = ({ pair, oldSide }: Situation, name: string): string => {
  const side = pair[oldSide]
  return `/subscriptions/${side.subscription}/resourceGroups/${side.vmResourceGroup ?? side.resourceGroup}/providers/Microsoft.Compute/virtualMachines/${name}`
}

function putToRest({ pairState }: Situation, host: HostSubject): readonly HostSubject[] {
  if (isAmong(pairState.startedHosts, host)) return [host]
  return isAmong(pairState.taggedHosts ?? [], host) ? [{ ...host, only: ['includeInScaling'] }] : []
}

const isAmong = (hosts: readonly string[], { key }: HostSubject): boolean => hosts.some((host) => hostKey(host) === key)

/** A host that was off for 90 days has lost its registration (Azure Virtual Desktop FAQ). */
const tokenLife = minutes(90 * 24 * 60)

const hasLapsed = ({ lastHeartbeat }: SessionHost, { now }: Situation): boolean =>
  lastHeartbeat !== undefined && now - lastHeartbeat > tokenLife

const lapsedNotice = (hosts: readonly string[]): Weighed =>
  notice(
    'warns',
    'tokenLapsed',
    'Silent for more than 90 days: the registration has lapsed and they will hardly come up.',
    hosts,
  )

const sorted = (decisions: readonly HostDecision[]): readonly HostDecision[] =>
  [...decisions].sort((a, b) => byText(hostKey(a.host), hostKey(b.host)))
