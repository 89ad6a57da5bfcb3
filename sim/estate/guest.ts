/** What goes on inside of a machine: its guest agent, its extensions, and what Resource Graph has heard of them. */
import { idKey } from '../../src/lib/core/arm-id.ts'
import { type Instant, type Millis, seconds } from '../../src/lib/core/time.ts'
import type { Lagged, SimAssociation, SimExtension, SimVm } from '../arm/estate-types.ts'
import { createLaggedBy } from '../arm/lagged.ts'
import type { Sim } from '../arm/types.ts'
import { usualExtensions } from './extension-sets.ts'
import { releaseRoom } from './room.ts'
import { worldOf } from './world.ts'

export type Equipment = {
  readonly extensions: readonly SimExtension[]
  readonly associations: readonly SimAssociation[]
}

export type Guest = {
  readonly extensions: Lagged<readonly SimExtension[]>
  readonly associations: Lagged<readonly SimAssociation[]>
  /** Both, as Resource Graph has them. */
  readonly indexed: Lagged<Equipment>
  /** The guest agent answers from then on; undefined: it ran before the story, or the machine is off. */
  readyFrom?: Instant
  /** Resource Graph knows the machine from then on. */
  readonly indexedFrom: Instant
  /** Extension that is being installed or removed, and until when. */
  busy?: { readonly name: string; readonly isRemoval: boolean; readonly endsAt: Instant }
}

/** From a running machine to a guest agent that reports (model; a fresh VM was recorded as "Not Ready"). */
const agentTakes: readonly [Millis, Millis] = [seconds(30), seconds(90)]
/** Freshness of Resource Graph is seconds to minutes in practice. */
const indexingTakes: readonly [Millis, Millis] = [seconds(30), seconds(60)]

export const draw = (sim: Sim, [low, high]: readonly [Millis, Millis]): Millis =>
  Math.round(worldOf(sim).guestRandom.between(low, high))

/** What a machine is equipped with before the story begins. */
export const equip = (sim: Sim, vm: SimVm, equipment: Equipment): void => void worldOf(sim).equipment.set(vm, equipment)

/** The machine's guest; a machine that was made in the course of the story needs `isNew`. */
export function guestOf(sim: Sim, vm: SimVm, isNew = false): Guest {
  const { guests } = worldOf(sim)
  const known = guests.get(vm)
  if (known) return known
  const { extensions, associations } = startOf(sim, vm)
  const lag = () => draw(sim, sim.timings.readLag)
  const guest: Guest = {
    extensions: createLaggedBy(sim.now, lag, extensions),
    associations: createLaggedBy(sim.now, lag, associations),
    indexed: createLaggedBy<Equipment>(sim.now, () => draw(sim, indexingTakes), { extensions, associations }),
    indexedFrom: isNew ? sim.now() + draw(sim, indexingTakes) : Number.NEGATIVE_INFINITY,
  }
  guests.set(vm, guest)
  return guest
}

export function setExtensions(sim: Sim, vm: SimVm, extensions: readonly SimExtension[]): void {
  const guest = guestOf(sim, vm)
  guest.extensions.set(extensions)
  guest.indexed.set({ extensions, associations: guest.associations.now() })
}

export function setAssociations(sim: Sim, vm: SimVm, associations: readonly SimAssociation[]): void {
  const guest = guestOf(sim, vm)
  guest.associations.set(associations)
  guest.indexed.set({ extensions: guest.extensions.now(), associations })
}

/** As a read of the machine shows them. */
export const extensionsSeen = (sim: Sim, vm: SimVm): readonly SimExtension[] =>
  worldOf(sim).guests.get(vm)?.extensions.seen() ?? startOf(sim, vm).extensions

/** As Resource Graph shows them. */
export const equipmentIndexed = (sim: Sim, vm: SimVm): Equipment =>
  worldOf(sim).guests.get(vm)?.indexed.seen() ?? startOf(sim, vm)

/** Machines as Resource Graph knows them: what is new comes late, what is gone stays a while. */
export function machinesIndexed(sim: Sim): readonly SimVm[] {
  const { guests, ghosts } = worldOf(sim)
  const now = sim.now()
  const known = [...sim.estate.vms.values()].filter((vm) => (guests.get(vm)?.indexedFrom ?? now) <= now)
  for (const [key, { vm, until }] of ghosts) {
    if (until > now) known.push(vm)
    else ghosts.delete(key)
  }
  return known
}

/** A machine is there that was not: a failover made it. One of the same id goes. */
export function addMachine(sim: Sim, vm: SimVm): void {
  removeMachine(sim, vm.id)
  sim.estate.vms.set(idKey(vm.id), vm)
  const { indexedFrom } = guestOf(sim, vm, true)
  const ghost = worldOf(sim).ghosts.get(idKey(vm.id))
  // The graph has one row of an id: the old machine's until the new one's comes.
  if (ghost) worldOf(sim).ghosts.set(idKey(vm.id), { ...ghost, until: indexedFrom })
}

export function removeMachine(sim: Sim, id: string): void {
  const key = idKey(id)
  const vm = sim.estate.vms.get(key)
  if (!vm) return
  sim.estate.vms.delete(key)
  releaseRoom(sim, id)
  worldOf(sim).ghosts.set(key, { vm, until: sim.now() + draw(sim, indexingTakes) })
}

/** Windows is up: the guest agent follows, but for a broken disk. */
export function bootGuest(sim: Sim, vm: SimVm): void {
  const isBroken = worldOf(sim).broken.has(vm)
  guestOf(sim, vm).readyFrom = isBroken ? Number.POSITIVE_INFINITY : sim.now() + draw(sim, agentTakes)
}

export function stopGuest(sim: Sim, vm: SimVm): void {
  guestOf(sim, vm).readyFrom = Number.POSITIVE_INFINITY
}

export const isGuestReady = (sim: Sim, vm: SimVm): boolean =>
  vm.power.now() === 'running' && (worldOf(sim).guests.get(vm)?.readyFrom ?? sim.now()) <= sim.now()

function startOf(sim: Sim, vm: SimVm): Equipment {
  if (vm.failedOver) return nothing
  return worldOf(sim).equipment.get(vm) ?? usual
}

const nothing: Equipment = { extensions: [], associations: [] }
const usual: Equipment = { extensions: usualExtensions, associations: [] }
