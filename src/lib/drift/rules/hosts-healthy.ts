import { sameId } from '../../core/arm-id.ts'
import { isoOf, type Millis, minutes } from '../../core/time.ts'
import type { SessionHost } from '../../model/azure.ts'
import { hostPoolIdOf } from '../../planning/situation.ts'
import { isOn, machinesOn } from '../host-machines.ts'
import { isPooled, type Side, sidesOf } from '../next-move.ts'
import { couldNotCheck, found, given, partOfSide, together, well } from '../outcome.ts'
import type { Outcome, Rule, RuleContext, Severity } from '../rule.ts'

/** A host that is off is well: it is meant to be. */
export const hostsHealthy: Rule = {
  id: 'hosts-healthy',
  title: 'Session hosts that run are available, and no agent has failed to update',
  severity: 'warning',
  blocks: 'never',
  compares:
    'status and update state that Azure Virtual Desktop gives for each session host of both sides with the power state of its machine. A host that is off is not looked at but for its update state. Running and silent is advice; where autoscale, Start VM on Connect or keep-alive may have started the machine just now, it cannot be checked.',
  why: 'A host that needs assistance takes no users. On the side that stands by it is one fewer in a failover; on the other one people are already missing it.',
  source: {
    title: 'Azure Virtual Desktop session host statuses and health checks',
    url: 'https://learn.microsoft.com/azure/virtual-desktop/session-host-status-health-checks',
  },
  howToFix: 'Open the host in the portal and follow its health checks; drain it while you repair or replace it.',
  check: (context) => {
    const { active, standby } = sidesOf(context)
    // Of replicated desktops there is one pool, and the machine may be on either side.
    if (isPooled(context)) return together([active, standby].map((side) => checkSide(context, side)))
    return given({ own: machinesOn(context, active), other: machinesOn(context, standby) }, ({ own, other }) => {
      const others = new Map(other.map(({ host, vm }) => [host.name, vm]))
      const starter = starterOf(context, active)
      return together(
        own.map(({ host, vm }) => judge(context, host, host.name, starter, isOn(vm) || isOn(others.get(host.name)))),
      )
    })
  },
}

const checkSide = (context: RuleContext, side: Side): Outcome =>
  given({ machines: machinesOn(context, side) }, ({ machines }) => {
    const starter = starterOf(context, side)
    return together(machines.map(({ host, vm }) => judge(context, host, `${side}/${host.name}`, starter, isOn(vm))))
  })

/** Why a host that is silent may just have been started, or that it is not known. */
function starterOf(context: RuleContext, side: Side): string | undefined {
  const { activeSide, heldBy } = context.pairState
  if (heldBy && (heldBy.kind !== 'keepAlive' || side !== activeSide)) return `${heldBy.operationId} may have started it`
  const plans = partOfSide(context, side, 'scalingPlans')
  if (plans.kind === 'unseen') return plans.reason
  const id = hostPoolIdOf(context.pair[side])
  const isScaled = plans.value.some(({ pools }) => pools.some((pool) => pool.enabled && sameId(pool.hostPoolId, id)))
  if (isScaled) return 'autoscale may have started it just now'
  const pool = partOfSide(context, side, 'hostPool')
  if (pool.kind === 'unseen') return pool.reason
  return pool.value.startVmOnConnect ? 'somebody may be connecting to it just now' : undefined
}

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

/** A host that goes down is silent before its machine is off; heartbeats come every minute or so, 15 are chosen. */
const fresh: Millis = minutes(15)

function judge(
  { takenAt }: RuleContext,
  host: SessionHost,
  subject: string,
  starter: string | undefined,
  isOnNow: boolean,
): Outcome {
  const { name, status, updateState, lastHeartbeat } = host
  if (updateState?.toLowerCase() === 'failed')
    return found([{ subject, evidence: `The agent of ${name} has failed to update (${version(host)}).` }])
  if (!isOnNow) return well
  const grade = grades[status.toLowerCase()]
  if (grade === undefined) return couldNotCheck(`its status is ${status}, which is new to us`, subject)
  if (grade === 'well') return well
  if (grade === 'advice') {
    if (lastHeartbeat !== undefined && takenAt - lastHeartbeat < fresh) return well
    if (starter !== undefined) return couldNotCheck(starter, subject)
  }
  const beat = lastHeartbeat === undefined ? 'none was ever seen' : `the last one ${isoOf(lastHeartbeat)}`
  return found([{ subject, severity: grade, evidence: `${name} runs and is ${status}; heartbeats: ${beat}.` }])
}

const version = ({ agentVersion }: SessionHost): string => agentVersion ?? 'version unknown'
