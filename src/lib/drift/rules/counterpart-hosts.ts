import { planPooledHosts } from '../../planning/pooled-hosts.ts'
import type { HostCode } from '../../planning/preview.ts'
import { desktopsAhead, isPooled, nextMove, sidesOf } from '../next-move.ts'
import { found, given, partOfPair, partOfSide } from '../outcome.ts'
import type { Found, Outcome, Rule, RuleContext } from '../rule.ts'
import { multiRegion } from '../sources.ts'

export const counterpartHosts: Rule = {
  id: 'counterpart-hosts',
  title: 'Every host has somewhere to go',
  severity: 'warning',
  blocks: 'never',
  compares:
    'pooled: session hosts of the side that stands by with the virtual machines there (one each, in the region of the plan), each host in use with the one that `counterparts` names for it, and, where the whole pool is the counterpart, how many hosts there are on both sides. Personal: each desktop with its machine and replicated item, which must be one, and say where it goes. Whether a desktop is replicated is told by `replication-covers-desktops`.',
  why: 'A host without its machine cannot be started, and a desktop that cannot be told from another is left behind: the failover is refused until somebody accepts that.',
  source: multiRegion,
  howToFix:
    'Deploy the missing machines from the golden image and register them; delete records of hosts whose machine is gone.',
  check: (context) => (isPooled(context) ? checkPool(context) : checkDesktops(context)),
}

function checkPool(context: RuleContext): Outcome {
  const { active, standby } = sidesOf(context)
  const parts = {
    leaving: partOfSide(context, active, 'sessionHosts'),
    entering: partOfSide(context, standby, 'sessionHosts'),
    vms: partOfSide(context, standby, 'vms'),
  }
  return given(parts, ({ leaving }) => {
    const { decisions, newHosts } = planPooledHosts(nextMove(context))
    if (newHosts.length === 0) {
      const evidence = `No session host of the ${standby} side has a virtual machine in ${context.pair[standby].region}.`
      return found([{ subject: standby, severity: 'critical', evidence }])
    }
    const lacking = decisions
      .filter(({ decision, code }) => decision === 'out' || code === 'leavesWithoutCounterpart')
      .map(({ host, side, reason }): Found => ({ subject: `${side}/${host}`, evidence: `${host}: ${reason}` }))
    // Fewer and larger hosts may do as well: whether they hold the users is `capacity-covers-peak`'s to tell.
    const isFewer = context.pair.counterparts === 'pool' && newHosts.length < leaving.length
    const evidence = `${newHosts.length} hosts of the ${standby} side can start, the ${active} side has ${leaving.length}.`
    return found([...lacking, ...(isFewer ? [{ subject: standby, severity: 'advice' as const, evidence }] : [])])
  })
}

const codes: ReadonlySet<HostCode> = new Set(['ambiguousVm', 'noVm', 'wrongRegion', 'noTarget'])

const checkDesktops = (context: RuleContext): Outcome =>
  given(
    {
      sessionHosts: partOfSide(context, 'primary', 'sessionHosts'),
      primary: partOfSide(context, 'primary', 'vms'),
      secondary: partOfSide(context, 'secondary', 'vms'),
      items: partOfPair(context, 'replicatedItems'),
    },
    () =>
      found(
        desktopsAhead(context)
          .decisions.filter(({ decision, code }) => decision === 'out' && codes.has(code))
          .map(({ host, reason }) => ({ subject: host, evidence: `${host}: ${reason}` })),
      ),
  )
