import { isoOf } from '../../core/time.ts'
import type { SessionHost } from '../../model/azure.ts'
import { isOn, machinesOn } from '../host-machines.ts'
import { isPooled, type Side, sidesOf } from '../next-move.ts'
import { couldNotCheck, found, given, together, well } from '../outcome.ts'
import type { Outcome, Rule, RuleContext, Severity } from '../rule.ts'

/** A host that is off is well: it is meant to be. */
export const hostsHealthy: Rule = {
  id: 'hosts-healthy',
  title: 'Session hosts that run are available, and no agent has failed to update',
  severity: 'warning',
  blocks: 'never',
  compares:
    'status and update state that Azure Virtual Desktop gives for each session host of both sides with the power state of its machine. A host that is off is not looked at but for its update state. Running and silent is advice only, since a machine that has just been started looks the same.',
  why: 'A host that needs assistance takes no users. On the side that stands by it is one fewer in a failover; on the other one people are already missing it.',
  source: {
    title: 'Azure Virtual Desktop session host statuses and health checks',
    url: 'https://learn.microsoft.com/azure/virtual-desktop/session-host-status-health-checks',
  },
  howToFix: 'Open the host in the portal and follow its health checks; drain it while you repair or replace it.',
  check: (context) => {
    const { active, standby } = sidesOf(context)
    // Of replicated desktops there is one pool, and the machine may be on either side.
    return isPooled(context)
      ? together([active, standby].map((side) => checkSide(context, side)))
      : given({ own: machinesOn(context, active), other: machinesOn(context, standby) }, ({ own, other }) => {
          const others = new Map(other.map(({ host, vm }) => [host.name, vm]))
          return together(own.map(({ host, vm }) => judge(host, isOn(vm) || isOn(others.get(host.name)), host.name)))
        })
  },
}

const checkSide = (context: RuleContext, side: Side): Outcome =>
  given({ machines: machinesOn(context, side) }, ({ machines }) => {
    const { activeSide, heldBy } = context.pairState
    const waker = side !== activeSide && heldBy?.kind === 'keepAlive' ? heldBy.operationId : undefined
    return together(machines.map(({ host, vm }) => judge(host, isOn(vm), `${side}/${host.name}`, waker)))
  })

const grades: Readonly<Record<string, 'well' | Severity>> = {
  available: 'well',
  upgrading: 'well',
  unavailable: 'advice',
  shutdown: 'advice',
  disconnected: 'advice',
  noheartbeat: 'advice',
  needsassistance: 'warning',
  upgradefailed: 'warning',
  notjoinedtodomain: 'warning',
  domaintrustrelationshiplost: 'warning',
  sxsstacklistenernotready: 'warning',
  fslogixnothealthy: 'warning',
}

/** `waker`: the operation that starts such hosts just now. */
function judge(host: SessionHost, isOnNow: boolean, subject: string, waker?: string): Outcome {
  if (host.updateState?.toLowerCase() === 'failed')
    return found([{ subject, evidence: `The agent of ${host.name} has failed to update (${version(host)}).` }])
  if (!isOnNow) return well
  const grade = grades[host.status.toLowerCase()]
  if (grade === undefined) return couldNotCheck(`its status is ${host.status}, which is new to us`, subject)
  if (grade === 'well') return well
  if (grade === 'advice' && waker) return couldNotCheck(`${waker} may just have started it`, subject)
  const beat = host.lastHeartbeat === undefined ? 'none was ever seen' : `the last one ${isoOf(host.lastHeartbeat)}`
  return found([
    { subject, severity: grade, evidence: `${host.name} runs and is ${host.status}; heartbeats: ${beat}.` },
  ])
}

const version = ({ agentVersion }: SessionHost): string => agentVersion ?? 'version unknown'
