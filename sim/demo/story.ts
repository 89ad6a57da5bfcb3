/** The course of the demo: who goes where, what the region does, and what is measured on the way. */
import type { DrPlan } from '../../src/lib/plan/schema.ts'
import { killRegion } from '../estate/regions.ts'
import type { Asked, Client } from './client.ts'
import type { DemoEstate } from './estate.ts'
import type { DemoOptions } from './options.ts'
import { type Desk, type Lateness, type Played, play } from './play.ts'
import type { AppProcess } from './processes.ts'
import { reachOf } from './reach.ts'
import type { DemoReport } from './report.ts'
import type { Screen } from './screen.ts'
import { compare, verdictOf } from './verdict.ts'

export type Stage = {
  readonly options: DemoOptions
  readonly screen: Screen
  readonly estate: DemoEstate
  readonly plan: DrPlan
  readonly app: AppProcess
  readonly client: Client
}

export async function playStory(stage: Stage): Promise<DemoReport> {
  const { options, estate, plan, app, client, screen } = stage
  const { sim, clock, ids } = estate
  const lateness: Lateness = { underWay: 0, late: 0 }
  const desk: Desk = { client, screen, now: clock.now, checkAlive: () => assertAlive(app), lateness }
  await client.collectInventory()
  const signedIn = usersByHost(estate)
  const begun = Date.now()
  const played = options.kind === 'failback' ? await thereAndBack(desk) : await over(desk, stage)
  const realTime = Date.now() - begun
  const unproven = unprovenHosts(played)
  const users = [...new Set(unproven.flatMap((host) => signedIn.get(host.toLowerCase()) ?? []))]
  const verdict = verdictOf(estate, plan, users)
  return {
    played,
    reach: reachOf(
      sim,
      [...ids.groups, ids.personalGroup].filter(({ id }) => hasUsers(estate, id)),
    ),
    verdict,
    comparisons: compare(played, sim.ledger.events()),
    unproven: { hosts: unproven.length, users: users.map((id) => estate.sim.estate.users.get(id)?.name ?? id) },
    lateness,
    speed: options.speed,
    realTime,
  }
}

const hasUsers = ({ sim }: DemoEstate, group: string) =>
  [...sim.estate.users.values()].some(({ groups }) => groups.includes(group))

/** Every pair of the plan at once. With the primary down nobody can prove that its sessions are gone. */
async function over(desk: Desk, { options, plan, estate, screen }: Stage): Promise<readonly Played[]> {
  const { primaryIsDown } = options
  if (primaryIsDown) {
    killRegion(estate.sim, estate.ids.primaryLocation)
    screen.say(
      `The region ${estate.ids.primaryLocation} is lost: its compute, storage, network and key vault answer no call.`,
    )
  }
  const requests = plan.pairs.map(
    ({ id, strategy }): Asked => ({
      pairId: id,
      kind: 'failover',
      primaryIsDown,
      grantWithoutSignOutProof: primaryIsDown && strategy === 'pooledStandby',
    }),
  )
  return play(desk, requests)
}

/** Over without grace, so that the way back is what takes the time. */
async function thereAndBack(desk: Desk): Promise<readonly Played[]> {
  const pairId = 'pooled-uk'
  const there = await play(desk, [{ pairId, kind: 'failover', grace: '0 s' }])
  desk.screen.say('\nThe primary is well again. The way back opens its hosts once the access revoked there has ended.')
  await desk.client.collectInventory()
  const back = await play(desk, [{ pairId, kind: 'failback' }])
  return [...there, ...back]
}

function assertAlive(app: AppProcess): void {
  const end = app.ended()
  if (end !== undefined) throw new Error(end)
}

/** Ids of users by the host they are signed in to, in lower case. */
const usersByHost = ({ sim }: DemoEstate): ReadonlyMap<string, readonly string[]> =>
  new Map(
    [...sim.estate.sessionHosts.values()].map(({ name, sessions }) => [
      name.toLowerCase(),
      [...sessions.values()].map(({ user }) => user),
    ]),
  )

/** As the product's report names them. */
const unprovenHosts = (played: readonly Played[]): readonly string[] =>
  played.flatMap(({ report }) =>
    report.troubles
      .filter(({ stage, passedOver }) => stage === 'leave' && passedOver.includes('signOutUsers'))
      .map(({ subject }) => subject),
  )
