/** When things will be, if every step takes its usual time. A model, to plan by; the ledger of the operation tells the truth. */
import type { Millis } from '../core/time.ts'
import type { KeepAliveLimits, OperationSpec, StageSpec, StepName } from '../machine/spec.ts'
import type { Eta } from './preview.ts'
import { type Clockwork, clockworkOf, type StepTimes } from './step-times.ts'

type Bare = Omit<Eta, 'times'>
type Takes = Clockwork['takes']

/** `which`: `median` for what is likely, `p90` for who has to promise something. */
export function etaOf(spec: OperationSpec, measured: StepTimes = {}, which: 'median' | 'p90' = 'median'): Eta {
  const { takes, used } = clockworkOf(measured, which)
  const eta = bareEta(spec, takes)
  return { ...eta, times: used() }
}

function bareEta(spec: OperationSpec, takes: Takes): Bare {
  // Writes with a look each, as fences are; some stages wait for another.
  if (spec.kind === 'align') return { batches: 1, milestones: [{ name: 'over', at: 2 * takes('secure') }] }
  if (spec.keepAlive) return wakeEta(spec.keepAlive, spec.stages, takes)
  const desktops = spec.stages.find(({ name }) => name === 'desktops')
  if (desktops) return desktopsEta(spec, desktops, takes)
  const own = spec.stages.find(({ name }) => ownStages.has(name))
  return own ? ownEta(spec, own, takes) : accessEta(spec, takes)
}

/** Of operations about machines that were failed over before. */
const ownStages: ReadonlySet<StageSpec['name']> = new Set(['repoint', 'extensions', 'commit', 'protect'])

function ownEta(spec: OperationSpec, stage: StageSpec, takes: Takes): Bare {
  const batches = batchesOf(stage, stage.tasks.length)
  const each: Readonly<Partial<Record<StepName, () => Millis>>> = {
    signOutUsers: () => takes('signOut'),
    changeRecoveryPoint: () => takes('failover'),
    awaitHost: () => takes('desktopReady'),
    restoreExtensions: () => extensionsTake(spec, stage, takes),
    commitFailover: () => takes('commit'),
    reprotectVm: () => takes('reprotect'),
  }
  const all = stage.steps.reduce((sum, { step }) => sum + (each[step]?.() ?? 0), 0)
  return { batches, milestones: [{ name: 'over', at: lastRelease(stage, batches) + all }] }
}

/** One after the other: the machine with the most takes longest. */
function extensionsTake({ extensionWork = [] }: OperationSpec, { steps, tasks }: StageSpec, takes: Takes): Millis {
  if (!steps.some(({ step }) => step === 'restoreExtensions')) return 0
  const used = new Set(tasks.flatMap((one) => (one.kind === 'desktop' ? [one.extensions] : [])))
  const most = extensionWork.reduce((max, { restore }, i) => (used.has(i) ? Math.max(max, restore.length) : max), 0)
  return most === 0 ? 0 : most * takes('extension')
}

function wakeEta({ stayOn }: KeepAliveLimits, stages: readonly StageSpec[], takes: Takes): Bare {
  const hasTasks = (wanted: StageSpec['name']) => stages.some(({ name, tasks }) => name === wanted && tasks.length > 0)
  const awake = Math.max(
    hasTasks('wake') ? takes('hostReady') + stayOn : 0,
    hasTasks('repair') ? takes('redeploy') + takes('hostReady') : 0,
  )
  return { batches: 1, milestones: [{ name: 'over', at: awake + takes('deallocate') }] }
}

function desktopsEta(spec: OperationSpec, stage: StageSpec, takes: Takes): Bare {
  const { limits, primaryIsDown } = spec
  const batches = batchesOf(stage, stage.tasks.length)
  const failover = takes(primaryIsDown ? 'failover' : 'failoverWithShutdown')
  // Message and grace are timed to end when the batch may begin: only the first batch waits for them.
  const extensions = extensionsTake(spec, stage, takes)
  const at = (wanted: StepName) => stage.steps.findIndex(({ step }) => step === wanted)
  const waits = extensions > 0 && at('restoreExtensions') < at('undrainHost') ? extensions : 0
  const commits = at('commitFailover') < 0 ? 0 : takes('commit')
  // Nobody on a dead side is warned, and whom it does not sign out is waited for no longer than the deadline.
  const leaves = primaryIsDown ? limits.deadSideDeadline : limits.grace + takes('signOut')
  const first = takes('secure') + leaves + failover + takes('desktopReady') + waits
  const last = first + lastRelease(stage, batches)
  return {
    batches,
    milestones: [
      { name: 'firstDesktopBack', at: first },
      { name: 'lastDesktopBack', at: last },
      { name: 'over', at: last + extensions - waits + commits },
    ],
  }
}

function accessEta({ limits, stages }: OperationSpec, takes: Takes): Bare {
  const stage = (name: StageSpec['name']) => stages.find((one) => one.name === name)
  const capacity = stage('capacity')
  const batches = capacity ? batchesOf(capacity, capacity.tasks.length) : 0
  const readyAfter = (hosts: number) =>
    takes('secure') + takes('hostReady') + (capacity ? lastRelease(capacity, batchesOf(capacity, hosts)) : 0)
  const capacityReady = readyAfter(limits.minimumCapacity)
  const allHostsReady = readyAfter(capacity?.tasks.length ?? 0)
  // With the old side down the revoke runs beside the starts, and what cannot be reached ends at its deadline.
  const announced = stage('announce') !== undefined
  const accessRevoked = (announced ? capacityReady + limits.grace : takes('secure')) + takes('revoke')
  const usersSignedOut = accessRevoked + (announced ? takes('signOut') : limits.deadSideDeadline)
  const accessGranted = Math.max(usersSignedOut, capacityReady) + takes('grant')
  const standDown = stage('standDown')
  const tail = standDown?.after.reduce((longest, { delay = 0 }) => Math.max(longest, delay), 0) ?? 0
  const rested = standDown && standDown.tasks.length > 0 ? accessGranted + tail + takes('deallocate') : accessGranted
  return {
    batches,
    milestones: [
      { name: 'capacityReady', at: capacityReady },
      { name: 'accessRevoked', at: accessRevoked },
      { name: 'usersSignedOut', at: usersSignedOut },
      { name: 'accessGranted', at: accessGranted },
      { name: 'allHostsReady', at: allHostsReady },
      { name: 'over', at: Math.max(rested, allHostsReady) },
    ],
  }
}

const batchesOf = ({ batchSize }: StageSpec, tasks: number): number =>
  batchSize === undefined ? Math.min(1, tasks) : Math.ceil(tasks / batchSize)

const lastRelease = ({ batchInterval = 0 }: StageSpec, batches: number): Millis =>
  Math.max(0, batches - 1) * batchInterval
