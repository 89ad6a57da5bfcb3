import { hours, type Instant, type Millis } from '../../src/lib/core/time.ts'
import type { Lagged, SimSessionHost } from '../arm/estate-types.ts'
import { createLagged } from '../arm/lagged.ts'
import type { Sim } from '../arm/types.ts'
import { type AgentUpdates, sample, worldOf } from './world.ts'

export type UpdateState = 'Pending' | 'Started' | 'Succeeded' | 'Failed'
/** `release`: the number of the release it runs. */
export type Agent = { release: number; readonly state: Lagged<UpdateState> }

/** A running agent takes a new release within a day (model). */
const runningUpdatesWithin: Millis = hours(24)

/**
 * An agent that has missed a release wants it when it reports in: `Pending`, then `Started` with the host `Upgrading`
 * for minutes, then `Succeeded`, or `Failed` and the old agent works on. States are AVD's, lengths are the switch's.
 */
export function updateAgent(sim: Sim, hostKey: string, host: SimSessionHost, isCurrent: () => boolean): void {
  const updates = worldOf(sim).switches.agentUpdates
  if (!updates) return
  const agent = agentOf(sim, hostKey, host, updates)
  const newest = releaseAt(sim.now(), updates)
  if (agent.release >= newest) return
  agent.state.set('Pending')
  sim.agenda.at(sim.now() + sample(sim, updates.startsAfter), () => {
    if (!isCurrent() || host.beatingSince === undefined || agent.state.now() !== 'Pending') return
    agent.state.set('Started')
    host.status.set('Upgrading')
    sim.agenda.at(sim.now() + sample(sim, updates.takes), () => {
      if (!isCurrent() || agent.state.now() !== 'Started') return
      const ok = !worldOf(sim).random.chance(updates.fails)
      if (ok) agent.release = newest
      agent.state.set(ok ? 'Succeeded' : 'Failed')
      host.status.set('Available')
      sim.ledger.write({ kind: 'agentUpdated', pool: host.pool, host: host.name, ok })
    })
  })
}

/** The machine goes down: an update that has begun is lost, one that waits has to wait on. */
export function cutAgentUpdate(sim: Sim, hostKey: string, host: SimSessionHost): void {
  const { agents, switches } = worldOf(sim)
  const agent = agents.get(hostKey)
  if (!agent || !switches.agentUpdates) return
  if (agent.state.now() === 'Succeeded') agent.release = runningRelease(sim, agent, host, switches.agentUpdates)
  if (agent.state.now() !== 'Started') return
  agent.state.set('Failed')
  sim.ledger.write({ kind: 'agentUpdated', pool: host.pool, host: host.name, ok: false, cutOff: true })
}

export function agentVersion(sim: Sim, hostKey: string, host: SimSessionHost): string {
  const updates = worldOf(sim).switches.agentUpdates
  if (!updates) return '1.0.13229.200'
  const agent = agentOf(sim, hostKey, host, updates)
  return `1.0.${12_500 + runningRelease(sim, agent, host, updates)}.200`
}

export const updateStateSeen = (sim: Sim, hostKey: string): UpdateState =>
  worldOf(sim).agents.get(hostKey)?.state.seen() ?? 'Succeeded'

/** Whoever was never asked about runs what was new when it last ran. */
function agentOf(sim: Sim, hostKey: string, host: SimSessionHost, updates: AgentUpdates): Agent {
  const { agents } = worldOf(sim)
  const known = agents.get(hostKey)
  if (known) return known
  const ranAt = host.lastHeartbeat ?? host.tokenFrom
  const agent: Agent = { release: releaseAt(ranAt, updates), state: createLagged<UpdateState>(sim, 'Succeeded') }
  agents.set(hostKey, agent)
  return agent
}

function runningRelease(sim: Sim, agent: Agent, host: SimSessionHost, updates: AgentUpdates): number {
  if (host.beatingSince === undefined || agent.state.now() !== 'Succeeded') return agent.release
  const byNow = sim.now() - runningUpdatesWithin
  return host.beatingSince > byNow ? agent.release : Math.max(agent.release, releaseAt(byNow, updates))
}

const releaseAt = (at: Instant, { every }: AgentUpdates): number => Math.floor(at / every)
