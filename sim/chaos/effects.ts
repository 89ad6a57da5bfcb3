/** What a run did to the estate, in a form in which two runs can be compared: without times, jobs and names made up on the way. */
import { orderedJson } from '../../src/lib/core/ordered-json.ts'
import type { PairRecord } from '../../src/lib/ports/operations.ts'
import type { Estate } from '../arm/estate-types.ts'
import type { LedgerEvent } from '../arm/ledger-types.ts'
import type { Sim } from '../arm/types.ts'
import { guestOf } from '../estate/guest.ts'
import { worldOf } from '../estate/world.ts'

/** Accepted effects in order, by subject. */
export type Effects = ReadonlyMap<string, readonly string[]>

/** A setting put twice is the same setting: of equal neighbours one counts. Everything else counts as often as it was accepted. */
export function effectsOf(events: readonly LedgerEvent[]): Effects {
  const effects = new Map<string, string[]>()
  for (const event of events) {
    const told = effectOf(event)
    if (!told) continue
    const list = effects.get(told.subject) ?? []
    effects.set(told.subject, list)
    if (!(told.isSetting && list.at(-1) === told.effect)) list.push(told.effect)
  }
  // A message leaves no trace to look at: it is sent at most once, so that one lost in a crash is no difference and a second one is.
  for (const [subject, { length }] of effects) if (subject.startsWith(messages) && length === 1) effects.delete(subject)
  return effects
}

const messages = 'messages to '
const messagesTo = ({ user, host }: { readonly user: string; readonly host: string }) => `${messages}${user} on ${host}`

type Effect = { readonly subject: string; readonly effect: string; readonly isSetting?: true }

function effectOf(event: LedgerEvent): Effect | undefined {
  switch (event.kind) {
    case 'failoverAccepted':
    case 'commitAccepted':
      return { subject: `replication of ${event.vm}`, effect: event.kind }
    case 'reprotectAccepted':
    case 'recoveryPointAccepted':
      return { subject: `replication of ${event.vm}`, effect: event.kind }
    case 'extensionAccepted':
    case 'extensionRemoved':
    case 'associationAccepted':
      return { subject: `equipment of ${event.vm}`, effect: `${event.kind} ${event.name}` }
    case 'jobEnded':
      return { subject: `replication of ${event.vm}`, effect: `${event.scenario} ${event.state}` }
    case 'startAccepted':
    case 'deallocateAccepted':
      return { subject: `power of ${event.vm}`, effect: `${event.kind}${event.by ? ` by ${event.by}` : ''}` }
    case 'granted':
    case 'revoked':
      return { subject: `${event.principal} at ${event.scope}`, effect: `${event.kind} ${event.role}` }
    case 'messageSent':
      return { subject: messagesTo(event), effect: event.kind }
    case 'sessionEnded':
      return { subject: `session ${event.session}`, effect: event.kind }
    default:
      return settingOf(event)
  }
}

function settingOf(event: LedgerEvent): Effect | undefined {
  switch (event.kind) {
    case 'drainSet':
      return setting(`drain of ${event.host}`, event.allowNewSession ? 'lets in' : 'drained')
    case 'tagsSet':
      // Ours names the operation, whose name tells the time.
      return setting(`tags of ${event.vm}`, JSON.stringify(event.tags).replace(/avd-failover:[^"]+/, 'avd-failover'))
    case 'scalingPlanSet':
      return setting(`${event.plan} for ${event.pool}`, event.enabled ? 'on' : 'off')
    case 'startOnConnectSet':
      return setting(`start on connect of ${event.pool}`, event.enabled ? 'on' : 'off')
    default:
      return undefined
  }
}

const setting = (subject: string, effect: string): Effect => ({ subject, effect, isSetting: true })

/** The estate as it truly is, one line a trait. */
export const estateOf = (estate: Estate): readonly string[] =>
  [
    ...[...estate.vms.values()].map((vm) => `${vm.id}: ${vm.power.now()} ${JSON.stringify(vm.tags.now())}`),
    ...[...estate.sessionHosts.values()].map(
      (host) =>
        `${host.pool}/${host.name}: on ${host.vm}, ${host.allowNewSession.now() ? 'lets in' : 'drained'}, ${host.sessions.size} sessions`,
    ),
    ...[...estate.replicatedItems.values()].map((item) => `${item.id}: ${item.state.now()}`),
    ...[...estate.roleAssignments.values()].map(
      (each) => `${each.principalId} ${each.roleDefinitionId} at ${each.scope} ${each.condition ?? ''}`,
    ),
    ...[...estate.scalingPlans.values()].map((plan) => `${plan.id}: ${JSON.stringify(plan.pools)}`),
    ...[...estate.hostPools.values()].map((pool) => `${pool.id}: start on connect ${pool.startVMOnConnect}`),
    ...[...estate.hostPools.values(), ...estate.applicationGroups.values()].map(
      ({ id, settings }) => `${id}: set ${orderedJson(settings ?? {})}`,
    ),
  ].sort()

/** What each machine has of extensions and associations. */
export const equipmentOf = (sim: Sim): readonly string[] =>
  [...sim.estate.vms.values()]
    .map((vm) => {
      const { extensions, associations } = guestOf(sim, vm)
      const states = extensions.now().map(({ name, state }) => `${name} ${state}`)
      return `${vm.id} has ${[...states, ...associations.now().map(({ name }) => name)].sort().join(', ') || 'nothing'}`
    })
    .sort()

/** What each application group publishes. */
export const publishedOf = (sim: Sim): readonly string[] =>
  [...worldOf(sim).applications].map(([group, all]) => `${group} has ${all.map(orderedJson).sort().join(' ')}`).sort()

/** What is remembered of a pair, one line a fact; the moment of a revoke may differ. */
export const rememberedOf = ({ revokedAt, ...pair }: PairRecord): readonly string[] =>
  Object.entries({ ...pair, revoked: Object.keys(revokedAt ?? {}) }).map(
    ([name, value]) => `${pair.pairId} ${name}: ${JSON.stringify(value)}`,
  )

/** What differs between a calm run and another one, one line each. */
export function differences(calm: readonly string[], other: readonly string[]): readonly string[] {
  const lost = calm.filter((line) => !other.includes(line)).map((line) => `missing: ${line}`)
  return [...lost, ...other.filter((line) => !calm.includes(line)).map((line) => `not in a calm run: ${line}`)]
}

export const linesOf = (effects: Effects): readonly string[] =>
  [...effects].map(([subject, list]) => `${subject}: ${list.join(', ')}`)
