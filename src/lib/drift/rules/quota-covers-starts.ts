import { desktopCapacity } from '../../planning/capacity.ts'
import { coresOf, familyOf } from '../../planning/vm-size.ts'
import { desktopsAhead, isReplicated, nextMove, sidesOf } from '../next-move.ts'
import { couldNotCheck, found, given, partOfPair, partOfSide, together } from '../outcome.ts'
import { foundIn, subjectsIn } from '../room-notices.ts'
import type { Rule } from '../rule.ts'

export const quotaCoversStarts: Rule = {
  id: 'quota-covers-starts',
  title: 'There are cores enough for the machines a failover makes',
  severity: 'critical',
  blocks: 'never',
  compares:
    'cores of the machines that Site Recovery would make in the other region, in all and by family, with what is free of the quotas of that subscription and region. Pooled standby hosts exist already and hold their cores also when they are deallocated: of them nothing is asked.',
  why: 'Site Recovery makes machines only at the failover. Without quota it fails for those that come last, and raising a quota takes a person and time.',
  source: {
    title: 'Azure to Azure disaster recovery: capacity and quota of the target region',
    url: 'https://learn.microsoft.com/azure/site-recovery/azure-to-azure-common-questions',
  },
  howToFix: 'Ask for a higher quota in the region and family that are named, or free cores there.',
  appliesTo: isReplicated,
  check: (context) => {
    const { standby } = sidesOf(context)
    const parts = {
      hosts: partOfSide(context, 'primary', 'sessionHosts'),
      primary: partOfSide(context, 'primary', 'vms'),
      secondary: partOfSide(context, 'secondary', 'vms'),
      items: partOfPair(context, 'replicatedItems'),
      quotas: partOfSide(context, standby, 'quotas'),
    }
    return given(parts, ({ quotas }) => {
      const move = nextMove(context)
      const sizes = desktopsAhead(context).newcomers.map(({ size }) => size)
      const notices = desktopCapacity(move, sizes)
      const listed = new Set(quotas.map(({ name }) => name.toLowerCase()))
      const known = sizes.flatMap((size) => (size !== undefined && coresOf(size) !== undefined ? [size] : []))
      const needed = new Set(known.flatMap((size) => ['cores', familyOf(size)]))
      const unlisted = [...needed].filter((name) => !listed.has(name.toLowerCase()))
      return together([
        found(foundIn(notices, ['noQuota'])),
        ...unlisted.map((name) => couldNotCheck('Azure lists no quota of this name', name)),
        ...subjectsIn(notices, 'quotaUnknown').map((size) => couldNotCheck(`the cores of ${size} are not known`)),
      ])
    })
  },
}
