import { idKey } from '../../src/lib/core/arm-id.ts'
import { hours, type Instant, type Millis, seconds } from '../../src/lib/core/time.ts'
import type { SimSessionHost, SimVm } from '../arm/estate-types.ts'
import type { Sim } from '../arm/types.ts'
import { cutAgentUpdate, updateAgent } from './agent-update.ts'
import { bootGuest, stopGuest } from './guest.ts'
import { endSession } from './sessions.ts'
import { currentTurn, sample, worldOf } from './world.ts'

/** The agent's token is good for 90 days after it last ran (AVD FAQ, learn.microsoft.com). */
export const tokenLifetime: Millis = hours(24 * 90)
const heartbeatInterval: Millis = seconds(30)

/** The VM has just come up: its agent, if it carries one, reports in after its boot, unless its token lapsed. */
export function bootAgent(sim: Sim, vm: SimVm): void {
  bootGuest(sim, vm)
  connectAgent(sim, vm)
}

/** The agent of a machine that runs tries to report in, for the first time or because another one had taken its place. */
export function connectAgent(sim: Sim, vm: SimVm): void {
  const world = worldOf(sim)
  const hostKey = world.hostOfVm.get(idKey(vm.id))
  if (hostKey === undefined || world.broken.has(vm)) return
  const isCurrent = currentTurn(sim, vm)
  sim.agenda.at(sim.now() + sample(sim, sim.timings.agentBoot), () => {
    const host = sim.estate.sessionHosts.get(hostKey)
    if (!host || !isCurrent() || sim.estate.deadRegions.has(vm.location.toLowerCase())) return
    if (sim.now() - host.tokenFrom > tokenLifetime) expire(sim, host)
    else reportIn(sim, hostKey, host, vm)
  })
}

/** The agent on this VM falls silent; sessions on it end. Another VM's agent with the same record is left alone. */
export function stopAgent(sim: Sim, vm: SimVm, why: 'shutdown' | 'lost'): void {
  const world = worldOf(sim)
  stopGuest(sim, vm)
  const hostKey = world.hostOfVm.get(idKey(vm.id))
  const host = hostKey === undefined ? undefined : sim.estate.sessionHosts.get(hostKey)
  if (hostKey === undefined || !host || host.vm !== idKey(vm.id) || host.beatingSince === undefined) return
  const last = lastHeartbeat(sim, host)
  if (last !== undefined) host.lastHeartbeat = last
  host.tokenFrom = tokenFrom(sim, host)
  cutAgentUpdate(sim, hostKey, host)
  delete host.beatingSince
  sim.ledger.write({ kind: 'hostGone', pool: host.pool, host: host.name })
  for (const id of [...host.sessions.keys()]) endSession(sim, hostKey, id, why)
  announceSilence(sim, host, why)
}

/** The agent's last heartbeat until now, on a host whose agent runs or ran. */
export function lastHeartbeat(sim: Sim, host: SimSessionHost, until: Instant = sim.now()): Instant | undefined {
  if (host.beatingSince === undefined || host.beatingSince > until) return host.lastHeartbeat
  return host.beatingSince + Math.floor((until - host.beatingSince) / heartbeatInterval) * heartbeatInterval
}

/** When the token was last renewed: now, where the agent has run long enough without a break. */
export function tokenFrom(sim: Sim, host: SimSessionHost): Instant {
  const ran = host.beatingSince === undefined ? 0 : sim.now() - host.beatingSince
  return ran >= worldOf(sim).switches.tokenNeeds ? sim.now() : host.tokenFrom
}

function expire(sim: Sim, host: SimSessionHost): void {
  host.status.set('Unavailable')
  sim.ledger.write({ kind: 'hostExpired', pool: host.pool, host: host.name })
}

function reportIn(sim: Sim, hostKey: string, host: SimSessionHost, vm: SimVm): void {
  const world = worldOf(sim)
  const [before, after] = [host.vm, idKey(vm.id)]
  if (!world.switches.recordFollowsVm && before !== after && !world.recordedVm.has(hostKey))
    world.recordedVm.set(hostKey, before)
  if (host.beatingSince !== undefined) loseConnection(sim, hostKey, host)
  host.vm = after
  host.tokenFrom = tokenFrom(sim, host)
  host.beatingSince = sim.now()
  host.status.set('Available')
  sim.ledger.write({ kind: 'hostReady', pool: host.pool, host: host.name })
  updateAgent(sim, hostKey, host, currentTurn(sim, vm))
}

/** Two machines with one identity: the broker keeps the one that came last, and sessions on the other break. */
function loseConnection(sim: Sim, hostKey: string, host: SimSessionHost): void {
  sim.ledger.write({ kind: 'hostGone', pool: host.pool, host: host.name })
  for (const id of [...host.sessions.keys()]) endSession(sim, hostKey, id, 'lost')
}

/** The status says so late, and sometimes never: Available was recorded four days after the last heartbeat. */
function announceSilence(sim: Sim, host: SimSessionHost, why: 'shutdown' | 'lost'): void {
  const { random, switches } = worldOf(sim)
  const saysShutdown = random.chance(0.5) && why === 'shutdown'
  if (random.chance(switches.staleStatus)) return
  sim.agenda.at(sim.now() + sample(sim, switches.statusDelay), () => {
    if (host.beatingSince === undefined) host.status.set(saysShutdown ? 'Shutdown' : 'Unavailable')
  })
}
