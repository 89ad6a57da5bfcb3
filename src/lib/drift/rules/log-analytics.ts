import { idKey, sameId } from '../../core/arm-id.ts'
import { hostPoolIdOf } from '../../planning/situation.ts'
import { isPooled, type Side } from '../next-move.ts'
import { found, given, partOfSide } from '../outcome.ts'
import type { Found, Rule, RuleContext } from '../rule.ts'
import { sides } from '../session-machines.ts'

type Workspaces = Readonly<Record<Side, readonly string[]>>

export const logAnalytics: Rule = {
  id: 'log-analytics',
  title: 'Both host pools send their diagnostics where the plan wants them',
  severity: 'advice',
  blocks: 'never',
  compares:
    'the Log Analytics workspaces that the diagnostic settings of both pools send to: each pool to one at least, and as `drift.logAnalytics` says: any, the same, or separate ones',
  why: 'Without diagnostics nobody can tell why users cannot sign in. Official texts differ on the rest: one workspace for both is easier to look at; separate ones outlive each other’s region.',
  source: {
    title: 'Azure Virtual Desktop recommendations (Azure Proactive Resiliency Library)',
    url: 'https://azure.github.io/Azure-Proactive-Resiliency-Library-v2/azure-specialized-workloads/avd/',
  },
  howToFix: 'Add a diagnostic setting to the pool that sends to a workspace, or change its workspace, or the plan.',
  check: (context) =>
    given(
      {
        primary: partOfSide(context, 'primary', 'diagnostics'),
        secondary: partOfSide(context, 'secondary', 'diagnostics'),
      },
      (settings) => {
        const workspacesOf = (side: Side) => {
          const pool = hostPoolIdOf(context.pair[side])
          const ofPool = settings[side].filter(({ resourceId }) => sameId(resourceId, pool))
          return [...new Set(ofPool.flatMap(({ workspaceId }) => (workspaceId ? [idKey(workspaceId)] : [])))]
        }
        const all = { primary: workspacesOf('primary'), secondary: workspacesOf('secondary') }
        // One pool is its own counterpart.
        const asked = isPooled(context) ? sides : (['primary'] as const)
        return found([...asked.flatMap((side) => missing(context, side, all)), ...unwanted(context, all)])
      },
    ),
}

const missing = ({ pair }: RuleContext, side: Side, workspaces: Workspaces): readonly Found[] =>
  workspaces[side].length > 0
    ? []
    : [{ subject: side, evidence: `${pair[side].hostPool} sends its diagnostics to no Log Analytics workspace.` }]

function unwanted(context: RuleContext, { primary, secondary }: Workspaces): readonly Found[] {
  const wanted = context.plan.drift.logAnalytics
  if (!isPooled(context) || wanted === 'any' || primary.length === 0 || secondary.length === 0) return []
  const shared = primary.filter((one) => secondary.includes(one))
  if ((wanted === 'same') === shared.length > 0) return []
  const name = (id: string | undefined) => id?.split('/').at(-1) ?? ''
  const evidence =
    wanted === 'same'
      ? `The primary pool sends its diagnostics to ${name(primary[0])}, the secondary to ${name(secondary[0])}; the plan asks for the same.`
      : `Both pools send their diagnostics to ${name(shared[0])}; the plan asks for separate ones.`
  return [{ subject: 'primary/secondary', evidence }]
}
