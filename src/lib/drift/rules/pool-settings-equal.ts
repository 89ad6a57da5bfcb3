import { isPooled, type Side, sidesOf } from '../next-move.ts'
import { couldNotCheck, found, given, partOfSide } from '../outcome.ts'
import { comparable, type Settings } from '../pool-settings.ts'
import type { Fix, Rule } from '../rule.ts'
import { comparison, differing } from '../settings.ts'
import { multiRegion } from '../sources.ts'

/**
 * Left to people: who may come from where, and how they sign in, hangs together with private endpoints and secrets of the
 * region; what a pool is, Azure takes when it is made and never again.
 */
const settable: ReadonlySet<string> = new Set([
  'agentUpdate',
  'customRdpProperty',
  'loadBalancerType',
  'maxSessionLimit',
  'preferredAppGroupType',
  'validationEnvironment',
])

export const poolSettingsEqual: Rule = {
  id: 'pool-settings-equal',
  title: 'Both host pools of a pair are set alike',
  severity: 'warning',
  blocks: 'never',
  compares:
    'the settings of the primary host pool with those of the secondary: RDP properties (in whatever order), session limit, load balancing, preferred application group type, agent updates, validation, public network access, single sign-on. Not compared: Start VM on Connect, which a failover switches, the template for new machines, and where the pools’ own data lies',
  why: 'Users who are moved find other redirections, another sign-in or another limit of sessions than at home, on the day when nobody has time for it.',
  source: multiRegion,
  howToFix: 'Set the host pool of the side where users do not work as the other one is.',
  appliesTo: isPooled,
  check: (context) =>
    given(
      { primary: partOfSide(context, 'primary', 'hostPool'), secondary: partOfSide(context, 'secondary', 'hostPool') },
      (pools) => {
        const [primary, secondary] = [pools.primary.settings, pools.secondary.settings]
        if (!primary || !secondary) return couldNotCheck('the settings were not read')
        const { active, standby } = sidesOf(context)
        const settings = { primary, secondary }
        const compared = { primary: comparable(primary), secondary: comparable(secondary) }
        return found(
          differing(compared.primary, compared.secondary).map((name) => {
            const fix = fixOf(name, standby, settings[active], compared[active])
            return {
              subject: name,
              evidence: `Primary against secondary: ${comparison(name, compared.primary, compared.secondary)}.`,
              ...(fix && { fix }),
            }
          }),
        )
      },
    ),
}

/** RDP properties are the one setting that can be taken away by writing: an empty text. Their order is left as it is. */
function fixOf(name: string, side: Side, active: Settings, compared: Settings): Fix | undefined {
  const value = name === 'customRdpProperty' ? (active[name] ?? '') : compared[name]
  return value !== undefined && settable.has(name) ? { kind: 'setPoolProperty', side, name, value } : undefined
}
