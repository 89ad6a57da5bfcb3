/**
 * One chaotic night of a personal pair: desktops go there and back again, by this app and by somebody in the portal, are
 * committed by hand, made once more from another point in time, and protected again.
 */
import { hours, type Millis, minutes, seconds } from '../../../src/lib/core/time.ts'
import { startOperation } from '../../../src/lib/execution/start.ts'
import type { OperationRequest } from '../../../src/lib/plan/request.ts'
import { spoilPoints } from '../../arm/site-recovery-recovery-points.ts'
import type { Random } from '../../arm/types.ts'
import { isAlive, killRegion, reviveRegion } from '../../estate/regions.ts'
import type { ReplicatedOverrides } from '../../fleets/plan-text.ts'
import { createRandom } from '../../random.ts'
import { followUpTimer, inventoryTimer } from '../../virtual/app-timers.ts'
import { storyBegins } from '../../virtual/region.ts'
import type { Plant } from '../plants.ts'
import type { ChaosResult } from '../run.ts'
import { tellStory } from '../tell-story.ts'
import type { Trouble } from '../troubles.ts'
import { calmFor, createWorld } from '../world.ts'
import { type Going, waitingOf } from './going.ts'
import { judgeDesktops } from './judge.ts'
import { createPortal } from './portal.ts'
import { struckIn } from './struck.ts'
import { standingOf, wishFor } from './wishes.ts'

export type DesktopNightOptions = {
  readonly seed: number
  readonly trouble: Trouble
  /** Operations begun, at most. */
  readonly acts?: number
  readonly plant?: Plant
  /** For what is left when nobody asks for anything any more; default: longer than it can take. */
  readonly patience?: Millis
  /** The newest points of one desktop are broken for certain. */
  readonly isSpoilt?: boolean
  readonly wantsStory?: boolean
  /** With everything at hand: for whoever looks for a cause. */
  readonly inspect?: (going: Going, broken: readonly string[]) => void
}

/** `outcomes`: `<kind> <outcome>`, in the order in which they were seen. */
export type DesktopNight = ChaosResult & { readonly story?: string }

/** However bad it gets, an operation ends within this; the hours of a reprotect are shortened. */
const limit: Millis = hours(30)
const aftermath: Millis = minutes(12)
/** Somebody who resyncs a whole disk waits for hours; here they are shortened. */
const reprotect = [minutes(8), minutes(30)] as const
const desk = '00000000-0000-4000-8000-0000000000d1'

export async function runDesktopNight(options: DesktopNightOptions): Promise<DesktopNight> {
  const random = createRandom(`desktops ${options.seed}`)
  const going = begin(options, random)
  const { world, ids } = going
  const { story, operator } = world
  const { clock, sim } = story.region
  const before = clock.now()
  await operator.collect()
  await clock.run(storyBegins + calmFor)
  arrangeFate(going, options.isSpoilt ? 1 : 0.2)
  const end = clock.now() + limit * 2
  for (let act = Math.round(random.between(2, options.acts ?? 6)); act > 0; act--) {
    await ask(going)
    while (clock.now() < end && (await isBusy(going))) await attend(going)
    if (random.chance(0.5)) await operator.pass(random.between(0, minutes(90)))
  }
  const isOver = await comeToRest(going, options.patience ?? limit)
  const rested = sim.ledger.events().length
  await operator.pass(aftermath)
  story.stop()
  const broken = [...going.broken, ...(await judgeDesktops(going, { isOver, rested }))]
  options.inspect?.(going, broken)
  const outcomes: string[] = []
  for (const id of ids) {
    const { kind, state } = await operator.operation(id)
    outcomes.push(`${kind} ${state.outcome ?? 'running'}`)
  }
  const wantsStory = options.wantsStory || broken.length > 0
  return {
    seed: options.seed,
    broken,
    injected: { ...world.injected(), ...going.portal.counts, ...struckIn(sim.ledger.calls(), desk) },
    outcomes,
    refusals: going.refusals,
    virtual: clock.now() - before,
    ...(wantsStory && { story: await tellStory(operator, [...ids]) }),
  }
}

