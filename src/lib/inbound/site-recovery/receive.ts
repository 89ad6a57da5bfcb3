/** Takes what Site Recovery tells: on record first, answered then, looked at later. */
import { isoOf } from '../../core/time.ts'
import type { Inventory } from '../../model/inventory.ts'
import type { DrPlan } from '../../plan/schema.ts'
import type { World } from '../../ports/world.ts'
import { invalid } from '../edge.ts'
import { json, PlanUnusable, type Reply } from '../problem.ts'
import { inPlan } from './in-plan.ts'
import type { Told } from './notice.ts'
import { eventOf, readNotice } from './read-notice.ts'

export type Receiving = {
  readonly world: Pick<World, 'clock' | 'events' | 'log'>
  /** Throws `PlanUnusable`. */
  readonly plan: () => DrPlan
  readonly inventory: () => Promise<Inventory | undefined>
}

/** 202 when something was stored or had been before, 200 when there was nothing to store, 400 for what cannot be read. */
export async function receive(receiving: Receiving, body: unknown): Promise<Reply> {
  const { world } = receiving
  const now = world.clock.now()
  const notice = readNotice(body, now)
  if (notice.kind === 'refused') return invalid(notice.problems)
  if (notice.kind === 'handshake') return json(200, { validationResponse: notice.validationCode })
  const told = await ofPlan(receiving, notice.told)
  const accepted = []
  for (const one of told) {
    if (one.kind !== 'event') continue
    const event = eventOf(one, now)
    const isNew = await world.events.add(event)
    accepted.push({ id: event.id, what: event.what, isNew })
    world.log.info('told by Site Recovery', { event: event.id, what: event.what, source: event.source, isNew })
  }
  const ignored = told.flatMap((one) => (one.kind === 'ignored' ? [{ what: one.what, why: one.why }] : []))
  return json(accepted.length > 0 ? 202 : 200, { receivedAt: isoOf(now), accepted, ignored })
}

/** A plan that cannot be used now may be mended before the hours are over in which an event is looked at. */
async function ofPlan({ plan, inventory }: Receiving, told: readonly Told[]): Promise<readonly Told[]> {
  if (told.every(({ kind }) => kind === 'ignored')) return told
  try {
    const [known, seen] = [plan(), await inventory()]
    return told.map((one) => (one.kind === 'event' ? inPlan(one, known, seen) : one))
  } catch (error) {
    if (error instanceof PlanUnusable) return told
    throw error
  }
}
