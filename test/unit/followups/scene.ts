/** A vault as a test says it is, and the runner over storage in memory. */
import { silentLog } from '../../../sim/virtual/app.ts'
import { hours, type Instant, type Millis } from '../../../src/lib/core/time.ts'
import { runFollowUps } from '../../../src/lib/followups/run-follow-ups.ts'
import type { WorkPreview, WorkRequest } from '../../../src/lib/followups/start-work.ts'
import { newOperation } from '../../../src/lib/machine/operation-state.ts'
import type { OperationKind, StageName } from '../../../src/lib/machine/spec.ts'
import type { Outcome } from '../../../src/lib/machine/task-state.ts'
import type { ReplicatedItem, ReplicationJob } from '../../../src/lib/model/azure.ts'
import type { DrPlan } from '../../../src/lib/plan/schema.ts'
import type { FollowUp, SiteRecoveryEvent } from '../../../src/lib/ports/follow-ups.ts'
import type { OperationRecord } from '../../../src/lib/ports/operations.ts'
import type { World } from '../../../src/lib/ports/world.ts'
import { openEngine } from '../../support/engine-world.ts'
import { inventoryOf, itemOf, personalSeen, planOf, subscription, vmIdOf } from '../../support/plans.ts'
import { spec as someSpec } from '../../support/step-things.ts'

export const start: Instant = 1_900_000_000_000
export const vaultId =
  `/subscriptions/${subscription}/resourceGroups/rg-v/providers/Microsoft.RecoveryServices/vaults/vault`.toLowerCase()
const pathOf = (fabric: string, name: string) =>
  `${vaultId}/replicationfabrics/${fabric}/replicationprotectioncontainers/c/replicationprotecteditems/item-${name}`
export const itemId = (name: string) => pathOf('uks', name)

export const item = (name: string, traits: Partial<ReplicatedItem> = {}) =>
  itemOf(name, { id: itemId(name), ...traits })

/** Failed over to the secondary, not committed. */
export const moved = (name: string, failedOverAt = start - hours(1), traits: Partial<ReplicatedItem> = {}) =>
  item(name, {
    protectionState: 'UnplannedFailoverCommitPendingStatesBegin',
    activeLocation: 'Recovery',
    targetVmId: vmIdOf('rg-pw', name),
    failedOverAt,
    ...traits,
  })

export const committed = (name: string, failedOverAt?: Instant) =>
  moved(name, failedOverAt, { protectionState: 'UnplannedFailoverCommitted' })

/** Protected again from the secondary: another item of the same name, under the other fabric. */
export const reprotected = (name: string, traits: Partial<ReplicatedItem> = {}) =>
  itemOf(name, {
    id: pathOf('ukw', name),
    sourceVmId: vmIdOf('rg-pw', name),
    targetResourceGroupId: `/subscriptions/${subscription}/resourceGroups/rg-p`,
    targetLocation: 'UK South',
    ...traits,
  })

export const job = (name: string, traits: Partial<ReplicationJob> = {}): ReplicationJob => ({
  name: `job-${name}`,
  scenario: 'UnplannedFailover',
  state: 'running',
  target: name,
  items: [`item-${name}`],
  startedAt: start,
  ...traits,
})

export const event = (parts: Partial<SiteRecoveryEvent> = {}): SiteRecoveryEvent => ({
  id: 'event-1',
  source: 'activityLog',
  receivedAt: start,
  vaultId,
  itemIds: [itemId('pc-1')],
  vms: [],
  what: 'unplannedFailover Accepted',
  awaits: 'failover',
  settled: [],
  ...parts,
})

export const followUp = (parts: Partial<FollowUp> = {}): FollowUp => ({
  pairId: 'personal',
  id: `restoreExtensions-${parts.host ?? 'pc-1'}-1`,
  kind: 'restoreExtensions',
  host: 'pc-1',
  side: 'secondary',
  reason: 'Failed over by somebody else.',
  createdAt: start,
  notBefore: start,
  tries: 0,
  ...parts,
})

export type Vault = {
  items: readonly ReplicatedItem[]
  jobs: readonly ReplicationJob[]
  isAway: boolean
  /** The listings are not newer than this. */
  listedAt?: Instant
}

export type Scene = {
  readonly world: World
  readonly vault: Vault
  /** The runner, once; `length` later. */
  readonly run: (length?: Millis) => Promise<void>
  readonly pass: (length: Millis) => void
  readonly now: () => Instant
  readonly started: { readonly request: WorkRequest; readonly operationId: string }[]
  readonly openWork: () => Promise<readonly FollowUp[]>
  readonly work: () => Promise<readonly FollowUp[]>
  readonly openEvents: () => Promise<readonly SiteRecoveryEvent[]>
  readonly told: () => readonly Record<string, unknown>[]
  readonly inventories: () => number
  /** Puts an operation of ours on record. */
  readonly operate: (given: Operated) => Promise<string>
  /** What planning says of a host; without it all are in. */
  readonly planned: Map<string, WorkPreview['hosts'][number]>
  /** Why planning refuses all. */
  readonly refusals: string[]
  readonly gaps: { what: string; reason: string }[]
  /** No inventory is newer than this. */
  readonly stand: (takenAt: Instant | undefined) => void
}

export type Operated = {
  readonly id?: string
  readonly kind: OperationKind
  readonly tasks?: Readonly<Record<string, Outcome | 'open' | 'halfWay'>>
  readonly startedAt?: Instant
  readonly endedAt?: Instant
  readonly outcome?: NonNullable<OperationRecord['state']['outcome']>
}