function begin(options: DesktopNightOptions, random: Random): Going {
  const { seed, trouble, plant } = options
  const replicated = randomPlan(random.fork('replicated'))
  const world = createWorld(
    {
      seed,
      trouble: ofDesktops(trouble),
      strategies: ['personal'],
      fleet: { extensions: random.pick(['mixed', 'four']), switches: { reprotect } },
      plan: { replicated },
      timers: [followUpTimer, inventoryTimer],
      ...(plant && { plant }),
    },
    random,
  )
  return {
    world,
    random: random.fork('course'),
    pairId: 'personal-uk',
    replicated,
    portal: createPortal(world, random.fork('portal')),
    ids: new Set(),
    refusals: [],
    broken: [],
    mayRunTwice: false,
  }
}

const randomPlan = (random: Random): ReplicatedOverrides => ({
  ...(random.chance(0.35) && { commit: { manual: { deadline: '24 h', remindEvery: '1 h' } } }),
  recoveryPoint: random.pick(['latest', 'latestProcessed', 'latestAppConsistent', 'latestCrashConsistent']),
  ...(random.chance(0.3) && { extensions: { before: 'users' as const } }),
  reprotect: random.chance(0.4) ? 'auto' : 'manual',
})

const installs = /virtualMachines\/extensions\/write$/i

/**
 * The region is lost for a while, not for good. What does not end for a year has its place in other nights: here it is only
 * an installation, which its step gives up.
 */
function ofDesktops(trouble: Trouble): Trouble {
  const { http, estate } = trouble
  if (!http) return trouble
  const { stuck = 0, ...operations } = http.operations ?? {}
  const rules = [...(http.rules ?? []), { action: installs, kind: 'stuck', probability: stuck } as const]
  const failing = { VMExtensionProvisioningError: stuck * 30, VMExtensionProvisioningTimeout: stuck * 15 }
  return {
    ...trouble,
    http: { ...http, operations: { ...operations, ...failing }, rules },
    ...(estate && { estate: { ...estate, regionLost: 0 } }),
  }
}

/** In some nights the primary region is away for hours, or the newest points of one desktop are broken. */
function arrangeFate(going: Going, spoilt: number): void {
  const { world, random } = going
  const { sim, clock } = world.story.region
  const [item] = [...sim.estate.replicatedItems.values()]
  if (item && random.chance(spoilt)) spoilPoints(sim, item, 0, clock.now() + random.between(0, hours(2)))
  if (!random.chance(0.2)) return
  going.mayRunTwice = true
  const from = clock.now() + random.between(0, hours(4))
  clock.at(from, () => killRegion(sim, world.ids.primaryLocation))
  clock.at(from + random.between(minutes(20), hours(6)), () => reviveRegion(sim, world.ids.primaryLocation))
}

/** Somebody asks for something, or does it in the portal. */
async function ask(going: Going): Promise<void> {
  const { world, random, pairId, portal } = going
  const { sim } = world.story.region
  sim.agenda.settle()
  const items = [...sim.estate.replicatedItems.values()]
  const movable = items.filter(({ state }) => state.now() === 'Protected')
  if (movable.length > 0 && random.chance(0.2)) {
    const some = movable.filter(() => random.chance(0.6))
    portal.act(some.length > 0 ? some : movable.slice(0, 1))
    if (random.chance(0.6)) return
  }
  const request = wishFor(
    {
      pairId,
      standings: items.map((item) => standingOf(item, world.ids.primaryLocation)),
      names: items.map(({ vmName }) => vmName),
      isPrimaryAway: !isAlive(sim, world.ids.primaryLocation),
    },
    random,
  )
  if (request.primaryIsDown) going.mayRunTwice = true
  await start(going, request)
}

