/**
 * Machines of one consistency group fail over by one request on their recovery plan, or not at all. The first one of them
 * sends it, once all of them wait; the others only look, each at its own item.
 */
import { sameId } from '../../core/arm-id.ts'
import type { Fault, FaultCode } from '../../core/fault.ts'
import { hours, type Instant } from '../../core/time.ts'
import type { ConsistencyGroup } from '../../machine/spec.ts'
import { type Begun, defaultSettle, type Look } from '../../machine/step.ts'
import type { Fence } from '../../ports/gateways.ts'
import type { GroupView, StepContext } from '../../ports/steps.ts'
import { vaultOf } from './items.ts'
import { faulted, underway } from './look.ts'
import { allows, readReplication, stateOf } from './replication.ts'
import { desktopOf } from './subject.ts'
import { begunUnlessBusy, refused } from './write.ts'

/** Longer than everything that comes before it takes together: each of those steps has a limit of its own. */
const matesAwaited = hours(4)

export type Together = { readonly group: ConsistencyGroup; readonly view: GroupView; readonly isFirst: boolean }

/** Undefined for a machine that moves by itself. */
export function togetherOf(context: StepContext): Together | undefined {
  const { group: index, key } = desktopOf(context)
  const group = index === undefined ? undefined : context.spec.consistencyGroups?.[index]
  if (index === undefined) return undefined
  if (!group || !context.group) throw new Error(`${key} is of a consistency group that the operation does not know`)
  return { group, view: context.group, isFirst: group.mates[0]?.key === key }
}

/** `own`: what its own item and jobs tell. */
export async function lookTogether(context: StepContext, together: Together, own: Look): Promise<Look> {
  const { kind } = own.seen
  if (kind === 'done') return own
  const state = await together.view.state()
  if (state.kind === 'begun' && !together.isFirst && context.begunAt === undefined) return joined(own)
  if (kind === 'faulted') return withFault(own, { ...own.seen.fault, retryable: false })
  if (kind !== 'notBegun') return own
  // Before that, what was begun may not show yet.
  const shows = Math.max(state.kind === 'back' ? state.since : 0, settled(context))
  if (state.kind !== 'open' && own.readAt < shows) return stillUnderway(own)
  if (state.kind === 'back') return withFault(own, apart('has turned back'))
  return together.isFirst ? first(context, together, own) : follower(together, own, state.kind === 'begun')
}

const settled = ({ begunAt }: StepContext): Instant => (begunAt === undefined ? 0 : begunAt + defaultSettle)

/** What it remembers of older jobs is from before the group was begun, and is kept. */
const joined = ({ readAt }: Look): Look => ({ ...underway(readAt, 'its group has begun'), isJoined: true })

const stillUnderway = ({ readAt }: Look): Look => underway(readAt, 'its group has begun')

const withFault = (own: Look, fault: Fault): Look => faulted(own.readAt, fault)

const apart = (what: string, code: FaultCode = 'rejected'): Fault => ({
  code,
  message: `its consistency group ${what}, and it moves only with it`,
  retryable: false,
})

async function follower({ group, view }: Together, own: Look, isBegun: boolean): Promise<Look> {
  const [leader] = group.mates
  const standing = leader ? await view.mate(leader.key) : 'gone'
  if (standing === 'gone') return withFault(own, apart(`is not begun by ${leader?.host}, which turned back or failed`))
  if (standing === 'beyond') return withFault(own, apart('has gone without it'))
  return isBegun ? stillUnderway(own) : { ...own, waits: true, detail: `waits for its consistency group ${group.name}` }
}

async function first(context: StepContext, { group, view }: Together, own: Look): Promise<Look> {
  const mates = group.mates.slice(1)
  const standings = await Promise.all(mates.map(async ({ key, host }) => ({ host, standing: await view.mate(key) })))
  const named = (wanted: string) => standings.flatMap(({ host, standing }) => (standing === wanted ? [host] : []))
  const [gone, beyond, coming] = [named('gone'), named('beyond'), named('coming')]
  if (gone.length > 0) return withFault(own, apart(`has lost ${gone.join(', ')}`))
  if (beyond.length > 0) return withFault(own, apart(`has gone without it: ${beyond.join(', ')}`))
  if (coming.length > 0) {
    if (context.begunAt === undefined && context.now - context.enteredAt > matesAwaited)
      return withFault(own, apart(`has waited in vain for ${coming.join(', ')}`, 'timedOut'))
    return { ...own, waits: true, detail: `waits for ${coming.join(', ')}` }
  }
  return (await unreadyMate(context, mates, own)) ?? own
}

/** One request moves all: what is said of one of them counts for every one. */
async function unreadyMate(
  context: StepContext,
  mates: ConsistencyGroup['mates'],
  own: Look,
): Promise<Look | undefined> {
  const desktop = desktopOf(context)
  for (const { key, host, itemId, sourceVmId } of mates) {
    const read = await readReplication({ ...context, subject: { ...desktop, key, host, itemId, sourceVmId } })
    if (read.kind === 'unread') return read.look
    const { item, busyWith } = read.value
    if (!busyWith && stateOf(item) === 'protected' && allows(item, 'UnplannedFailover')) continue
    const detail = `${host}: ${busyWith ?? (item.protectionState || 'no state')}`
    return context.attempt > 0 ? underway(read.readAt, detail) : { ...own, waits: true, detail: `waits for ${detail}` }
  }
  return undefined
}

/** Only the first one has anything to send. */
export async function beginTogether(
  context: StepContext,
  { group, view }: Together,
  sourceSiteOperations: 'Required' | 'NotRequired',
  fence: Fence,
): Promise<Begun> {
  const { gateways, spec } = context
  const { recoveryPoint } = spec
  if (typeof recoveryPoint === 'object') return refused(apart('has no recovery point of one machine'))
  const changed = await changedPlan(context, group)
  if (changed) return refused(changed)
  if (!(await view.begin())) return refused(apart('has turned back'))
  const options = { sourceSiteOperations, recoveryPoint }
  const begun = begunUnlessBusy(await gateways.siteRecovery.failoverPlan(group.planId, options, fence))
  if (begun.kind === 'refused') await view.reopen()
  return begun
}

/** Somebody may have put other machines into the plan since it was planned with: they would move as well. */
async function changedPlan(context: StepContext, { planId, planName, mates }: ConsistencyGroup) {
  const answer = await context.gateways.siteRecovery.recoveryPlans(vaultOf(context))
  if (answer.kind !== 'ok') return answer.fault
  const now = answer.value.find(({ id }) => sameId(id, planId))?.itemIds ?? []
  const isSame = now.length === mates.length && mates.every(({ itemId }) => now.some((id) => sameId(id, itemId)))
  return isSame ? undefined : apart(`is no longer what the recovery plan ${planName} has`)
}
