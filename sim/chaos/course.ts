/** What one pair goes through in a night: one operation after the other, orders and answers in between. */
import { idKey } from '../../src/lib/core/arm-id.ts'
import { minutes } from '../../src/lib/core/time.ts'
import { startOperation } from '../../src/lib/execution/start.ts'
import type { OperationRequest } from '../../src/lib/plan/request.ts'
import type { OperationRecord } from '../../src/lib/ports/operations.ts'
import type { Random } from '../arm/types.ts'
import { isAlive } from '../estate/regions.ts'
import { ended } from './ending.ts'
import { type Picture, pictureOf } from './model/picture.ts'
import { plainRequest, randomWish, type Wish } from './requests.ts'
import type { ChaosWorld } from './world.ts'

export type Playing = {
  readonly id: string
  readonly request: OperationRequest
  readonly before: Picture
  /** Nothing else was open on its pair meanwhile: what it came to can be told from the estate. */
  isAlone: boolean
  /** What earlier operations had left behind when it began; another try of it has the same to put back. */
  readonly left: Pick<Course, 'startedThere'> & { readonly switchedOff: ReadonlySet<string> }
  /** Hosts whose users may have met a locked profile, by any report of it: another try may have signed them out since. */
  readonly told: Set<string>
  orders: number
  /** How often in a row the same question was put. */
  asked: { readonly code: string; times: number }
}

export type Course = {
  readonly pairId: string
  readonly world: ChaosWorld
  readonly random: Random
  readonly atFirst: Picture
  readonly givesOrders: boolean
  actsLeft: number
  open: Playing[]
  last: Playing | undefined
  /** Operations begun, oldest first. */
  readonly ids: string[]
  /** Answers of the product that were a no, with the reason. */
  readonly refusals: string[]
  readonly broken: string[]
  startedThere: ReadonlySet<string>
  readonly switchedOff: Set<string>
  /** The ledger's length when everything was over; nothing of ours may follow. */
  restsSince: number | undefined
}

export const isDone = ({ open, actsLeft }: Course): boolean => open.length === 0 && actsLeft === 0

/** `isPlain`: the first act is a failover of everything. */
export async function firstTurn(course: Course, acts: number, isPlain: boolean): Promise<void> {
  course.actsLeft = acts - 1
  await begin(course, isPlain ? { request: plainRequest(course.pairId) } : wish(course))
}

/** Somebody looks in: answers, orders, takes note of ends, and begins what comes next. */
export async function turn(course: Course): Promise<void> {
  for (const playing of [...course.open]) await attend(course, playing)
  const { open, actsLeft, random } = course
  if (open.length === 1 && actsLeft > 0 && random.chance(0.04)) await begin(course, wish(course))
  if (open.length > 0) return
  if (await triesAgain(course)) return
  if (course.actsLeft === 0) return
  course.actsLeft--
  await begin(course, wish(course))
}

function wish({ world, pairId, random }: Course): Wish {
  const { ids, story } = world
  const { sim } = story.region
  const now = pictureOf(sim)
  const there = new Set(ids.pooled.secondary.applicationGroups.map(idKey))
  const isThere = now.assignments.some(({ scope }) => there.has(scope))
  return randomWish({ pairId, ids, isThere, isPrimaryLost: !isAlive(sim, ids.primaryLocation) }, random)
}

