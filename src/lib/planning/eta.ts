/** When things will be, if every step takes its usual time. A model, to plan by; the ledger of the operation tells the truth. */
import { hours, type Millis, minutes, seconds } from '../core/time.ts'
import type { KeepAliveLimits, OperationSpec, StageSpec, StepName } from '../machine/spec.ts'
import type { Eta } from './preview.ts'

/** Recorded durations where there are some; Azure publishes none for these. */
const usual = {
  /** Switching scaling plan and Start VM on Connect off, with one look. */
  secure: seconds(30),
  /** From start to the agent's heartbeat: 30–90 s for the machine, 1–3 min for the agent (assumed). */
  hostReady: minutes(4),
  /** Two writes and a look each, all at once, within ARM's 10 writes a second. */
  revoke: minutes(1),
  signOut: minutes(2),
  grant: minutes(1),
  /** Recorded single failovers: 2 min 24 s without, 3 min 26 s with shutting the source down. */
  failover: minutes(2) + seconds(24),
  failoverWithShutdown: minutes(3) + seconds(26),
  /** 30 to 60 s until the item says so. */
  commit: minutes(1),
  deallocate: minutes(2),
  /** A machine with its domain join and agent (not recorded: a guess). */
  redeploy: minutes(15),
  /** One to four minutes are typical (not recorded: a guess). */
  extension: minutes(2),
  /** Hours (Site Recovery, reprotect): the changes of both machines are compared. Not recorded: a guess. */
  reprotect: hours(3),
}

export function etaOf(spec: OperationSpec): Eta {
  if (spec.keepAlive) return wakeEta(spec.keepAlive, spec.stages)
  const desktops = spec.stages.find(({ name }) => name === 'desktops')
  if (desktops) return desktopsEta(spec, desktops)
  const own = spec.stages.find(({ name }) => ownStages.has(name))
  return own ? ownEta(spec, own) : accessEta(spec)
}

/** Of operations about machines that were failed over before. */
const ownStages: ReadonlySet<StageSpec['name']> = new Set(['repoint', 'extensions', 'commit', 'protect'])

function ownEta(spec: OperationSpec, stage: StageSpec): Eta {
  const batches = batchesOf(stage, stage.tasks.length)
  const each: Readonly<Partial<Record<StepName, Millis>>> = {
    signOutUsers: usual.signOut,
    changeRecoveryPoint: usual.failover,
    awaitHost: usual.hostReady,
    restoreExtensions: extensionsTake(spec, stage),
    commitFailover: usual.commit,
    reprotectVm: usual.reprotect,
  }
  const takes = stage.steps.reduce((sum, { step }) => sum + (each[step] ?? 0), 0)
  return { batches, milestones: [{ name: 'over', at: lastRelease(stage, batches) + takes }] }
}

/** One after the other: the machine with the most takes longest. */
function extensionsTake({ extensionWork = [] }: OperationSpec, { steps, tasks }: StageSpec): Millis {
  if (!steps.some(({ step }) => step === 'restoreExtensions')) return 0
  const used = new Set(tasks.flatMap((one) => (one.kind === 'desktop' ? [one.extensions] : [])))
  const most = extensionWork.reduce((max, { restore }, i) => (used.has(i) ? Math.max(max, restore.length) : max), 0)
  return most * usual.extension
}

function wakeEta({ stayOn }: KeepAliveLimits, stages: readonly StageSpec[]): Eta {
  const hasTasks = (wanted: StageSpec['name']) => stages.some(({ name, tasks }) => name === wanted && tasks.length > 0)
  const awake = Math.max(
    hasTasks('wake') ? usual.hostReady + stayOn : 0,
    hasTasks('repair') ? usual.redeploy + usual.hostReady : 0,
  )
  return { batches: 1, milestones: [{ name: 'over', at: awake + usual.deallocate }] }
}

function desktopsEta(spec: OperationSpec, stage: StageSpec): Eta {
  const { limits, primaryIsDown } = spec
  const batches = batchesOf(stage, stage.tasks.length)
  const failover = primaryIsDown ? usual.failover : usual.failoverWithShutdown
  // Message and grace are timed to end when the batch may begin: only the first batch waits for them.
  const extensions = extensionsTake(spec, stage)
  const at = (wanted: StepName) => stage.steps.findIndex(({ step }) => step === wanted)
  const waits = extensions > 0 && at('restoreExtensions') < at('undrainHost') ? extensions : 0
  const commits = at('commitFailover') < 0 ? 0 : usual.commit
  const first = usual.secure + limits.grace + usual.signOut + failover + usual.hostReady + waits
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

function accessEta({ limits, stages }: OperationSpec): Eta {
  const stage = (name: StageSpec['name']) => stages.find((one) => one.name === name)
  const capacity = stage('capacity')
  const batches = capacity ? batchesOf(capacity, capacity.tasks.length) : 0
  const readyAfter = (hosts: number) =>
    usual.secure + usual.hostReady + (capacity ? lastRelease(capacity, batchesOf(capacity, hosts)) : 0)
  const capacityReady = readyAfter(limits.minimumCapacity)
  const allHostsReady = readyAfter(capacity?.tasks.length ?? 0)
  // With the old side down the revoke runs beside the starts, and what cannot be reached ends at its deadline.
  const announced = stage('announce') !== undefined
  const accessRevoked = (announced ? capacityReady + limits.grace : usual.secure) + usual.revoke
  const usersSignedOut = accessRevoked + (announced ? usual.signOut : limits.deadSideDeadline)
  const accessGranted = Math.max(usersSignedOut, capacityReady) + usual.grant
  const standDown = stage('standDown')
  const tail = standDown?.after.reduce((longest, { delay = 0 }) => Math.max(longest, delay), 0) ?? 0
  const rested = standDown && standDown.tasks.length > 0 ? accessGranted + tail + usual.deallocate : accessGranted
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
