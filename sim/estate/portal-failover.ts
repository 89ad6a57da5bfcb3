/** Somebody who fails desktops over in the portal, singly or by a recovery plan, and what Azure would post about it. */
import { type Instant, type Millis, seconds } from '../../src/lib/core/time.ts'
import type { SimReplicatedItem } from '../arm/estate-types.ts'
import { commit, failOver } from '../arm/site-recovery-actions.ts'
import { type AsrJob, runningJobs } from '../arm/site-recovery-job.ts'
import { momentOf } from '../arm/site-recovery-recovery-points.ts'
import { reprotect } from '../arm/site-recovery-reprotect.ts'
import { containerType, itemType } from '../arm/site-recovery-resource.ts'
import { testFailover } from '../arm/site-recovery-test-failover.ts'
import type { Sim } from '../arm/types.ts'
import { type Act, alertsOf, contextOf, eventOf, type PlanGroup, type Signal, type SignalKind } from './signals.ts'
import { worldOf } from './world.ts'

export type PortalUser = {
  /** Answers the items it was begun for: those that were free for it. */
  readonly failOver: (items: readonly SimReplicatedItem[]) => readonly SimReplicatedItem[]
  readonly commit: (items: readonly SimReplicatedItem[]) => readonly SimReplicatedItem[]
  readonly reprotect: (items: readonly SimReplicatedItem[]) => readonly SimReplicatedItem[]
  readonly testFailOver: (items: readonly SimReplicatedItem[]) => readonly SimReplicatedItem[]
  /** Group after group; the runbook of each posts its context before it and after it. Consistency groups go with it. */
  readonly runRecoveryPlan: (plan: RecoveryPlan) => void
}

export type RecoveryPlan = {
  readonly name: string
  readonly groups: readonly (readonly SimReplicatedItem[])[]
  /** Default: `Unplanned`. */
  readonly type?: PlanGroup['type']
}

export type PortalUserOptions = {
  readonly post: (signal: Signal) => void
  /** Which of them Azure has been told to post; default: all. */
  readonly kinds?: readonly SignalKind[]
  /** Calls back at that moment: the story's clock, since the agenda runs only when somebody looks. */
  readonly at: (when: Instant, effect: () => void) => void
}

type Begin = (item: SimReplicatedItem) => AsrJob
type ItemState = ReturnType<SimReplicatedItem['state']['now']>
const asker = { headers: {}, by: 'person' } as const
/** From an accepted request to the event about it; how often somebody looks whether a job is over (model values). */
const [eventTakes, looksEvery]: readonly [Millis, Millis] = [seconds(2), seconds(5)]

export function createPortalUser(sim: Sim, options: PortalUserOptions): PortalUser {
  const beginFailover: Begin = (item) =>
    failOver(sim, asker, item, { point: momentOf(sim, item, undefined) ?? sim.now(), withShutdown: true })
  const ofItem = (name: string) => `${itemType}/${name}/action`
  const free = (items: readonly SimReplicatedItem[], state: ItemState) =>
    items.filter((item) => item.state.now() === state && runningJobs(item).length === 0)

  const each = (
    operation: string,
    state: ItemState,
    begin: Begin,
    resourceOf = (item: SimReplicatedItem) => item.id,
  ) => {
    return (items: readonly SimReplicatedItem[]) => {
      sim.agenda.settle()
      const begun = free(items, state)
      for (const item of begun) tell(sim, options, actOf(sim, operation, resourceOf(item)), [begin(item)])
      return begun
    }
  }
  return {
    failOver: each(ofItem('unplannedFailover'), 'Protected', beginFailover),
    commit: each(ofItem('failoverCommit'), 'CommitPending', (item) => commit(sim, asker, item)),
    reprotect: each(
      `${containerType}/switchprotection/action`,
      'Committed',
      (item) => reprotect(sim, asker, item),
      ({ id }) => id.replace(/\/replicationProtectedItems\/.*$/i, ''),
    ),
    testFailOver: each(ofItem('testFailover'), 'Protected', (item) => testFailover(sim, asker, item)),
    runRecoveryPlan(plan) {
      const { type = 'Unplanned' } = plan
      const begin: Begin = type === 'Test' ? (item) => testFailover(sim, asker, item) : beginFailover
      runGroups(sim, options, { ...plan, type }, (items) => free(items, 'Protected').map(begin))
    },
  }
}

function runGroups(
  sim: Sim,
  options: PortalUserOptions,
  { name, groups, type }: Required<RecoveryPlan>,
  beginGroup: (items: readonly SimReplicatedItem[]) => readonly AsrJob[],
): void {
  const [first] = groups.flat()
  if (!first) return
  const action = type === 'Test' ? 'testFailover' : `${type.toLowerCase()}Failover`
  const operation = `Microsoft.RecoveryServices/vaults/replicationRecoveryPlans/${action}/action`
  const act = actOf(sim, operation, `${first.vault}/replicationRecoveryPlans/${name}`)
  const jobs: AsrJob[] = []
  const run = (index: number) => {
    sim.agenda.settle()
    const items = groups[index]
    if (!items) {
      tellEnd(sim, options, act, jobs)
      return
    }
    const group = { plan: name, type, group: index + 1, items }
    post(options, [contextOf(sim, { ...group, isBefore: true })])
    const begun = beginGroup(items)
    jobs.push(...begun)
    whenOver(sim, options, begun, () => {
      post(options, [contextOf(sim, { ...group, isBefore: false })])
      run(index + 1)
    })
  }
  tellBegin(sim, options, act)
  run(0)
}

function tell(sim: Sim, options: PortalUserOptions, act: Act, jobs: readonly AsrJob[]): void {
  tellBegin(sim, options, act)
  whenOver(sim, options, jobs, () => tellEnd(sim, options, act, jobs))
}

function tellBegin(sim: Sim, options: PortalUserOptions, act: Act): void {
  post(options, alertsOf(sim, act, 'Started'))
  options.at(sim.now() + eventTakes, () => post(options, [...alertsOf(sim, act, 'Accepted'), eventOf(sim, act, true)]))
}

function tellEnd(sim: Sim, options: PortalUserOptions, act: Act, jobs: readonly AsrJob[]): void {
  const isGood = jobs.every(({ end }) => end?.state === 'Succeeded')
  post(options, alertsOf(sim, act, isGood ? 'Succeeded' : 'Failed'))
}

function whenOver(sim: Sim, options: PortalUserOptions, jobs: readonly AsrJob[], effect: () => void): void {
  const look = () => {
    sim.agenda.settle()
    if (jobs.every(({ end }) => end)) effect()
    else options.at(sim.now() + looksEvery, look)
  }
  look()
}

function post({ post: send, kinds }: PortalUserOptions, signals: readonly Signal[]): void {
  for (const signal of signals) if (!kinds || kinds.includes(signal.kind)) send(signal)
}

const actOf = (sim: Sim, operation: string, resource: string): Act => ({
  operation,
  resource: resource.replace(/^\/Subscriptions\//, '/subscriptions/'),
  correlation: worldOf(sim).guestRandom.uuid(),
})
