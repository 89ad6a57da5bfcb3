import { lastHeartbeat } from '../estate/agent.ts'
import { agentVersion, updateStateSeen } from '../estate/agent-update.ts'
import { sessionsSeen } from '../estate/sessions.ts'
import { worldOf } from '../estate/world.ts'
import { avdId, guidOf, systemData } from './avd-resource.ts'
import type { FoundHost } from './avd-session-hosts.ts'
import type { SimSessionHost, SimVm } from './estate-types.ts'
import { lasting } from './lasting-body.ts'
import type { Sim } from './types.ts'

/**
 * A session host as recorded: nulls, health checks the spec does not know,
 * `name` with the pool's in front. `allowNewSession` is given, because a PATCH answers with what it just set.
 */
export function sessionHostBody(sim: Sim, found: FoundHost, allowNewSession: boolean): Record<string, unknown> {
  const { host, key } = found
  const traits: Traits = {
    vm: recordedVm(sim, found),
    heartbeat: lastHeartbeat(sim, host, sim.now() - sim.timings.readLag[0]),
    allowNewSession,
    sessions: sessionsSeen(sim, key).length,
    agentVersion: agentVersion(sim, key, host),
    status: host.status.seen(),
    updateState: updateStateSeen(sim, key),
  }
  if (host.beatingSince !== undefined) return bodyOf(found, traits)
  // A host that is off is listed thousands of times and hardly ever looks otherwise than the time before.
  const mark = Object.values({ ...traits, vm: traits.vm?.vmId }).join(' ')
  const known = silent.get(host)
  if (known?.mark === mark) return known.body
  const body = lasting(bodyOf(found, traits))
  silent.set(host, { mark, body })
  return body
}

type Traits = {
  readonly vm: SimVm | undefined
  readonly heartbeat: number | undefined
  readonly allowNewSession: boolean
  readonly sessions: number
  readonly agentVersion: string
  readonly status: string
  readonly updateState: string
}

const silent = new WeakMap<SimSessionHost, { readonly mark: string; readonly body: Record<string, unknown> }>()

function bodyOf(found: FoundHost, traits: Traits): Record<string, unknown> {
  const { host } = found
  const { vm, heartbeat, allowNewSession, sessions, status, updateState } = traits
  const { head, tail, objectId } = fixedPart(found)
  return {
    ...head,
    properties: {
      friendlyName: null,
      lastHeartBeat: heartbeat === undefined ? null : shortTime(heartbeat),
      statusTimestamp: null,
      lastUpdateTime: '2026-02-26T17:52:08.06Z',
      sessions,
      agentVersion: traits.agentVersion,
      allowNewSession,
      assignedUser: host.assignedUser ?? null,
      status,
      osVersion: '10.0.26100.7171',
      sxSStackVersion: 'rdp-sxs251112650',
      updateState,
      updateErrorMessage: '',
      sessionHostHealthCheckResults: healthChecks(heartbeat ?? host.tokenFrom, vm),
      resourceId: vm?.id ?? null,
      virtualMachineId: vm?.vmId ?? null,
      objectId,
    },
    ...tail,
  }
}

/** The VM the record names: after a failover the old one until the agent reports in, or for ever (switch). */
export function recordedVm(sim: Sim, { key, host }: Pick<FoundHost, 'key' | 'host'>): SimVm | undefined {
  return sim.estate.vms.get(worldOf(sim).recordedVm.get(key) ?? host.vm)
}

/** AVD drops trailing zeros: `2026-03-07T14:57:29.73Z`. */
export const shortTime = (at: number): string => new Date(at).toISOString().replace(/\.?0+Z$/, 'Z')

const fixed = new WeakMap<SimSessionHost, { readonly head: object; readonly tail: object; readonly objectId: string }>()

function fixedPart({ host, pool }: FoundHost) {
  const known = fixed.get(host)
  if (known) return known
  const id = `${avdId(pool.id)}/sessionhosts/${host.name}`
  const head = { name: `${pool.name}/${host.name}`, id, type: 'Microsoft.DesktopVirtualization/hostpools/sessionhosts' }
  const part = { head, tail: { systemData }, objectId: guidOf(id) }
  fixed.set(host, part)
  return part
}

const messages: readonly (readonly [name: string, message: string])[] = [
  ['DomainJoinedCheck', ''],
  ['DomainTrustCheck', ''],
  ['SxSStackListenerCheck', 'SessionHost healthy: SessionHost healthy: SxS stack listener is ready'],
  [
    'MonitoringAgentCheck',
    'Located running process at C:\\Program Files\\Microsoft RDInfra\\RDMonitoringAgent_46.24.3\\Agent\\MonAgentLauncher.exe',
  ],
  ['MetaDataServiceCheck', ''],
  ['AppAttachHealthCheck', 'SessionHost healthy: MSIX packages have been properly staged'],
  ['TURNRelayAccessHealthCheck', 'TURN relay health check for server [turn:51.5.255.240:3478?Udp] succeeded\n'],
  ['AADJoinedHealthCheck', 'SessionHost healthy: Microsoft Entra ID Join check succeeded.'],
]

function healthChecks(at: number, vm: SimVm | undefined) {
  const lastHealthCheckDateTime = new Date(at).toISOString().replace('Z', '4925Z')
  return messages.map(([healthCheckName, text]) => ({
    healthCheckName,
    healthCheckResult: 'HealthCheckSucceeded',
    additionalFailureDetails: {
      message: healthCheckName === 'MetaDataServiceCheck' ? metadataMessage(vm) : text,
      errorCode: 0,
      lastHealthCheckDateTime,
    },
  }))
}

const metadata = new WeakMap<SimVm, string>()

/** What the guest learnt about itself, as JSON in a text. */
function metadataMessage(vm: SimVm | undefined): string {
  if (!vm) return ''
  const known = metadata.get(vm)
  if (known !== undefined) return known
  const facts = { Details: 'IMDS pressumed available', AzureResourceId: vm.id, VmId: vm.vmId }
  const text = JSON.stringify(facts, null, 2).replaceAll('\n', '\r\n')
  metadata.set(vm, text)
  return text
}
