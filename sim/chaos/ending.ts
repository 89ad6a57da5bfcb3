/** What is checked, and remembered, each time an operation is over. */
import { idKey } from '../../src/lib/core/arm-id.ts'
import type { Report } from '../../src/lib/execution/report.ts'
import type { OperationRecord } from '../../src/lib/ports/operations.ts'
import type { LedgerEvent } from '../arm/ledger-types.ts'
import { isAlive } from '../estate/regions.ts'
import type { FleetIds, SideIds } from '../fleets/fleet-ids.ts'
import { checkEnd } from './check-end.ts'
import type { Course, Playing } from './course.ts'
import { isOurs, judgePlayed } from './model/model.ts'
import { pictureOf } from './model/picture.ts'
import { hasMoved, lastPart, type Played, sidesOf } from './model/played.ts'

export async function ended(course: Course, playing: Playing, record: OperationRecord): Promise<readonly string[]> {
  const { world, atFirst } = course
  const { story, operator, ids, fleet } = world
  const { sim } = story.region
  const after = pictureOf(sim)
  const text = await operator.ask(story.desk.world.reports.get(`${playing.id}.json`))
  const outcome = record.state.outcome ?? 'running'
  if (text === undefined) return [`${playing.id}: over, and no report of it`]
  const report = JSON.parse(text) as Report
  const played: Played = {
    ids,
    request: playing.request,
    atFirst,
    before: playing.before,
    after,
    events: sim.ledger.events().slice(playing.before.events, after.events),
    outcome,
    report,
    isPrimaryLost: !isAlive(sim, ids.primaryLocation),
    toldBefore: new Set(playing.told),
    ...playing.left,
  }
  for (const { host } of report.lockedProfiles?.hosts ?? []) playing.told.add(host.toLowerCase())
  if (course.open.length === 0) course.restsSince = after.events
  const broken = [
    ...(playing.isAlone ? judgePlayed(played) : []),
    ...(await checkEnd(story, operator, [playing.id], fleet, playing.isAlone)),
  ]
  if (outcome !== 'refused' && outcome !== 'takenOver') remember(course, played)
  return [...broken, ...(await whereUsersAre(course, played))]
}

/** What later operations have to put back. */
function remember(course: Course, played: Played): void {
  if (!hasMoved(played) || played.request.pairId.startsWith('personal')) return
  const { old, entered } = sidesOf(played)
  const { ids, events, request } = played
  const there = new Set(ids.pooled.secondary.vms.map(idKey))
  const started = events.flatMap((event) =>
    event.kind === 'startAccepted' && event.by === undefined && there.has(event.vm) ? [lastPart(event.vm)] : [],
  )
  course.startedThere = new Set(request.kind === 'failover' ? started : [])
  for (const setting of ['scaling', 'startOnConnect'] as const) {
    const [was, is] = [played.before, played.after].map((picture) => picture[setting].get(idKey(old.hostPool)))
    if (was === true && is === false) course.switchedOff.add(`${setting} ${idKey(old.hostPool)}`)
    if (played.after[setting].get(idKey(entered.hostPool)) === true)
      course.switchedOff.delete(`${setting} ${idKey(entered.hostPool)}`)
  }
}

/** The product's idea of where a pair's users work, against where their access is. */
async function whereUsersAre({ world, pairId, open }: Course, { after, ids }: Played): Promise<readonly string[]> {
  if (pairId.startsWith('personal') || open.length > 0) return []
  const { value } = await world.operator.ask(world.story.desk.world.pairs.load(pairId))
  const has = ({ applicationGroups }: SideIds) => {
    const scopes = new Set(applicationGroups.map(idKey))
    return after.assignments.some(({ scope }) => scopes.has(scope))
  }
  const { primary, secondary } = ids.pooled
  if (has(primary) === has(secondary)) return []
  const truth = has(primary) ? 'primary' : 'secondary'
  return value.activeSide === truth
    ? []
    : [`${pairId}: users are on the ${truth} side, the product says ${value.activeSide}`]
}

/** Writes of ours that concern the pair after everything was over. */
export function afterTheEnd({ world, pairId, restsSince }: Course): readonly string[] {
  if (restsSince === undefined) return []
  const { sim } = world.story.region
  const late = sim.ledger
    .events()
    .slice(restsSince)
    .filter((event) => isOurs(event) && pairOf(event, world.ids) === pairId)
  return late.map(
    (event) => `${pairId}: ${event.kind} at ${new Date(event.at).toISOString()}, after everything was over`,
  )
}

function pairOf(event: LedgerEvent, { personal, mark }: FleetIds): string {
  const about = 'vm' in event ? event.vm : 'pool' in event ? event.pool : 'scope' in event ? event.scope : ''
  const isPersonal = about === idKey(personal.hostPool) || personal.vms.some((vm) => lastPart(vm) === lastPart(about))
  return `${isPersonal ? 'personal' : 'pooled'}-${mark}uk`
}
