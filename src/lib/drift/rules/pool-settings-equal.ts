import type { HostPool } from '../../model/azure.ts'
import { isPooled, type Side, sidesOf } from '../next-move.ts'
import { couldNotCheck, found, given, partOfSide } from '../outcome.ts'
import type { Fix, Rule } from '../rule.ts'
import { comparison, differing } from '../settings.ts'
import { multiRegion } from '../sources.ts'

type Settings = NonNullable<HostPool['settings']>

/**
 * Left out: what this app switches itself, what describes machines to come (`same-image` looks at those there are), and a
 * vault that each region may have of its own. Where a pool's own data lies is not among its settings.
 */
const leftOut: ReadonlySet<string> = new Set(['startVMOnConnect', 'vmTemplate', 'ssoClientSecretKeyVaultPath'])

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
        if (!pools.primary.settings || !pools.secondary.settings) return couldNotCheck('the settings were not read')
        const { active, standby } = sidesOf(context)
        const [here, there] = [comparable(pools.primary.settings), comparable(pools.secondary.settings)]
        return found(
          differing(here, there).map((name) => {
            const fix = fixOf(name, standby, pools[active].settings)
            return {
              subject: name,
              evidence: `Primary against secondary: ${comparison(name, here, there)}.`,
              ...(fix && { fix }),
            }
          }),
        )
      },
    ),
}

const comparable = (settings: Settings): Settings =>
  Object.fromEntries(
    Object.entries(settings)
      .filter(([name]) => !leftOut.has(name))
      .map(([name, value]) => [name, name === 'customRdpProperty' ? rdpOf(value) : value]),
  )

/** `name:type:value;` in any order: which comes first means nothing. */
const rdpOf = (value: string): string =>
  value
    .split(';')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .sort()
    .join(';')

/** RDP properties are the one setting that can be taken away by writing: an empty text. */
function fixOf(name: string, side: Side, active: Settings | undefined): Fix | undefined {
  const value = active?.[name] ?? (name === 'customRdpProperty' ? '' : undefined)
  return value !== undefined && settable.has(name) ? { kind: 'setPoolProperty', side, name, value } : undefined
}
