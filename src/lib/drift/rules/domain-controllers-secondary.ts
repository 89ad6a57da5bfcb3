import { givenControllers, mayHaveControllers } from '../domain-controllers.ts'
import { couldNotCheck, found, well } from '../outcome.ts'
import type { Rule } from '../rule.ts'
import { multiRegion } from '../sources.ts'

export const domainControllersSecondary: Rule = {
  id: 'domain-controllers-secondary',
  title: 'A domain controller runs in the secondary region',
  severity: 'critical',
  blocks: 'never',
  compares:
    'the virtual machines the plan names as domain controllers with the secondary region: one that runs. Not looked for where the plan says that people are known there by other means (`identity.secondary: elsewhere`): on premises, or by Site Recovery',
  why: 'Without one, machines of the secondary side know nobody once the primary region is gone: a failover that works, and no sign-in that does.',
  source: multiRegion,
  howToFix:
    'Add a domain controller with Global Catalog and DNS in the secondary region, or start it, and name it in the plan; or say `identity.secondary: elsewhere`.',
  appliesTo: ({ plan }) => mayHaveControllers({ plan }) && plan.identity?.secondary !== 'elsewhere',
  check: (context) =>
    givenControllers(context, 'secondary', ({ running, stopped, doubtful }) => {
      if (running.length > 0) return well
      if (doubtful.length > 0) return couldNotCheck(`whether ${doubtful.join(', ')} run in the secondary region`)
      const off = stopped.length > 0 ? ` (off: ${stopped.map(({ name }) => name).join(', ')})` : ''
      const evidence = `None of the domain controllers the plan names runs in ${context.pair.secondary.region}${off}.`
      return found([{ subject: 'count', evidence }])
    }),
}
