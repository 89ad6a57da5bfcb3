/** What the plan wants put right as soon as it is found, begun after an evaluation. Whoever works on the pair goes first. */
import { hours, type Instant, type Millis, minutes } from '../core/time.ts'
import type { Fix } from '../model/fix.ts'
import { type OperationRequest, operationRequestSchema } from '../plan/request.ts'
import type { RuleId } from '../plan/rule-ids.ts'
import type { DrPlan } from '../plan/schema.ts'
import type { FindingRecord } from '../ports/findings.ts'
import type { Json, Table } from '../ports/storage.ts'
import type { Engine } from './engine.ts'
import { type HashedPreview, previewOperation } from './preview.ts'
import { startOperation } from './start.ts'

/** Who starts it. */
export const byDrift = 'drift'

export type AlignOrder = {
  readonly pairId: string
  /** Open ones that nobody waives. */
  readonly findings: readonly { readonly fingerprint: string; readonly rule: RuleId; readonly fix?: Fix }[]
  /** Of the inventory they were found in. */
  readonly takenAt: Instant
}

export type Aligning =
  | { readonly kind: 'started'; readonly operationId: string; readonly findings: readonly string[] }
  | { readonly kind: 'nothing' /** Missing: nothing is to be put right by itself. */; readonly reason?: string }

/** What was seen two inventories ago may have been put right by a person since. */
const oldest: Millis = minutes(30)
/** The same finding is tried this often: whoever sets something back again and again is not besieged. */
const again: Millis = hours(1)
/** A pair has one row: more findings than that are tried an hour later. */
const most = 200
const partition = 'align'

/** What an evaluation came to; its findings as they are on record. */
type Evaluated = {
  readonly pair: { readonly id: string }
  readonly context: { readonly takenAt: Instant }
  readonly findings: readonly FindingRecord[]
}

/** Never rejects. One pair's trouble is not another's. */
export async function startAligns(engine: Engine, evaluations: Iterable<Evaluated>): Promise<void> {
  const { log } = engine.world
  for (const { pair, context, findings } of evaluations) {
    // One that could not be checked again may be gone by now.
    const open = findings.filter(({ status, unchecked }) => status === 'open' && !unchecked)
    try {
      const answer = await startAlign(engine, { pairId: pair.id, findings: open, takenAt: context.takenAt })
      if (answer.kind === 'nothing' && answer.reason !== undefined)
        log.info('drift is not put right', { pair: pair.id, reason: answer.reason })
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      log.error('drift could not be put right', { pair: pair.id, message })
    }
  }
}

/** May run twice at a time: whoever comes second has lost the row of the pair. */
export async function startAlign(engine: Engine, { pairId, findings, takenAt }: AlignOrder): Promise<Aligning> {
  const { world, plan } = engine
  const now = world.clock.now()
  const wanted = findings.filter(({ rule, fix }) => fix !== undefined && isAuto(plan, rule))
  if (wanted.length === 0) return { kind: 'nothing' }
  if (now - takenAt > oldest) return nothing('the inventory is too old')
  const { value: pair } = await world.pairs.load(pairId)
  if (pair.heldBy) return nothing(`the pair is held by ${pair.heldBy.operationId}`)
  const stored = await world.pacers.get(partition, pairId)
  const tried = Object.entries(triedIn(stored?.value)).filter(([, at]) => now - at < again)
  const isRested = (finding: string) => !tried.some(([name]) => name === finding)
  const names = wanted.map(({ fingerprint }) => fingerprint).filter(isRested)
  if (names.length === 0) return nothing('all of it was tried within the hour')
  const planned = await planWhatCan(engine, pairId, names.slice(0, most))
  if (planned.preview.hash === undefined)
    return nothing(planned.preview.refusals.map(({ message }) => message).join(' '))
  const row = { ...Object.fromEntries(tried), ...Object.fromEntries(planned.findings.map((name) => [name, now])) }
  if (!(await remember(world.pacers, pairId, row, stored?.etag))) return nothing('somebody else has begun it')
  const started = await startOperation(engine, { hash: planned.preview.hash, by: byDrift })
  if (started.kind === 'refused') return nothing(started.message)
  world.log.info('drift is put right', {
    pair: pairId,
    operationId: started.operationId,
    findings: planned.findings.length,
  })
  return { kind: 'started', operationId: started.operationId, findings: planned.findings }
}

const isAuto = ({ drift }: DrPlan, rule: RuleId): boolean => drift.fix[rule] === 'auto'

type Planned = { readonly preview: HashedPreview; readonly findings: readonly string[] }

/** A request is refused as a whole; those that cannot be put right must not keep the others back. */
async function planWhatCan(engine: Engine, pairId: string, findings: readonly string[]): Promise<Planned> {
  const preview = await previewOperation(engine, requestOf(pairId, findings))
  const cannot = preview.refusals.flatMap(({ subjects }) => subjects)
  const left = findings.filter((name) => !cannot.some((subject) => subject === name || subject.startsWith(`${name}: `)))
  const isWorthAnother = preview.hash === undefined && left.length > 0 && left.length < findings.length
  return isWorthAnother ? planWhatCan(engine, pairId, left) : { preview, findings }
}

const requestOf = (pairId: string, findings: readonly string[]): OperationRequest =>
  operationRequestSchema.parse({ pairId, kind: 'align', findings })

type Tried = Readonly<Record<string, Instant>>

/** Before the start, so that one that is cut off, or in vain, does not come every few minutes. */
async function remember(pacers: Table, pairId: string, tried: Tried, etag: string | undefined): Promise<boolean> {
  const row = { pk: partition, rk: pairId, value: { tried } }
  return (etag === undefined ? await pacers.insert(row) : await pacers.replace(row, etag)) !== undefined
}

/** Written by this file alone; what cannot be read is as if nothing had been tried. */
function triedIn(value: { readonly [key: string]: Json } | undefined): Tried {
  const { tried } = (value ?? {}) as { readonly tried?: Readonly<Record<string, unknown>> }
  return Object.fromEntries(
    Object.entries(tried ?? {}).flatMap(([name, at]) => (typeof at === 'number' ? [[name, at] as const] : [])),
  )
}

const nothing = (reason: string): Aligning => ({ kind: 'nothing', reason })
