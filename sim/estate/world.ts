import { idKey } from '../../src/lib/core/arm-id.ts'
import { hours, type Instant, type Millis, minutes, seconds } from '../../src/lib/core/time.ts'
import type { Estate, SimApplication, SimSession, SimVm } from '../arm/estate-types.ts'
import type { AsrJob } from '../arm/site-recovery-job.ts'
import type { Random, Sim } from '../arm/types.ts'
import type { Agent } from './agent-update.ts'
import type { Shortage } from './capacity.ts'
import type { Equipment, Guest } from './guest.ts'
import type { PatchState } from './patching.ts'
import type { Restriction, SimNetwork, SimReservationGroup, SimSubnet } from './room.ts'
import { createSurroundings, type Surroundings } from './surroundings-types.ts'

/** Questions Azure's documentation leaves open, and traps that can be set. `docs/simulator.md` explains each. */
export type Switches = {
  /** After a failover the agent's first heartbeat moves the session host's `resourceId` to the new VM. */
  readonly recordFollowsVm: boolean
  /** Site Recovery accepts a second failover or commit this long after the first one. */
  readonly doubleAcceptWindow: Millis
  /** Deallocated VMs hold vCPU quota. */
  readonly deallocatedCountsAgainstQuota: boolean
  /** Probability that a host's `status` stays Available after its agent fell silent. */
  readonly staleStatus: number
  /** From the agent's last word to the status that says so. */
  readonly statusDelay: readonly [Millis, Millis]
  /** How long sessions of hosts that were lost with their region stay listed. */
  readonly lostSessionsLinger: Millis
  /** Entries per page of AVD, Compute and Site Recovery when the caller does not ask for fewer. */
  readonly pageSize: number
  /** The same of role assignments. */
  readonly assignmentsPageSize: number
  /** From an accepted reprotect to a protected item in the other direction. */
  readonly reprotect: readonly [Millis, Millis]
  /** An agent that has missed a release wants it as soon as it reports in; false: there are no releases. */
  readonly agentUpdates: AgentUpdates | false
  /** The token is renewed when the agent has run this long without a break (AVD FAQ: 20 minutes every 90 days). */
  readonly tokenNeeds: Millis
  readonly patching: Patching
  /** Length of an installation and of a removal of an extension; probability that one fails in the guest. */
  readonly extensions: ExtensionTimes
  /** Documented: a reprotect deletes the machine that was left behind, since its disks become the replica. */
  readonly reprotectDeletesOldVm: boolean
}

export type ExtensionTimes = {
  readonly install: readonly [Millis, Millis]
  readonly remove: readonly [Millis, Millis]
  readonly fails: number
}

export type AgentUpdates = {
  /** Between two releases of the agent. */
  readonly every: Millis
  /** From the first heartbeat to the update, and its length. */
  readonly startsAfter: readonly [Millis, Millis]
  readonly takes: readonly [Millis, Millis]
  /** Probability that an update fails; the old agent works on. */
  readonly fails: number
}

export type Patching = {
  readonly assess: readonly [Millis, Millis]
  readonly install: readonly [Millis, Millis]
  /** Probability that a run fails inside the guest. */
  readonly fails: number
}

export type Workspace = {
  readonly id: string
  readonly name: string
  readonly location: string
  readonly applicationGroups: readonly string[]
  readonly friendlyName?: string
}

/** A recovery plan with one group of machines, by their names. */
export type SimRecoveryPlan = {
  readonly id: string
  readonly name: string
  readonly vault: string
  readonly vmNames: readonly string[]
}

export type Vault = {
  readonly id: string
  readonly name: string
  readonly location: string
  /** The two regions of its replication, source first. */
  readonly regions: readonly [string, string]
  /** Nobody has mapped the target's container back to the source's. */
  readonly isOneWay?: boolean
  /** Of its backups. */
  readonly redundancy?: 'LocallyRedundant' | 'ZoneRedundant' | 'GeoRedundant'
}

/** Points in time whose disk is broken: a machine made from one never reports in. */
export type BadPoints = { readonly from: Instant; readonly until: Instant }

/** A session as the broker lists it: it appears late and leaves late. */
export type ListedSession = { readonly session: SimSession; readonly from: Instant; until: Instant }