async function start({ world, random, ids, refusals, broken }: Going, request: OperationRequest): Promise<void> {
  const { operator, story } = world
  await operator.collect()
  const { hash, refusals: reasons } = await operator.preview(request)
  if (!hash) {
    if (reasons.length === 0) broken.push(`${request.kind}: planning neither agrees nor says why not`)
    refusals.push(`${request.kind}: ${reasons.map(({ code }) => code).join(', ')}`)
    return
  }
  if (random.chance(0.3)) await operator.pass(random.between(0, minutes(2)))
  const started = await operator.ask(startOperation(story.desk, { hash, by: 'operator' }))
  if (started.kind === 'refused') refusals.push(`${request.kind}: ${started.code}`)
  else ids.add(started.operationId)
}

const isBusy = async ({ world }: Going): Promise<boolean> => {
  const { operator, story } = world
  return (await operator.ask(story.desk.world.active.list())).length > 0
}

/** Whoever is cut off while he starts one leaves its name on the list until the sweep comes. */
async function begunOf({ world }: Going): Promise<readonly string[]> {
  const { operator, story } = world
  const begun: string[] = []
  for (const id of await operator.ask(story.desk.world.active.list()))
    if (await operator.ask(story.desk.world.operations.load(id))) begun.push(id)
  return begun
}

/** Somebody looks in, gives orders, and does something in the portal now and then. */
async function attend(going: Going): Promise<void> {
  const { world, random, ids, portal } = going
  const { operator, story } = world
  await operator.pass(random.between(seconds(20), minutes(6)))
  for (const id of await begunOf(going)) {
    ids.add(id)
    const { state } = await operator.operation(id)
    const { question } = state
    if (question) {
      const replies = question.replies.filter((reply) => reply !== 'accept')
      await operator.control(id, { kind: 'reply', reply: random.pick(replies) })
    } else if (random.chance(0.04)) await order(going, id)
  }
  if (!random.chance(0.01)) return
  const { sim } = story.region
  const movable = [...sim.estate.replicatedItems.values()].filter(({ state }) => state.now() === 'Protected')
  if (movable.length > 0) portal.act([random.pick(movable)])
}

async function order({ world, random, refusals }: Going, id: string): Promise<void> {
  const { operator } = world
  const kind = random.pick(['pause', 'pause', 'abort', 'retryFailed'] as const)
  const controlled = await operator.control(id, { kind })
  if (controlled.kind === 'refused') refusals.push(`${kind}: ${controlled.message}`)
  if (kind !== 'pause') return
  await operator.pass(random.between(0, minutes(20)))
  await operator.control(id, { kind: 'resume' })
}

/** What is left to a person is done, and everything that waits for its turn has had it. */
async function comeToRest(going: Going, patience: Millis): Promise<boolean> {
  const { world, portal, ids } = going
  const { story, operator } = world
  const { clock } = story.region
  const end = clock.now() + patience
  await operator.pass(Math.max(0, portal.quietFrom() - clock.now()) + minutes(1))
  let commits = 0
  while (clock.now() < end) {
    for (const id of await begunOf(going)) {
      ids.add(id)
      const { question } = (await operator.operation(id)).state
      const [reply] = question?.replies ?? []
      if (reply) await operator.control(id, { kind: 'reply', reply })
    }
    if (!(await isBusy(going))) {
      const pending = [...story.region.sim.estate.replicatedItems.values()].some(
        ({ state }) => state.now() === 'CommitPending',
      )
      if (pending && commits++ < 3) await start(going, commitOf(going.pairId))
      else if ((await waitingOf(going)).length === 0) return true
    }
    await operator.pass(minutes(3))
  }
  return false
}

const commitOf = (pairId: string) =>
  ({ pairId, kind: 'commit', primaryIsDown: false, acceptOut: 'all', grantWithoutSignOutProof: false }) as const
