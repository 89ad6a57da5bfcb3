/** Starting a wake-up of standby hosts. Which hosts, and when, was decided before; here it is made an operation. */

import { newOperation } from '../machine/operation-state.ts'
import { rank, type Side } from '../machine/spec.ts'
import { contentOf } from '../planning/content.ts'
import { type HostToPutBack, type HostToRepair, planKeepAlive } from '../planning/keep-alive.ts'
import type { OperationRecord } from '../ports/operations.ts'
import type { Engine } from './engine.ts'
import { readInventory } from './preview.ts'
import { hashOf, specName } from './spec-cache.ts'
import { launch } from './start.ts'

export type KeepAliveStart = {
  readonly pairId: string
  readonly wakes: readonly { readonly side: Side; readonly host: string }[]
  /** Hosts an earlier wake-up has left on, drained or tagged, and the steps that are left. They are not woken. */
  readonly putBack: readonly HostToPutBack[]
  /** The one host that is replaced. */
  readonly repair?: HostToRepair
  readonly by: string
}

export type KeepAliveStarted =
  | {
      readonly kind: 'started'
      readonly operationId: string
      /** Only hosts of one side are taken at a time: what is to be put back first. */
      readonly side: Side
      readonly out: readonly { readonly host: string; readonly code: string; readonly reason: string }[]
    }
  | {
      readonly kind: 'refused'
      readonly code: 'unknownPair' | 'off' | 'notInInventory' | 'pairHeld' | 'activeSide' | 'nothingToDo'
      readonly message: string
    }

export async function startKeepAlive(engine: Engine, start: KeepAliveStart): Promise<KeepAliveStarted> {
  const { world, plan } = engine
  const { pairId, by } = start
  const pair = plan.pairs.find(({ id }) => id === pairId)
  if (!pair) return refused('unknownPair', 'The plan has no such pair')
  if (!pair.keepAlive) return refused('off', 'The plan keeps no hosts of this pair alive')
  if (start.repair && pair.keepAlive.repair !== 'replace')
    return refused('off', 'The plan replaces no hosts of this pair')
  const side = start.putBack[0]?.side ?? start.wakes[0]?.side ?? start.repair?.side
  if (!side) return refused('nothingToDo', 'No host was named')
  const [inventory, { value: held }] = await Promise.all([readInventory(world.inventory), world.pairs.load(pairId)])
  const seen = Object.hasOwn(inventory.pairs, pairId) ? inventory.pairs[pairId] : undefined
  if (!seen) return refused('notInInventory', 'The inventory has not seen this pair yet')
  if (held.heldBy && rank[held.heldBy.kind] <= rank.keepAlive)
    return refused('pairHeld', `The pair is held by ${held.heldBy.operationId}`)
  if (held.activeSide === side) return refused('activeSide', `Users work on the ${side} side`)
  const { stayOn, maxOnTime, patches, repair: policy, template } = pair.keepAlive
  const limits = { stayOn, maxOnTime, patches, ...(policy === 'replace' && template !== undefined && { template }) }
  const ofSide = <T extends { readonly side: Side }>(hosts: readonly T[]) => hosts.filter((host) => host.side === side)
  const repair = ofSide(start.repair ? [start.repair] : [])
  const request = { side, wakes: ofSide(start.wakes), putBack: ofSide(start.putBack), repair }
  const spec = planKeepAlive({ plan, pair, seen }, limits, request)
  if (spec.stages.every(({ tasks }) => tasks.length === 0))
    return refused('nothingToDo', spec.out.map(({ host, reason }) => `${host}: ${reason}`).join('; '))
  const content = contentOf(spec)
  const specHash = hashOf(content)
  const now = world.clock.now()
  const record: OperationRecord = {
    id: `keepAlive-${pairId}-${now.toString(36)}-${world.newId().slice(0, 8)}`,
    kind: 'keepAlive',
    pairId,
    specHash,
    state: newOperation(spec, now),
    tick: 0,
    dueAt: now,
    listedAt: 0,
    requestedBy: by,
    createdAt: now,
    timeline: [{ at: now, text: `started by ${by}` }],
  }
  await world.specs.put(specName(specHash), content)
  await world.operations.create(record, { at: now, act: 'start', by, specHash })
  await launch(engine, record)
  world.log.info('operation started', { operationId: record.id, pair: pairId, by })
  return { kind: 'started', operationId: record.id, side, out: spec.out }
}

const refused = (code: Extract<KeepAliveStarted, { kind: 'refused' }>['code'], message: string): KeepAliveStarted => ({
  kind: 'refused',
  code,
  message,
})