/** What the providers and the fleets keep beside the estate. Keys are lower-cased ids. */
export type World = {
  switches: Switches
  readonly random: Random
  /** VM → key of the session host whose agent is on its disk. A failed-over VM leads to the same host. */
  readonly hostOfVm: Map<string, string>
  /** Host pool → keys of its session hosts. */
  readonly hostsOfPool: Map<string, string[]>
  /** Raised whenever something is done to a VM: what was under way before counts no longer. */
  readonly turnOfVm: Map<string, number>
  /** Session host key → VM its record shows, where that is not the VM it runs on. */
  readonly recordedVm: Map<string, string>
  readonly listedSessions: Map<string, Map<string, ListedSession>>
  readonly signingOut: Set<string>
  /** `<user> <pool>` of every session that is open in truth. */
  readonly inUse: Set<string>
  /** Users without a session who would like one. */
  readonly wanting: Set<string>
  readonly knownDeadRegions: Set<string>
  /** Region that is dead → since when: replication ends there, too. */
  readonly diedAt: Map<string, Instant>
  readonly workspaces: Map<string, Workspace>
  /** Application group → its remote applications. */
  readonly applications: Map<string, readonly SimApplication[]>
  readonly vaults: Map<string, Vault>
  /** By id, lower case. */
  readonly recoveryPlans: Map<string, SimRecoveryPlan>
  /** Vault → its jobs, oldest first. */
  readonly jobs: Map<string, AsrJob[]>
  /** Session host key → its agent, where releases matter. */
  readonly agents: Map<string, Agent>
  /** VM → what is known of its updates, as far as somebody has asked. */
  readonly patches: Map<string, PatchState>
  /** Starts and failovers that Azure has no room for. */
  readonly shortages: Shortage[]
  /** Sizes that the subscription may not have. */
  readonly restrictions: Restriction[]
  readonly networks: Map<string, SimNetwork>
  /** VM → the subnet that its one address is of, for replicated machines. */
  readonly addressOf: Map<string, SimSubnet>
  readonly reservationGroups: Map<string, SimReservationGroup>
  /** VM → capacity reservation group it was made in. */
  readonly reservedIn: Map<string, string>
  /** What a machine came with, where that is not what every machine has. */
  readonly equipment: WeakMap<SimVm, Equipment>
  /** What goes on inside of a machine, as far as anything has. */
  readonly guests: WeakMap<SimVm, Guest>
  /** VM → machine that is gone and that Resource Graph still shows. */
  readonly ghosts: Map<string, { readonly vm: SimVm; readonly until: Instant }>
  /** Machines whose disk is broken. */
  readonly broken: WeakSet<SimVm>
  /** Secret's URL → id of its vault, lower case. */
  readonly secrets: Map<string, string>
  /** Storage account → its region. */
  readonly storageAccounts: Map<string, string>
  /** Ids of data collection rules and endpoints. */
  readonly dataCollection: Set<string>
  /** Replicated item → its broken points in time. */
  readonly badPoints: Map<string, BadPoints>
  /** For what goes on inside of machines: draws of it leave the rest of a story as it was. */
  readonly guestRandom: Random
  /** What the pools stand on: resource groups, storage, images, locks, … */
  readonly surroundings: Surroundings
  nextSession: number
}

const defaultSwitches: Switches = {
  recordFollowsVm: true,
  doubleAcceptWindow: seconds(5),
  deallocatedCountsAgainstQuota: true,
  staleStatus: 0.1,
  statusDelay: [seconds(30), minutes(5)],
  lostSessionsLinger: minutes(20),
  pageSize: 100,
  assignmentsPageSize: 500,
  reprotect: [hours(1), hours(3)],
  agentUpdates: false,
  tokenNeeds: minutes(20),
  patching: { assess: [minutes(1), minutes(5)], install: [minutes(5), minutes(45)], fails: 0.02 },
  extensions: { install: [minutes(1), minutes(4)], remove: [seconds(20), seconds(90)], fails: 0 },
  reprotectDeletesOldVm: true,
}

const worlds = new WeakMap<Estate, World>()

/** The one world of a simulation. Never fails: an empty estate has an empty world. */
export function worldOf(sim: Sim): World {
  const known = worlds.get(sim.estate)
  if (known) return known
  const world: World = {
    switches: defaultSwitches,
    random: sim.random.fork('estate'),
    hostOfVm: new Map(),
    hostsOfPool: new Map(),
    turnOfVm: new Map(),
    recordedVm: new Map(),
    listedSessions: new Map(),
    signingOut: new Set(),
    inUse: new Set(),
    wanting: new Set(),
    knownDeadRegions: new Set(),
    diedAt: new Map(),
    workspaces: new Map(),
    applications: new Map(),
    vaults: new Map(),
    recoveryPlans: new Map(),
    jobs: new Map(),
    agents: new Map(),
    patches: new Map(),
    shortages: [],
    restrictions: [],
    networks: new Map(),
    addressOf: new Map(),
    reservationGroups: new Map(),
    reservedIn: new Map(),
    equipment: new WeakMap(),
    guests: new WeakMap(),
    ghosts: new Map(),
    broken: new WeakSet(),
    secrets: new Map(),
    storageAccounts: new Map(),
    dataCollection: new Set(),
    badPoints: new Map(),
    guestRandom: sim.random.fork('guest'),
    surroundings: createSurroundings(),
    nextSession: 2,
  }
  worlds.set(sim.estate, world)
  return world
}

export function setSwitches(sim: Sim, switches: Partial<Switches>): void {
  const world = worldOf(sim)
  world.switches = { ...world.switches, ...switches }
}

/** A length within the bounds, drawn from the world's own generator. */
export const sample = (sim: Sim, [low, high]: readonly [Millis, Millis]): Millis =>
  Math.round(worldOf(sim).random.between(low, high))

/** Something is being done to this VM: the answer tells later whether that is still so. */
export function takeTurn(sim: Sim, vm: SimVm): () => boolean {
  const { turnOfVm } = worldOf(sim)
  const key = idKey(vm.id)
  const turn = (turnOfVm.get(key) ?? 0) + 1
  turnOfVm.set(key, turn)
  return () => turnOfVm.get(key) === turn
}

/** Tells whether nothing has been done to the VM since. */
export function currentTurn(sim: Sim, vm: SimVm): () => boolean {
  const { turnOfVm } = worldOf(sim)
  const key = idKey(vm.id)
  const turn = turnOfVm.get(key)
  return () => turnOfVm.get(key) === turn
}

/** Failovers and starts are paced per target subscription and region. */
export const limiterOf = (subscription: string, location: string): string => `${subscription}/${location}`.toLowerCase()
