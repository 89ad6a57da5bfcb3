/** The composition root: the only place that constructs clients, stores and gateways. */
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { TokenCredential } from '@azure/core-auth'
import { DefaultAzureCredential, ManagedIdentityCredential } from '@azure/identity'
import { createBudget } from './lib/azure/budget.ts'
import { createAzureClients } from './lib/azure/clients.ts'
import { createGateways } from './lib/azure/gateways.ts'
import { joined } from './lib/core/joined.ts'
import type { Log } from './lib/core/log.ts'
import { hours, type Millis, seconds } from './lib/core/time.ts'
import { type Evaluated, readPairs, runDrift } from './lib/drift/run-drift.ts'
import { createEngine } from './lib/execution/create-engine.ts'
import type { Engine } from './lib/execution/engine.ts'
import { latestInventoryName } from './lib/execution/preview.ts'
import { startAligns } from './lib/execution/start-align.ts'
import { followUpEngine } from './lib/execution/start-follow-up.ts'
import { startKeepAlive } from './lib/execution/start-keep-alive.ts'
import { sweep, sweepLease } from './lib/execution/sweep.ts'
import { runFollowUps } from './lib/followups/run-follow-ups.ts'
import { type PlanFile, readPlanFile } from './lib/inbound/plan-file.ts'
import type { Reply } from './lib/inbound/problem.ts'
import { receive } from './lib/inbound/site-recovery/receive.ts'
import { collectInventory } from './lib/inventory/collect.ts'
import { keepVersion } from './lib/inventory/keep-version.ts'
import { gapsIn, keepLastSeen } from './lib/inventory/last-seen.ts'
import { isKept } from './lib/keepalive/assess.ts'
import { foldInventory, type KeepAlive, runKeepAlive } from './lib/keepalive/run-keep-alive.ts'
import { readStatuses } from './lib/keepalive/tell-alarms.ts'
import type { Inventory } from './lib/model/inventory.ts'
import type { EvaluationRecord } from './lib/ports/findings.ts'
import type { Gateways } from './lib/ports/gateways.ts'
import type { Blobs } from './lib/ports/storage.ts'
import { readLatest, runReadiness } from './lib/readiness/run-readiness.ts'
import { type FindingsAsked, viewFindings } from './lib/status/findings-view.ts'
import { healthOf } from './lib/status/health.ts'
import { viewKeepAlive } from './lib/status/keep-alive-view.ts'
import { createLog } from './lib/status/log.ts'
import { viewProtection } from './lib/status/protection-view.ts'
import { viewReadiness } from './lib/status/readiness-view.ts'
import { createStorage, type Storage } from './lib/storage/storage.ts'
import { createStores, type Stores } from './lib/storage/stores.ts'
import { readSettings, type Settings } from './settings.ts'

export type App = {
  readonly engine: Engine
  readonly log: Log
  readonly audit: Blobs
  /** Before every invocation: storage is there, and its time is known. Throws `StorageAway`. */
  readonly ready: () => Promise<void>
  readonly sweep: () => Promise<void>
  /** Sweeps when this process has not done so for a while: the timer may be what has failed. Never rejects. */
  readonly sweepIfDue: () => Promise<void>
  /** Looks at Azure and stores what was seen. Throws `PlanUnusable`. */
  readonly collectInventory: () => Promise<Inventory>
  /** Wakes standby hosts whose turn has come. Throws `PlanUnusable`. */
  readonly keepAlive: () => Promise<void>
  readonly viewKeepAlive: () => ReturnType<typeof viewKeepAlive>
  /** A message of a recovery plan, of Azure Monitor or of Event Grid. */
  readonly receiveSiteRecovery: (body: unknown) => Promise<Reply>
  /** Looks at what was told, and begins the work that waits for its pair. Throws `PlanUnusable`. */
  readonly followUp: () => Promise<void>
  /** Undefined: no such pair. Throws `PlanUnusable`. */
  readonly viewProtection: (pairId: string) => ReturnType<typeof viewProtection>
  /** Undefined: no such pair. Throws `PlanUnusable`. */
  readonly viewFindings: (asked: FindingsAsked) => ReturnType<typeof viewFindings>
  /** Of one pair with its history. Undefined: no such pair. Throws `PlanUnusable`. */
  readonly viewReadiness: (pairId?: string) => ReturnType<typeof viewReadiness>
  readonly health: () => Promise<ReturnType<typeof healthOf>>
}

