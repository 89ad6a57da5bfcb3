import { hours, type Instant, isoOf, type Millis } from '../../core/time.ts'
import type { SessionHost } from '../../model/azure.ts'
import { type HostClock, tokenLife } from '../../model/host-clock.ts'
import { hostKey } from '../../planning/situation.ts'
import { isPooled, sidesOf } from '../next-move.ts'
import { couldNotCheck, found, given, type Part, partOfSide, together, well } from '../outcome.ts'
import type { Outcome, Rule, RuleContext } from '../rule.ts'

export const standbyTokens: Rule = {
  id: 'standby-tokens',
  title: 'No standby host is about to lose its registration',
  severity: 'critical',
  blocks: 'never',
  compares:
    "how long each host of the side that is not in use has been silent, by the clocks of keep-alive, with the 90 days a registration lasts, and before that with the pair's `keepAlive.warnAfter` (60 days where it has none). A host that a wake-up could not prove alive is a warning as well.",
  why: 'A host that was off for 90 days starts and never becomes available: a failover has that many hosts fewer.',
  source: {
    title: 'Azure Virtual Desktop FAQ: how often should I turn my VMs on',
    url: 'https://learn.microsoft.com/azure/virtual-desktop/faq',
  },
  howToFix:
    'Give the pair a `keepAlive`, or a wider window. A host whose registration has lapsed has to be registered anew: `repair` does it.',
  appliesTo: isPooled,
  check: (context) => {
    const { standby } = sidesOf(context)
    const { clocks: read } = context
    const clocks: Part<readonly HostClock[]> = read
      ? { kind: 'seen', value: read }
      : { kind: 'unseen', reason: 'the clocks of keep-alive could not be read' }
    return given({ hosts: partOfSide(context, standby, 'sessionHosts'), clocks }, ({ hosts, clocks }) => {
      const own = new Map(clocks.filter(({ side }) => side === standby).map((clock) => [clock.host, clock]))
      return together(hosts.map((host) => judge(context, host, own.get(hostKey(host.name)))))
    })
  },
}

/** As keep-alive's own alarm has it by default; chosen: a month is left to find out why. */
const usualWarnAfter: Millis = hours(60 * 24)
/** It is on, and its agent renews what it has. Beats are reported within minutes; an hour is chosen. */
const fresh: Millis = hours(1)

function judge({ pair, now, takenAt }: RuleContext, host: SessionHost, clock: HostClock | undefined): Outcome {
  const { name: subject, lastHeartbeat } = host
  if (lastHeartbeat !== undefined && takenAt - lastHeartbeat < fresh) return well
  // A run that was too short to renew the token has a heartbeat and no proof.
  const since = clock?.lastProof ?? (clock?.beats ? undefined : lastHeartbeat) ?? clock?.firstSeen
  if (since === undefined) return couldNotCheck('nobody has seen a heartbeat of it yet', subject)
  const silent = `${subject} has been silent since ${isoOf(since)}, ${daysBetween(since, now)} days`
  if (now - since > tokenLife) return found([{ subject, evidence: `${silent}: its registration has lapsed.` }])
  if (now - since > (pair.keepAlive?.warnAfter ?? usualWarnAfter))
    return found([{ subject, severity: 'warning', evidence: `${silent}: it lasts until ${isoOf(since + tokenLife)}.` }])
  const wake = clock?.lastWake
  if (wake?.outcome !== 'noHeartbeat' || wake.at < since) return well
  const evidence = `${subject} was started ${isoOf(wake.at)} and sent no heartbeat (${wake.operationId}).`
  return found([{ subject, severity: 'warning', evidence }])
}

const daysBetween = (from: Instant, to: Instant): number => Math.floor((to - from) / hours(24))
