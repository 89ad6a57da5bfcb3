import type { Vm } from '../../model/azure.ts'
import { givenControllers, mayHaveControllers } from '../domain-controllers.ts'
import { couldNotCheck, found, together, well } from '../outcome.ts'
import type { Outcome, Rule, RuleContext } from '../rule.ts'
import { hasZones } from '../session-machines.ts'
import { multiRegion } from '../sources.ts'

/** Two, so that one may be patched or lost. */
const needed = 2

export const domainControllersPrimary: Rule = {
  id: 'domain-controllers-primary',
  title: 'Two domain controllers run in the primary region, in different zones where it has some',
  severity: 'warning',
  blocks: 'never',
  compares:
    'the virtual machines the plan names as domain controllers (`identity.domainControllers`) with the primary region: two that run, in two zones. A region has zones when a size of this pair is offered in one there. Whether a machine answers as a domain controller is not seen',
  why: 'With the only domain controller its zone takes away who can sign in, and makes a failover of what one machine more would have kept.',
  source: multiRegion,
  howToFix: 'Start the domain controller, or add one in another zone, and name it in the plan.',
  appliesTo: mayHaveControllers,
  check: (context) =>
    givenControllers(context, 'primary', ({ running, stopped, doubtful }) => {
      if (running.length >= needed) return checkZones(context, running)
      if (running.length + doubtful.length >= needed)
        return couldNotCheck(`whether ${doubtful.join(', ')} run in the primary region`)
      const off = stopped.length > 0 ? ` (off: ${stopped.map(({ name }) => name).join(', ')})` : ''
      const evidence = `${running.length} of the domain controllers the plan names run in ${context.pair.primary.region}${off}.`
      return together([
        found([{ subject: 'count', evidence }]),
        // Of one alone there is nothing to tell.
        couldNotCheck('too few run to tell', 'zones'),
      ])
    }),
}

function checkZones(context: RuleContext, running: readonly Vm[]): Outcome {
  const inZones = new Set(running.flatMap(({ zone }) => zone ?? []))
  if (inZones.size >= needed) return well
  const zones = hasZones(context, 'primary')
  if (zones.kind === 'unseen') return couldNotCheck(zones.reason, 'zones')
  const evidence = `${running.map(({ name, zone }) => `${name} (${zone ? `zone ${zone}` : 'no zone'})`).join(', ')}: not in two zones.`
  return zones.value ? found([{ subject: 'zones', evidence }]) : well
}
