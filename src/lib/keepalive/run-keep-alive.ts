/** One run of the timer: folds proofs, puts back what is left behind, starts what is due, and says what is wrong. */
import type { Instant } from '../core/time.ts'
import { rank, type Side } from '../machine/spec.ts'
import type { LeftBehind } from '../model/host-clock.ts'
import type { Inventory } from '../model/inventory.ts'
import type { DrPlan } from '../plan/schema.ts'
import type { PairRecord } from '../ports/operations.ts'
import type { World } from '../ports/world.ts'
import { type Assessment, assess, isKept, type KeptPair } from './assess.ts'
import { foldProofs } from './fold-proofs.ts'
import type { Repair } from './repairs.ts'
import { standbyHostsOf, workingHostsOf } from './standby-hosts.ts'
import { tellAlarms, tellFailure } from './tell-alarms.ts'

/** What is asked of the engine. Hosts are session host names in lower case, without the pool's. */
export type KeepAliveOrder = {
  readonly pairId: string
  readonly wakes: readonly { readonly side: Side; readonly host: string }[]
  readonly putBack: readonly {
    readonly side: Side
    readonly host: string
    readonly left: readonly LeftBehind[]
    /** Of a host that the pool has no record of any more. */
    readonly vmId?: string
  }[]
  /** The one host that is replaced. */
  readonly repair?: { readonly side: Side; readonly host: string; readonly vmId?: string }
  readonly by: string
}

export type KeepAliveAnswer =
  | { readonly kind: 'started'; readonly operationId: string }
  | { readonly kind: 'refused'; readonly code: string; readonly message: string }

export type KeepAlive = {
  readonly world: Pick<World, 'clock' | 'log' | 'pairs' | 'hosts' | 'operations' | 'pacers' | 'notifications'>
  readonly plan: DrPlan
  /** The newest one; undefined: none has been taken yet. */
  readonly inventory: () => Promise<Inventory | undefined>
  readonly start: (order: KeepAliveOrder) => Promise<KeepAliveAnswer>
}

/** May run twice at a time: whoever comes second finds the pair held. One pair's trouble is not another's. */
export async function runKeepAlive(keepAlive: KeepAlive): Promise<void> {
  const { world, plan } = keepAlive
  const kept = plan.pairs.filter(isKept)
  if (kept.length === 0) return
  const inventory = await keepAlive.inventory()
  for (const pair of kept) {
    try {
      await runPair(keepAlive, pair, inventory)
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error)
      world.log.error('keep-alive failed', { pair: pair.id, message })
      await tellFailure(world, pair.id, message)
    }
  }
}

async function runPair(keepAlive: KeepAlive, pair: KeptPair, inventory: Inventory | undefined): Promise<void> {
  const { world } = keepAlive
  const now = world.clock.now()
  const { value: state } = await world.pairs.load(pair.id)
  const clocks = await foldPair(world, pair, state, inventory)
  const operation = await wakeUpOf(world, state)
  const assessment = assess({ pair, state, inventory, clocks, now, ...(operation && { operation }) })
  await tellAlarms(world, pair.id, assessment.alarms)
  const isFree = !state.heldBy || rank[state.heldBy.kind] > rank.keepAlive
  if (isFree) await startWhatIsDue(keepAlive, pair.id, assessment, now)
}

/** Also after every inventory: a heartbeat counts whenever it is seen. */
export async function foldInventory(
  { world, plan }: Pick<KeepAlive, 'world' | 'plan'>,
  inventory: Inventory,
): Promise<void> {
  for (const pair of plan.pairs.filter(isKept)) {
    try {
      const { value: state } = await world.pairs.load(pair.id)
      await foldPair(world, pair, state, inventory)
    } catch (error) {
      world.log.error('heartbeats not kept', {
        pair: pair.id,
        message: error instanceof Error ? error.message : String(error),
      })
    }
  }
}

function foldPair(
  { hosts, clock }: KeepAlive['world'],
  pair: KeptPair,
  state: PairRecord,
  inventory: Inventory | undefined,
) {
  const seen = inventory && Object.hasOwn(inventory.pairs, pair.id) ? inventory.pairs[pair.id] : undefined
  const standby = standbyHostsOf(pair, state, seen).hosts
  const working = workingHostsOf(pair, state, seen)
  return foldProofs(hosts, { pairId: pair.id, hosts: standby, working, now: clock.now(), takenAt: inventory?.takenAt })
}

async function wakeUpOf({ operations }: KeepAlive['world'], { heldBy }: PairRecord) {
  if (heldBy?.kind !== 'keepAlive') return undefined
  const stored = await operations.load(heldBy.operationId)
  return stored && { id: heldBy.operationId, startedAt: stored.value.state.startedAt }
}

async function startWhatIsDue(
  { world, start }: KeepAlive,
  pairId: string,
  { wakePlan, putBacks, repairs }: Assessment,
  now: Instant,
): Promise<void> {
  const putBack = putBacks
    .filter(({ code }) => code === 'putsBack')
    .map(({ side, host, left, vmId }) => ({ side, host, left, ...(vmId !== undefined && { vmId }) }))
  const repair = repairs.find(({ next }) => next === 'replaces')
  const { wakes } = wakePlan
  if (wakes.length + putBack.length === 0 && !repair) return
  for (const { side, host } of putBack) await noteTry(world, pairId, side, host, now)
  const answer = await start({ pairId, wakes, putBack, ...(repair && { repair: orderOf(repair) }), by: 'timer' })
  const told = { pair: pairId, wakes: wakes.length, putBack: putBack.length, ...(repair && { repair: repair.host }) }
  if (answer.kind === 'started') world.log.info('keep-alive started', { ...told, operationId: answer.operationId })
  else world.log.warn('keep-alive refused', { ...told, code: answer.code, message: answer.message })
}

const orderOf = ({ side, host, vmId }: Repair) => ({ side, host, ...(vmId !== undefined && { vmId }) })

/** Before the try, so that one that cannot succeed does not come every few minutes. */
async function noteTry(
  { hosts }: KeepAlive['world'],
  pairId: string,
  side: Side,
  host: string,
  now: Instant,
): Promise<void> {
  const stored = await hosts.load(pairId, side, host)
  if (stored) await hosts.save({ ...stored.value, putBackTriedAt: now }, stored.etag)
}