const stageOf: Readonly<Partial<Record<OperationKind, StageName>>> = {
  failover: 'desktops',
  failback: 'desktops',
  changeRecoveryPoint: 'repoint',
  restoreExtensions: 'extensions',
  reprotect: 'protect',
}

export function openScene(plan: DrPlan = planOf(), plant: (world: World) => World = (world) => world): Scene {
  let now = start
  let taken = 0
  const vault: Vault = { items: [item('pc-1'), item('pc-2'), item('pc-3')], jobs: [], isAway: false }
  const engineWorld = openEngine((world) => plant(withVault(world, vault)), start)
  const { world } = engineWorld
  const started: Scene['started'] = []
  const planned: Scene['planned'] = new Map()
  const refusals: string[] = []
  const gaps: Scene['gaps'] = []
  const pass = (length: Millis) => {
    now += length
    engineWorld.pass(length)
  }
  const inventory = () => ({ ...inventoryOf({ personal: { ...personalSeen, gaps } }), takenAt: lastTaken })
  let lastTaken = start - 60_000
  let standing: Instant | undefined
  const requests = new Map<string, WorkRequest>()
  const scene: Scene = {
    world,
    vault,
    started,
    planned,
    refusals,
    gaps,
    stand: (takenAt) => {
      standing = takenAt
    },
    pass,
    now: () => now,
    inventories: () => taken,
    async run(length = 60_000) {
      pass(length)
      await runFollowUps({
        world,
        plan,
        inventory: async () => inventory(),
        takeInventory: async () => {
          taken++
          lastTaken = standing ?? now
          return inventory()
        },
        engine: {
          preview: async (request) => {
            const hash = `hash-${request.kind}-${request.side}-${request.hosts.join('-')}`
            requests.set(hash, request)
            const hosts = request.hosts.map(
              (host) => planned.get(host) ?? { host, decision: 'in' as const, code: 'restores', reason: 'In.' },
            )
            const isRefused = refusals.length > 0 || hosts.every(({ decision }) => decision !== 'in')
            return { ...(!isRefused && { hash }), hosts, refusals: refusals.map((message) => ({ message })) }
          },
          idOf: ({ kind, pairId }, hash, key) => `${kind}-${pairId}-${hash}-${key}`,
          start: async (hash, key) => {
            const request = requests.get(hash)
            if (!request) return { kind: 'refused', code: 'unknownPreview', message: 'No preview has this hash' }
            const operationId = `${request.kind}-${request.pairId}-${hash}-${key}`
            if (!(await world.operations.load(operationId))) started.push({ request, operationId })
            await scene.operate({ id: operationId, kind: request.kind })
            return { kind: 'started', operationId }
          },
        },
      })
    },
    openWork: async () => (await world.followUps.open()).map(({ value }) => value),
    work: () => world.followUps.ofPair('personal'),
    openEvents: async () => (await world.events.open()).map(({ value }) => value),
    told: () => engineWorld.sent('notifications'),
    operate: (given) => operate(world, now, given),
  }
  return scene
}

function withVault(world: World, vault: Vault): World {
  const away = { kind: 'unknown', fault: { code: 'azureAway', message: 'no answer', retryable: true } } as const
  const listed = <T>(value: T) =>
    ({ kind: 'ok', value: { value, startedAt: vault.listedAt ?? world.clock.now() } }) as const
  return {
    ...world,
    log: silentLog,
    fleet: {
      ...world.fleet,
      replicatedItems: async () =>
        vault.isAway ? (away as never) : listed(new Map(vault.items.map((one) => [one.id, one]))),
      jobs: async () => (vault.isAway ? (away as never) : listed(vault.jobs)),
    },
  }
}

/** Creates it, or lets one that is there come to its end. */
async function operate(world: World, now: Instant, given: Operated): Promise<string> {
  const { kind, tasks = {}, startedAt = now, endedAt, outcome = 'succeeded' } = given
  const id = given.id ?? `${kind}-personal-${startedAt.toString(36)}`
  const known = await world.operations.load(id)
  const state = {
    ...newOperation({ ...someSpec, kind, stages: [] }, startedAt),
    ...(endedAt !== undefined && { status: 'over' as const, outcome, endedAt }),
  }
  const record: OperationRecord = {
    id,
    kind,
    pairId: 'personal',
    specHash: 'a'.repeat(64),
    state,
    tick: 0,
    dueAt: now,
    listedAt: 0,
    requestedBy: 'test',
    createdAt: startedAt,
    timeline: [],
  }
  if (known) await world.operations.save(record, known.etag)
  else await world.operations.create(record, { at: now, act: 'start', by: 'test', specHash: record.specHash })
  if (endedAt === undefined) await world.active.add(id)
  else await world.active.remove(id)
  if (endedAt !== undefined) await world.reports.put(`${id}.json`, '{}')
  const stage = stageOf[kind] ?? 'desktops'
  await world.operations.insertTasks(
    id,
    Object.entries(tasks).map(([key, end], ordinal) => ({
      stage,
      key,
      ordinal,
      batch: 0,
      tick: 1,
      dueAt: now,
      retries: 0,
      poisoned: 0,
      state:
        end === 'open'
          ? { status: 'open', path: 'forward', at: 0, attempt: 0, enteredAt: now, memo: {}, undo: [], passedOver: [] }
          : {
              status: 'over',
              outcome: end === 'halfWay' ? 'failed' : end,
              at: 0,
              undo: [],
              passedOver: [],
              ...(end === 'halfWay' && { isHalfWay: true as const }),
            },
      timeline: [],
    })),
  )
  return id
}