/** Two runs of the timer missed. */
const sweepDueAfter: Millis = seconds(60)

/** Constructs everything and talks to nobody. `parts` stand in for what would be made from the settings. */
export function createApp(settings: Settings, parts: Partial<Parts> = {}): App {
  const storage = parts.storage ?? storageOf(settings)
  const log = parts.log ?? createLog((line) => process.stdout.write(`${line}\n`), settings.logLevel)
  const planFile = parts.plan ?? readPlanFile(settings.planFile, (path) => readFileSync(path, 'utf8'))
  const stores = createStores(storage)
  const gateways = parts.gateways ?? gatewaysOf(settings, stores)
  const place = settings.region === undefined ? {} : { place: { region: settings.region } }
  const engine = createEngine({ ...stores, gateways, log, newId: randomUUID, plan: planFile.plan, ...place })
  for (const { path, problem, right } of planFile.problems) log.error('plan problem', { path, problem, right })
  return {
    engine,
    log,
    audit: storage.blobs('audit'),
    ready: readiness(storage),
    ...sweeping(engine, log),
    // The timer and whoever asks for one: of ten thousand machines two at a time would be too much for a small instance.
    collectInventory: joined(() => takeInventory(engine, hours(24 * settings.inventoryKeptDays))),
    keepAlive: () => runKeepAlive(keepAliveOf(engine)),
    viewKeepAlive: async () => viewKeepAlive({ ...keepAliveOf(engine), inventory: await latestInventory(engine) }),
    receiveSiteRecovery: (body) =>
      receive({ world: engine.world, plan: planFile.plan, inventory: () => latestInventory(engine) }, body),
    viewProtection: async (pairId) =>
      viewProtection({ world: engine.world, plan: engine.plan, inventory: await latestInventory(engine) }, pairId),
    followUp: () => followUp(engine, hours(24 * settings.inventoryKeptDays)),
    viewFindings: async (asked) => viewFindings({ world: engine.world, plan: engine.plan }, asked),
    viewReadiness: async (pairId) => viewReadiness({ world: engine.world, plan: engine.plan }, pairId),
    health: () => health(engine, planFile),
  }
}

export type Parts = {
  readonly storage: Storage
  readonly gateways: Gateways
  readonly log: Log
  readonly plan: PlanFile
}

let running: App | undefined

/** The one of this process, made from the environment when it is first needed. */
export function app(): App {
  running ??= createApp(readSettings())
  return running
}

const storageOf = (settings: Settings): Storage =>
  createStorage(
    'connectionString' in settings.storage
      ? settings.storage
      : { ...settings.storage, credential: credentialOf(settings) },
  )

function gatewaysOf(settings: Settings, { pacers, clock }: Stores): Gateways {
  const clients = createAzureClients({
    credential: credentialOf(settings),
    endpoint: settings.cloud.endpoint,
    scope: settings.cloud.scope,
    monotonic: () => performance.now(),
    deadline: (length) => AbortSignal.timeout(length),
    budget: createBudget(pacers, clock),
  })
  return createGateways(clients, clock.now)
}

/** Asking other clouds for the issuer's metadata makes no sense where the authority is not one of Microsoft's own. */
function credentialOf({ identity, cloud }: Settings): TokenCredential {
  const { clientId } = identity
  // A call gives up after 10 s, token included; what is worth another try comes again with the next look.
  const once = { retryOptions: { maxRetries: 0 } }
  if (identity.isManaged) return new ManagedIdentityCredential({ ...once, ...(clientId !== undefined && { clientId }) })
  return new DefaultAzureCredential({
    ...once,
    authorityHost: cloud.authorityHost,
    disableInstanceDiscovery: cloud.isCustom,
    ...(clientId !== undefined && { managedIdentityClientId: clientId }),
  })
}

function readiness(storage: Storage): App['ready'] {
  let ensured: Promise<void> | undefined
  return async () => {
    ensured ??= storage.ensure()
    await ensured.catch((error) => {
      ensured = undefined
      throw error
    })
    if (storage.clock.isStale()) await storage.refreshClock()
  }
}

