import { isPooled, sidesOf } from '../next-move.ts'
import { found, given, partOfSide, well } from '../outcome.ts'
import type { Rule } from '../rule.ts'

export const startOnConnect: Rule = {
  id: 'start-on-connect',
  title: 'Nobody who connects starts a machine of the side that stands by',
  severity: 'warning',
  blocks: 'never',
  compares:
    'Start VM on Connect of the pool that is not in use. In peace it is advice; after a failover a warning. Of replicated desktops: that it is off while users are on the secondary side.',
  why: 'Access that was taken away goes on working for up to 10 minutes. Who connects in them wakes a host of the old side, and works in a profile that is open on the new one.',
  source: {
    title: 'Configure Start VM on Connect for Azure Virtual Desktop',
    url: 'https://learn.microsoft.com/azure/virtual-desktop/start-virtual-machine-connect',
  },
  howToFix: 'Switch Start VM on Connect off for that pool. A failover switches it off on the side that is left.',
  check: (context) => {
    const { active, standby } = sidesOf(context)
    const pooled = isPooled(context)
    // One pool of desktops, all of them at home: there is no machine of a side that was left.
    if (!pooled && active === 'primary') return well
    return given({ pool: partOfSide(context, pooled ? standby : active, 'hostPool') }, ({ pool }) => {
      if (!pool.startVmOnConnect) return well
      if (!pooled)
        return found([
          { subject: pool.name, evidence: `${pool.name} starts desktops on connect; users left the primary.` },
        ])
      return found([
        {
          subject: pool.name,
          severity: active === 'primary' ? 'advice' : 'warning',
          evidence: `${pool.name} of the ${standby} side, which stands by, starts hosts for whoever connects.`,
          fix: { kind: 'disableStartOnConnect', side: standby },
        },
      ])
    })
  },
}
