/** Many groups with access to many application groups, moved to the other side: by the product, and by a loop. */
import { fleetIds } from '../sim/fleets/fleet-ids.ts'
import { createCustomFleet } from '../sim/fleets/fleets.ts'
import { planTextFor } from '../sim/fleets/plan-text.ts'
import { createOperator } from '../sim/virtual/operator.ts'
import { createStory, type Story } from '../sim/virtual/story.ts'
import type { Answer } from '../src/lib/core/fault.ts'
import { hours, type Instant, type Millis, seconds } from '../src/lib/core/time.ts'
import type { Fence } from '../src/lib/ports/gateways.ts'

export type MovesSettings = {
  readonly seed: number
  readonly applicationGroups: number
  readonly groups: number
  readonly processes?: number
  /** Sends whatever it likes. */
  readonly isWithoutBudget?: boolean
  /** Azure's buckets, as a part of the documented ones. */
  readonly scale?: number
}

/** Lengths in milliseconds, counted from the opening of the stage to the last accepted request. */
export type Moves = {
  readonly moves: number
  readonly revoking: Millis
  readonly granting: Millis
  /** From the first to the last, with all that lies between. */
  readonly whole: Millis
  readonly reads: number
  readonly throttled: number
  readonly cpuSeconds: number
}

/** Four hosts a side and nobody signed in: access is all there is to move. */
const plain = { pooledHosts: 4, users: 200, accessToAll: true, openSessions: false } as const

export async function movesByProduct({ processes = 1, ...shape }: MovesSettings): Promise<Moves> {
  const cpu = process.threadCpuUsage()
  const { story, operator } = createWorld(shape, processes)
  await operator.collect()
  const id = await operator.begin({ pairId: 'pooled-uk' })
  const from = story.region.clock.now()
  const isOver = await operator.untilOver([id], hours(2))
  const { state } = await operator.operation(id)
  story.stop()
  const { violations } = operator.verdict()
  if (!isOver || state.outcome !== 'succeeded' || violations.length > 0)
    throw new Error(`${id} is ${state.status} ${state.outcome ?? ''}: ${JSON.stringify(violations.slice(0, 3))}`)
  const openedAt = (stage: 'revoke' | 'grant') => state.stages[stage]?.openedAt ?? 0
  return {
    ...movesIn(story, openedAt('revoke'), openedAt('grant')),
    ...requestsIn(story, from),
    cpuSeconds: cpuSince(cpu),
  }
}

/** One request after the other, each until it is accepted, waiting as long as Azure asks; nothing is looked at and nothing proven. */
export async function movesByLoop(shape: MovesSettings): Promise<Moves> {
  const cpu = process.threadCpuUsage()
  const { story, operator } = createWorld(shape, 0)
  const { clock } = story.region
  await operator.collect()
  const { hash } = await operator.preview({ pairId: 'pooled-uk' })
  const { spec } = await operator.ask(story.desk.specOf(hash ?? ''))
  const { gateways, clock: own } = story.desk.world
  const moves = (spec.stages.find(({ name }) => name === 'grant')?.tasks ?? []).filter(
    (task) => task.kind === 'assignment',
  )
  const insist = async (send: (fence: Fence) => Promise<Answer<unknown>>) => {
    for (;;) {
      const answer = await send({ notAfter: own.monotonic() + seconds(10) })
      if (answer.kind === 'ok') return
      await clock.sleep(answer.fault.retryAfter ?? seconds(1))
    }
  }
  const from = clock.now()
  const loop = async () => {
    for (const { revoke } of moves) if (revoke) await insist((fence) => gateways.access.revoke(revoke.id, fence))
    const grantsFrom = clock.now()
    for (const { grant } of moves) await insist((fence) => gateways.access.grant(grant, fence))
    return grantsFrom
  }
  const grantsFrom = await operator.ask(loop())
  story.stop()
  return { ...movesIn(story, from, grantsFrom), ...requestsIn(story, from), cpuSeconds: cpuSince(cpu) }
}

function createWorld({ seed, isWithoutBudget = false, scale = 1, ...shape }: MovesSettings, processes: number) {
  const fleet = { ...plain, ...shape }
  const ids = fleetIds(fleet)
  const planText = planTextFor(ids, { grace: '1 min' })
  const story = createStory({
    seed,
    processes,
    fill: createCustomFleet(fleet),
    planText,
    isWithoutBudget,
    throttling: { scale },
  })
  return { story, operator: createOperator(story, ids) }
}

function movesIn({ region }: Story, revokesFrom: Instant, grantsFrom: Instant) {
  region.sim.agenda.settle()
  const at = (kind: 'revoked' | 'granted', from: Instant) =>
    region.sim.ledger.events().flatMap((event) => (event.kind === kind && event.at >= from ? [event.at] : []))
  const [revoked, granted] = [at('revoked', revokesFrom), at('granted', grantsFrom)]
  if (revoked.length !== granted.length) throw new Error(`${revoked.length} revoked, ${granted.length} granted`)
  const last = (moments: readonly Instant[]) => moments.reduce((latest, each) => Math.max(latest, each), 0)
  return {
    moves: granted.length,
    revoking: last(revoked) - revokesFrom,
    granting: last(granted) - grantsFrom,
    whole: last(granted) - revokesFrom,
  }
}

function requestsIn({ region }: Story, from: Instant) {
  const calls = region.sim.ledger.calls().filter(({ at }) => at >= from)
  return {
    reads: calls.filter(({ method }) => method === 'GET').length,
    throttled: calls.filter(({ status }) => status === 429).length,
  }
}

function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.threadCpuUsage(before)
  return (user + system) / 1e6
}