function sweeping(engine: Engine, log: Log): Pick<App, 'sweep' | 'sweepIfDue'> {
  const { clock } = engine.world
  let sweptAt = Number.NEGATIVE_INFINITY
  const sweepNow = async () => {
    sweptAt = clock.monotonic()
    await sweep(engine)
  }
  return {
    sweep: sweepNow,
    async sweepIfDue() {
      if (clock.monotonic() - sweptAt < sweepDueAfter) return
      await sweepNow().catch((error) => log.error('sweep failed', { message: String(error) }))
    },
  }
}

async function takeInventory(engine: Engine, keptFor: Millis): Promise<Inventory> {
  const { plan, world } = engine
  const { gateways, clock, inventory: blobs, log } = world
  const now = clock.now()
  const pairsBefore = await readPairs({ world, plan })
  const seen = await collectInventory({
    gateways: gateways.for?.('background') ?? gateways,
    plan,
    now,
    before: await latestInventory(engine),
  })
  // Read again: reading ten thousand machines takes minutes, and two inventories of them too much of a small instance.
  const before = await latestInventory(engine)
  const inventory = before === undefined ? seen : keepLastSeen(before, seen, plan)
  const text = JSON.stringify(inventory)
  await blobs.put(latestInventoryName, text)
  await keepVersion(blobs, text, { takenAt: now, keptFor })
  await foldInventory({ world, plan }, inventory)
  log.info('inventory taken', { pairs: plan.pairs.length, gaps: gapsIn(inventory) })
  const evaluations = new Map<string, Evaluated>()
  const evaluated = async (one: Evaluated) => {
    evaluations.set(one.pair.id, one)
  }
  const { place } = engine
  await runDrift({ world, plan, place, before: pairsBefore, evaluated }, inventory)
  await runReadiness({ world, plan, place, evaluations }, inventory)
  await startAligns(engine, evaluations.values())
  return inventory
}

const keepAliveOf = (engine: Engine): KeepAlive => ({
  world: engine.world,
  plan: engine.plan,
  inventory: () => latestInventory(engine),
  start: (order) => startKeepAlive(engine, order),
})

const followUp = (engine: Engine, keptFor: Millis): Promise<void> =>
  runFollowUps({
    world: engine.world,
    plan: engine.plan,
    engine: followUpEngine(engine),
    inventory: () => latestInventory(engine),
    takeInventory: () => takeInventory(engine, keptFor),
  })

async function latestInventory({ world }: Engine): Promise<Inventory | undefined> {
  const text = await world.inventory.get(latestInventoryName)
  return text === undefined ? undefined : (JSON.parse(text) as Inventory)
}

async function health({ world }: Engine, plan: PlanFile) {
  const pairs = pairsOf(plan)
  const [lease, text, statuses, waiting, readiness, evaluations] = await Promise.all([
    world.pacers.get('leases', 'sweep'),
    world.inventory.get(latestInventoryName),
    readStatuses(world.pacers),
    world.followUps.open((error) => world.log.error('waiting work unreadable', { message: error.message })),
    readLatest(world.readiness),
    Promise.all(pairs.map(({ id }) => evaluationOf(world, id))),
  ])
  const inventory = text === undefined ? undefined : (JSON.parse(text) as Inventory)
  const until = lease?.value.until
  return healthOf({
    now: world.clock.now(),
    plan,
    ...(typeof until === 'number' && { sweptAt: until - sweepLease }),
    ...(inventory && { inventoryTakenAt: inventory.takenAt }),
    inventoryGaps: inventory ? gapsIn(inventory) : 0,
    keepAlive: { pairs, statuses },
    waiting: waiting.map(({ value }) => value),
    readiness: (readiness?.pairs ?? []).filter(({ pairId }) => pairs.some(({ id }) => id === pairId)),
    evaluations,
  })
}

/** A row that cannot be read is no evaluation, and not the end of all the others. */
const evaluationOf = async ({ findings, clock }: Engine['world'], pairId: string): Promise<EvaluationRecord> =>
  findings.evaluation(pairId).then(
    (stored) => stored?.value ?? { pairId },
    (error) => ({ pairId, skipped: { at: clock.now(), reason: `its record cannot be read (${String(error)})` } }),
  )

/** A plan that cannot be used is told by its problems. */
const pairsOf = ({ problems, plan }: PlanFile) =>
  problems.length > 0 ? [] : plan().pairs.map((pair) => ({ id: pair.id, isKept: isKept(pair) }))
