import type { HostDecision } from '../../planning/preview.ts'
import { desktopsAhead, isReplicated, sidesOf } from '../next-move.ts'
import { couldNotCheck, found, given, type Part, partOfPair, partOfSide, together, well } from '../outcome.ts'
import type { Outcome, Rule, RuleContext } from '../rule.ts'

/** Planning's own verdicts, as of the move that comes next. What else keeps a desktop out is `counterpart-hosts`'s. */
export const replicationCoversDesktops: Rule = {
  id: 'replication-covers-desktops',
  title: 'Every desktop is replicated and may be failed over',
  severity: 'critical',
  blocks: 'never',
  compares:
    'session hosts of the pool with the replicated items of the vault, each by its own item: protected, allowed to fail over, and its consistency group with a recovery plan of exactly its machines. A desktop that was failed over to the secondary region and is not protected again is a warning.',
  why: 'A desktop without replication stays behind, and its user has none until the region is back. One that is not protected again has no way home, and nothing if the region it runs in now is lost.',
  source: {
    title: 'Set up disaster recovery for Azure VMs: protection states and reprotect',
    url: 'https://learn.microsoft.com/azure/site-recovery/azure-to-azure-how-to-reprotect',
  },
  howToFix:
    'Enable replication for the machine in the vault of the plan, or take its host out of the pool. After a failover: commit it, then start a `reprotect`.',
  appliesTo: isReplicated,
  check: (context) =>
    given(
      {
        items: partOfPair(context, 'replicatedItems'),
        hosts: partOfSide(context, sidesOf(context).active, 'sessionHosts'),
      },
      () => together(desktopsAhead(context).decisions.map((decision) => judge(context, decision))),
    ),
}

const left: ReadonlySet<string> = new Set(['notReplicated', 'notReady', 'notAllowed', 'multiVmGroup', 'noRecoveryPlan'])
/** Whichever way the next move goes. */
const unprotected: ReadonlySet<string> = new Set(['notReprotected', 'alreadyFailedOver', 'commitPending'])

/** `counterpart-hosts`'s, and what a gap in the machines makes of a desktop of this rule. */
const hiding: ReadonlySet<string> = new Set(['noVm', 'ambiguousVm', 'noTarget'])

function judge(context: RuleContext, { host, code, reason }: HostDecision): Outcome {
  const isUnprotected = unprotected.has(code)
  const isHidden = hiding.has(code)
  if (!isUnprotected && !isHidden && !left.has(code)) return well
  const { heldBy } = context.pairState
  if (heldBy) return couldNotCheck(`the ${heldBy.kind} ${heldBy.operationId} is under way`, host)
  const needed = neededFor(context, code)
  if (needed?.kind === 'unseen') return couldNotCheck(needed.reason, host)
  if (isHidden) return well
  // Without protection on the primary there is no failover; on the secondary there is no way home, which can wait.
  const isLater = isUnprotected && !(code === 'notReprotected' && sidesOf(context).active === 'primary')
  return found([{ subject: host, evidence: `${host}: ${reason}`, ...(isLater && { severity: 'warning' as const }) }])
}

/** Which machine a host is tells its id where names differ; without the list a host only seems to have no item. */
function neededFor(context: RuleContext, code: string): Part<unknown> | undefined {
  if (code === 'noRecoveryPlan') return partOfPair(context, 'recoveryPlans')
  if (code !== 'notReplicated' && !hiding.has(code)) return undefined
  const { active, standby } = sidesOf(context)
  const own = partOfSide(context, active, 'vms')
  return own.kind === 'unseen' ? own : partOfSide(context, standby, 'vms')
}
