/** Begins one operation for waiting work of one pair, kind and side, once the pair is free for it. */
import { createHash } from 'node:crypto'
import { type Instant, type Millis, minutes } from '../core/time.ts'
import { rank } from '../machine/spec.ts'
import type { Inventory } from '../model/inventory.ts'
import { hostKey, shortName } from '../planning/situation.ts'
import type { FollowUp, Stored } from '../ports/follow-ups.ts'
import type { World } from '../ports/world.ts'
import { ended, waiting } from './decide-follow-up.ts'
import { saveAll, tellGivenUp } from './save.ts'

/** What is asked of the engine. */
export type WorkRequest = {
  readonly pairId: string
  readonly kind: 'restoreExtensions' | 'reprotect'
  readonly side: FollowUp['side']
  readonly hosts: readonly string[]
  readonly acceptOut: 'all'
}

export type WorkPreview = {
  readonly hash?: string
  readonly refusals: readonly { readonly message: string }[]
  readonly hosts: readonly {
    readonly host: string
    readonly decision: 'in' | 'out' | 'skipped'
    readonly code: string
    readonly reason: string
  }[]
}

export type Engine = {
  readonly preview: (request: WorkRequest) => Promise<WorkPreview>
  /** Of the operation that starting this hash under this key would make. */
  readonly idOf: (request: WorkRequest, hash: string, key: string) => string
  readonly start: (
    hash: string,
    key: string,
  ) => Promise<
    | { readonly kind: 'started'; readonly operationId: string }
    | { readonly kind: 'refused'; readonly code: string; readonly message: string }
  >
}

export type Work = {
  readonly pairId: string
  readonly kind: WorkRequest['kind']
  readonly side: FollowUp['side']
  readonly followUps: readonly Stored<FollowUp>[]
}

export type StartWorld = Pick<World, 'clock' | 'log' | 'followUps' | 'pairs' | 'notifications'>

/** What planning says of a host that needs nothing. */
const nothingToDo: ReadonlySet<string> = new Set(['alreadyProtected', 'nothingToRestore', 'notFailedOver'])
/** Of one that only a person can help. Everything else is waited for. */
const forPerson: ReadonlySet<string> = new Set(['extensionsUnknown', 'notReplicated'])
/** Planning reads an inventory, which changes every quarter of an hour. */
const askAgainAfter: Millis = minutes(5)

export async function startWork(world: StartWorld, engine: Engine, work: Work, inventory: Inventory): Promise<void> {
  const { pairId, kind, side } = work
  if (!(await isFree(world, work))) return
  // Planning must have seen what it is about.
  const seen = work.followUps.filter(({ value }) => value.createdAt <= inventory.takenAt)
  if (seen.length === 0) return
  const hosts = [...new Set(seen.map(({ value }) => value.host))].sort()
  const request: WorkRequest = { pairId, kind, side, hosts, acceptOut: 'all' }
  const preview = await engine.preview(request)
  const isWhole = inventory.pairs[pairId]?.gaps.length === 0
  const judged = seen.map((one) => ({ ...one, next: judge(one.value, preview, isWhole, world.clock.now()) }))
  const kept = judged.flatMap(({ value, etag, next }) =>
    next === 'begin' ? [] : [{ before: value, value: next, etag }],
  )
  await tellGivenUp(
    world,
    pairId,
    kept.flatMap(({ value }) => (value.ended && value.problem ? [value] : [])),
  )
  await saveAll(world, kept)
  const begun = judged.filter(({ next }) => next === 'begin')
  if (begun.length === 0 || preview.hash === undefined) return
  const key = keyOf(begun.map(({ value }) => value))
  const operationId = engine.idOf(request, preview.hash, key)
  // On record first: one that is cut off here is found to be missing, and begun again.
  const saved = await saveAll(
    world,
    begun.map(({ value, etag }) => ({ before: value, value: begunBy(value, operationId), etag })),
  )
  if (saved === 0) return
  const started = await engine.start(preview.hash, key)
  const told = { pair: pairId, kind, side, hosts: begun.length, operationId }
  if (started.kind === 'started') world.log.info('waiting work begun', told)
  else world.log.warn('waiting work refused', { ...told, code: started.code, message: started.message })
}

function begunBy({ problem: _, ...followUp }: FollowUp, operationId: string): FollowUp {
  return { ...followUp, operationId, tries: followUp.tries + 1 }
}

async function isFree({ pairs }: StartWorld, { pairId, kind }: Work): Promise<boolean> {
  const { heldBy } = (await pairs.load(pairId)).value
  return heldBy === undefined || rank[heldBy.kind] > rank[kind]
}

function judge(
  followUp: FollowUp,
  { hash, hosts, refusals }: WorkPreview,
  isWhole: boolean,
  now: Instant,
): FollowUp | 'begin' {
  const decision =
    hosts.find(({ host }) => hostKey(host) === hostKey(followUp.host)) ??
    hosts.find(({ host }) => shortName(host) === shortName(followUp.host))
  if (decision?.decision === 'in' && hash !== undefined) return 'begin'
  const refusal = refusals.map(({ message }) => message).join('; ')
  const problem =
    (decision?.decision === 'in' ? refusal : decision?.reason) || refusal || 'No inventory shows this host.'
  // Where something could not be read, planning goes by what was seen before.
  const code = isWhole && decision?.decision === 'skipped' ? decision.code : ''
  if (nothingToDo.has(code)) return ended(followUp, problem, now)
  const waits = waiting(followUp, now + askAgainAfter, problem)
  return forPerson.has(code) ? ended(waits, problem, now) : waits
}

/** The same work, tried for the same time, has the same key: two processes begin one operation. */
const keyOf = (followUps: readonly FollowUp[]): string =>
  `fu-${createHash('sha256')
    .update(JSON.stringify(followUps.map(({ id, tries }) => [id, tries]).sort()))
    .digest('hex')
    .slice(0, 24)}`