/** A preview and, if nothing speaks against it, a start some time later. A no with a reason is an answer. */
async function begin(course: Course, { request, startsAfter }: Wish): Promise<void> {
  const { world, random, refusals } = course
  const { operator, story } = world
  await operator.collect()
  const { hash, refusals: reasons } = await operator.preview(request)
  if (!hash) {
    if (reasons.length === 0) course.broken.push(`${request.pairId}: planning neither agrees nor says why not`)
    refusals.push(reasons.map(({ code }) => code).join(', '))
    course.broken.push(
      ...wronglyRefused(
        course,
        request,
        reasons.map(({ code }) => code),
      ),
    )
    return
  }
  if (course.ids.length > 0 && random.chance(0.3)) await operator.pass(random.between(0, minutes(2)))
  const before = pictureOf(story.region.sim)
  const startAt = startsAfter === undefined ? undefined : story.region.clock.now() + startsAfter
  const started = await operator.ask(
    startOperation(story.desk, { hash, by: 'operator', ...(startAt !== undefined && { startAt }) }),
  )
  if (started.kind === 'refused') {
    refusals.push(started.code)
    return
  }
  course.ids.push(started.operationId)
  course.restsSince = undefined
  const isAlone = course.open.length === 0
  for (const other of course.open) other.isAlone = false
  const left = { startedThere: course.startedThere, switchedOff: new Set(course.switchedOff) }
  const fresh = { told: new Set<string>(), orders: 0, asked: { code: '', times: 0 } }
  course.open.push({ id: started.operationId, request, before, isAlone, left, ...fresh })
}

/** Desktops that are still at home may be moved, whoever has gone before. */
function wronglyRefused({ world, pairId }: Course, { kind }: OperationRequest, codes: readonly string[]): string[] {
  if (!pairId.startsWith('personal') || kind !== 'failover' || !codes.includes('wrongDirection')) return []
  const { items } = pictureOf(world.story.region.sim)
  const isLeft = [...items.values()].some(({ state }) => state === 'Protected')
  return isLeft ? [`${pairId}: desktops are still at home, and planning says that users are on the other side`] : []
}

async function attend(course: Course, playing: Playing): Promise<void> {
  const { world, random } = course
  const record = await world.operator.operation(playing.id)
  if (record.state.status === 'over') return over(course, playing, record)
  if (record.state.question) return answer(course, playing, record)
  if (!course.givesOrders || playing.orders >= 3 || !random.chance(0.3)) return
  playing.orders++
  await order(course, playing)
}

async function order({ world, random, refusals }: Course, { id }: Playing): Promise<void> {
  const kind = random.pick(['pause', 'pause', 'abort', 'retryFailed'] as const)
  const controlled = await world.operator.control(id, { kind })
  if (controlled.kind === 'refused') refusals.push(`${kind}: ${controlled.message}`)
  if (kind !== 'pause') return
  await world.operator.pass(random.between(0, minutes(20)))
  await world.operator.control(id, { kind: 'resume' })
}

/** `accept` hands people over to somebody who helps them by hand: after some tries, and where nobody is cut off by it. */
async function answer({ world, random }: Course, playing: Playing, { state }: OperationRecord): Promise<void> {
  const { question } = state
  if (!question) return
  const times = question.code === playing.asked.code ? playing.asked.times + 1 : 1
  playing.asked = { code: question.code, times }
  const isGivenUp = times > 3 && question.code === 'takingBackFailed'
  const replies = isGivenUp ? (['accept'] as const) : question.replies.filter((reply) => reply !== 'accept')
  await world.operator.control(playing.id, { kind: 'reply', reply: random.pick(replies) })
}

async function over(course: Course, playing: Playing, record: OperationRecord): Promise<void> {
  const { story } = course.world
  if ((await course.world.operator.ask(story.desk.world.active.list())).includes(playing.id)) return
  course.open = course.open.filter(({ id }) => id !== playing.id)
  course.last = playing
  course.broken.push(...(await ended(course, playing, record)))
}

/** What failed may be tried again, as long as nothing else touched the pair. */
async function triesAgain(course: Course): Promise<boolean> {
  const { last, random, world } = course
  if (!last || !course.givesOrders || !random.chance(0.3)) return false
  const controlled = await world.operator.control(last.id, { kind: 'retryFailed' })
  if (controlled.kind !== 'done') {
    course.refusals.push(`retryFailed: ${controlled.kind === 'refused' ? controlled.message : 'unknown'}`)
    return false
  }
  course.open = [last]
  course.restsSince = undefined
  return true
}
