import { idKey } from '../../src/lib/core/arm-id.ts'
import type { Millis } from '../../src/lib/core/time.ts'
import type { SimVm } from '../arm/estate-types.ts'
import type { Sim } from '../arm/types.ts'
import { isAlive } from './regions.ts'
import { endSession, openSession } from './sessions.ts'
import { deallocateVm, startVm } from './vm-power.ts'
import { currentTurn, worldOf } from './world.ts'

export type PortalOptions = {
  /** Between two looks at the pools, at each of which somebody may start one host. */
  readonly every: Millis
  readonly chance: number
  readonly staysOn: readonly [Millis, Millis]
  /** Who signs in on every second host, with rights of his own and no desktop. */
  readonly user: string
}

/**
 * People who start deallocated hosts of these pools by hand, work on some of them, and switch them off again hours
 * later. They know nothing of an exclusion tag, and nobody else may switch off what they work on.
 */
export function startPortalWork(sim: Sim, pools: readonly string[], options: PortalOptions): void {
  const random = sim.random.fork('portal')
  const tick = () => {
    for (const pool of pools) if (random.chance(options.chance)) startOne(pool)
    sim.agenda.at(sim.now() + options.every, tick)
  }
  const startOne = (pool: string) => {
    const keys = worldOf(sim).hostsOfPool.get(idKey(pool)) ?? []
    if (keys.length === 0) return
    const key = random.pick(keys)
    const vm = sim.estate.vms.get(sim.estate.sessionHosts.get(key)?.vm ?? '')
    if (vm?.power.now() !== 'deallocated' || !isAlive(sim, vm.location)) return
    startVm(sim, vm, undefined, 'person')
    const isCurrent = currentTurn(sim, vm)
    const works = random.chance(0.5)
    const length = random.between(...options.staysOn)
    sim.agenda.at(sim.now() + 0.2 * length, () => works && isCurrent() && signIn(sim, key, options.user))
    sim.agenda.at(sim.now() + length, () => leave(sim, key, vm, options.user))
  }
  sim.agenda.at(sim.now() + options.every, tick)
}

function signIn(sim: Sim, key: string, user: string): void {
  const host = sim.estate.sessionHosts.get(key)
  if (host?.beatingSince !== undefined) openSession(sim, key, host, user)
}

/** Signs out, and switches off what still runs and what nobody else works on. */
function leave(sim: Sim, key: string, vm: SimVm, user: string): void {
  const host = sim.estate.sessionHosts.get(key)
  for (const session of host?.sessions.values() ?? [])
    if (session.user === user) endSession(sim, key, session.id, 'signedOut')
  worldOf(sim).wanting.delete(user)
  if (vm.power.now() === 'running' && host?.sessions.size === 0) deallocateVm(sim, vm, 'person')
}
