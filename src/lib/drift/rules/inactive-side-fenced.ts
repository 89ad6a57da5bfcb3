import { sameId } from '../../core/arm-id.ts'
import { checkAccess, groupName, groupsIn } from '../access.ts'
import { type HostMachine, isOn, machinesOn } from '../host-machines.ts'
import { isPooled, type Side, sidesOf } from '../next-move.ts'
import { couldNotCheck, found, given, together, well } from '../outcome.ts'
import type { Found, Outcome, Rule, RuleContext, Severity } from '../rule.ts'

/**
 * Never in the way while the primary is down: then everybody goes where these people and hosts are already.
 * Who holds both sides is `one-side-has-access`'s; autoscale and Start VM on Connect have rules of their own.
 */
export const inactiveSideFenced: Rule = {
  id: 'inactive-side-fenced',
  title: 'Nobody can work on the side that is not in use',
  severity: 'critical',
  blocks: 'unlessDown',
  compares:
    'the side that is not in use with what a move leaves there: no group of the plan has access to it alone, and its hosts are drained or off. A host that runs and lets people in, or has sessions, is critical after a failover, for then the old side has come back to life; before one it is advice, with sessions a warning. Of replicated desktops: that no desktop runs on both sides.',
  why: 'Whoever works on the old side opens a profile that is open on the new one, and loses what one of them wrote. Two machines of one name take the desktop from each other.',
  source: {
    title: 'Multiregion Business Continuity and Disaster Recovery (BCDR) for Azure Virtual Desktop',
    url: 'https://learn.microsoft.com/azure/architecture/example-scenario/azure-virtual-desktop/azure-virtual-desktop-multi-region-bcdr',
  },
  howToFix:
    'Drain the hosts of that side and sign their users out; take the access away. Of a desktop that runs twice: deallocate the machine that users have left.',
  check: (context) =>
    isPooled(context) ? together([checkHolders(context), checkHosts(context)]) : checkDesktops(context),
}

function checkHolders(context: RuleContext): Outcome {
  const { active, standby } = sidesOf(context)
  return checkAccess(context, (held) => {
    const working = new Set(held[active].map(({ principal }) => principal))
    return context.pair.groups.flatMap(({ id }): readonly Found[] => {
      const own = held[standby].filter(({ principal }) => principal === id)
      if (own.length === 0 || working.has(id)) return []
      const name = groupName(context.pair, id) ?? id
      const evidence = `${name} has access to ${groupsIn(own)} of the ${standby} side, which is not in use, and to nothing else.`
      return [{ subject: name, evidence }]
    })
  })
}

function checkHosts(context: RuleContext): Outcome {
  const { active, standby } = sidesOf(context)
  return given({ machines: machinesOn(context, standby) }, ({ machines }) => {
    const alive = machines.filter(({ vm, host }) => isOn(vm) && (host.allowNewSession || host.sessions > 0))
    const { heldBy } = context.pairState
    if (heldBy)
      return together(
        alive.map(({ host }) =>
          couldNotCheck(`the ${heldBy.kind} ${heldBy.operationId} is under way`, `${standby}/${host.name}`),
        ),
      )
    return found(alive.map((machine) => lively(machine, standby, active === 'secondary')))
  })
}

function lively({ host: { name, sessions, allowNewSession } }: HostMachine, side: Side, isLeft: boolean): Found {
  const quiet: Severity = sessions > 0 ? 'warning' : 'advice'
  const lets = allowNewSession ? 'lets people in' : 'is drained'
  return {
    subject: `${side}/${name}`,
    severity: isLeft ? 'critical' : quiet,
    evidence: `${name} of the ${side} side, which is not in use, runs, ${lets} and has ${sessions} sessions.`,
    ...(allowNewSession && { fix: { kind: 'drainHost', side, host: name } }),
  }
}

/** One pool: each host's machine may be on either side, and on one of them only. */
function checkDesktops(context: RuleContext): Outcome {
  const parts = { primary: machinesOn(context, 'primary'), secondary: machinesOn(context, 'secondary') }
  return given(parts, ({ primary, secondary }) => {
    const there = new Map(secondary.flatMap(({ host, vm }) => (isOn(vm) ? [[host.name, vm?.id ?? '']] : [])))
    // Where both sides keep their machines in one group it is one and the same.
    const twice = primary.filter(
      ({ host, vm }) => isOn(vm) && !sameId(vm?.id ?? '', there.get(host.name) ?? vm?.id ?? ''),
    )
    if (twice.length === 0) return well
    return found(
      twice.map(({ host, vm }) => ({
        subject: host.name,
        evidence: `A machine ${vm?.name} runs on the primary and another one on the secondary side.`,
      })),
    )
  })
}
