import { type Millis, minutes, seconds } from '../../src/lib/core/time.ts'
import type { ExtensionMix } from '../estate/extension-sets.ts'
import type { Switches } from '../estate/world.ts'
import { driftedOptions } from './drifted.ts'

export type FleetName = 'tiny' | 'small' | 'demo' | 'drifted' | 'thousand'

/** Autoscale as an adversary: what it does to hosts of pools its plan is enabled for. */
export type AutoscaleOptions = { readonly every: Millis; readonly changesAtOnce: number }
/** People who were signed out and come back where they can: each tries with `eagerness` at every tick. */
export type ActivityOptions = { readonly every: Millis; readonly eagerness: number }

export type FleetOptions = {
  /** Session hosts of the pooled pair, on each side. 0: no pooled pair. */
  readonly pooledHosts: number
  /** Those of the primary side, where the two differ. */
  readonly primaryHosts?: number
  /** VMs of the personal pool. 0: no personal pool. */
  readonly personalVms: number
  /** Personal VMs without replication, the last ones of the pool. */
  readonly unreplicatedVms: number
  /** The first ones of the pool that are in one consistency group. */
  readonly consistencyGroup: number
  /** A recovery plan has exactly those of the consistency group. */
  readonly groupHasPlan: boolean
  /** What the personal VMs carry. */
  readonly extensions: ExtensionMix
  readonly users: number
  /** Groups with access to the pooled pair. */
  readonly groups: number
  /** Application groups of the pooled pair, on each side: one Desktop, the rest RemoteApp. */
  readonly applicationGroups: number
  /** Every group uses every application group, not one each. */
  readonly accessToAll: boolean
  /** Users have sessions when the story begins. */
  readonly openSessions: boolean
  /** Both pooled pools have a scaling plan, the primary one's enabled. */
  readonly scalingPlans: boolean
  /** False: enabled scaling plans do nothing. */
  readonly autoscale: AutoscaleOptions | false
  readonly startOnConnect: { readonly primary: boolean; readonly secondary: boolean }
  /** False: nobody signs in during the run. */
  readonly userActivity: ActivityOptions | false
  readonly vmSize: string
  /** Cores left in the secondary region once every personal VM has failed over; negative: too few. */
  readonly spareCores: number
  readonly maxSessionLimit: number
  readonly tokenAgeDays: number
  /** Hosts that are off are up to this much older, evenly. */
  readonly tokenAgeSpreadDays: number
  /** In the names of what the fleet has, so that several fit into one estate. */
  readonly mark: string
  readonly standby: StandbyOptions
  /** Nothing is left to be found by rules: reservations, backups, and what guests tell by tags besides. */
  readonly isComplete: boolean
  /** Faults are laid into it for nearly all rules to find (`drifted.ts`). */
  readonly isDrifted: boolean
  readonly switches: Partial<Switches>
}

/** The secondary pool's hosts, deallocated. Shares are of the pool, by chance. */
export type StandbyOptions = {
  /** Its scaling plan is enabled and deallocates whatever it sees running without sessions. */
  readonly scalesIn: boolean
  /** Hosts that would let new sessions in. */
  readonly undrained: number
  /** Hosts that carry the exclusion tag, set by a person. */
  readonly tagged: number
}

export const usualAutoscale: AutoscaleOptions = { every: minutes(5), changesAtOnce: 3 }
export const usualActivity: ActivityOptions = { every: seconds(30), eagerness: 0.3 }

const plain: FleetOptions = {
  pooledHosts: 0,
  personalVms: 0,
  unreplicatedVms: 0,
  consistencyGroup: 0,
  groupHasPlan: true,
  extensions: 'mixed',
  users: 0,
  groups: 3,
  applicationGroups: 1,
  accessToAll: false,
  openSessions: true,
  scalingPlans: false,
  autoscale: false,
  startOnConnect: { primary: true, secondary: false },
  userActivity: false,
  vmSize: 'Standard_D4s_v5',
  spareCores: 100,
  maxSessionLimit: 12,
  tokenAgeDays: 20,
  tokenAgeSpreadDays: 0,
  mark: '',
  standby: { scalesIn: false, undrained: 0, tagged: 0 },
  isComplete: false,
  isDrifted: false,
  switches: {},
}

const small: Partial<FleetOptions> = {
  pooledHosts: 24,
  personalVms: 30,
  users: 120,
  groups: 3,
  applicationGroups: 1,
  scalingPlans: true,
  vmSize: 'Standard_D4ds_v5',
  isComplete: true,
}

const sizes: Readonly<Record<FleetName, Partial<FleetOptions>>> = {
  tiny: { pooledHosts: 4, personalVms: 6, users: 16, groups: 2, applicationGroups: 2, scalingPlans: true },
  small,
  drifted: { ...small, ...driftedOptions, isDrifted: true },
  demo: {
    pooledHosts: 120,
    personalVms: 250,
    users: 600,
    groups: 3,
    applicationGroups: 3,
    scalingPlans: true,
    vmSize: 'Standard_D4ds_v5',
    isComplete: true,
  },
  thousand: { personalVms: 1_000, users: 1_000, groups: 1 },
}

export const completeOptions = (options: Partial<FleetOptions>): FleetOptions => ({ ...plain, ...options })

export const optionsOf = (name: FleetName, overrides: Partial<FleetOptions> = {}): FleetOptions =>
  completeOptions({ ...sizes[name], ...overrides })
