/** Whether the new side can take the users. */
import type { PlannedPair } from '../plan/schema.ts'
import { notice, type Weighed } from './preview.ts'
import type { Situation } from './situation.ts'
import { coresOf, familyOf } from './vm-size.ts'

/** Hosts that must be ready before access moves: of `hosts` that are started, never more than those, at least one. */
export const hostsNeeded = (minimum: PlannedPair['minimumCapacity'], hosts: number): number =>
  'percent' in minimum ? Math.max(1, Math.ceil((hosts * minimum.percent) / 100)) : minimum.hosts

/** Deallocated virtual machines hold their cores already (Compute quotas): only their number counts. */
export function pooledCapacity({ pair }: Situation, hosts: number, usable: number): readonly Weighed[] {
  if (hosts === 0) return [notice('unsafe', 'nothingLeft', 'No host of the side users would go to can be started.')]
  const needed = hostsNeeded(pair.minimumCapacity, hosts)
  if (usable >= needed) return []
  return [notice('refuses', 'noCapacity', `${usable} hosts can be expected to come up, ${needed} are needed.`)]
}

/**
 * A failed-over machine is a new one in the region that is entered: its cores must be free, in all and in its family. One
 * that has left a machine behind there takes that one's place, which holds its cores although it is off.
 */
export function desktopCapacity(situation: Situation, sizes: readonly (string | undefined)[]): readonly Weighed[] {
  const quotas = situation.seen[situation.newSide].quotas
  if (!quotas) return []
  const { needed, unknown } = coresNeeded(sizes)
  const short = [...needed].flatMap(([name, cores]) => {
    const quota = quotas.find((one) => one.name.toLowerCase() === name.toLowerCase())
    if (!quota || quota.limit - quota.used >= cores) return []
    return [`${quota.name}: ${cores} needed, ${Math.max(0, quota.limit - quota.used)} free`]
  })
  const doubts =
    unknown.length === 0
      ? []
      : [
          notice(
            'warns',
            'quotaUnknown',
            'The cores of these sizes are not known: quota is not judged for them.',
            unknown,
          ),
        ]
  if (short.length === 0) return doubts
  return [
    ...doubts,
    notice('refuses', 'noQuota', `Not enough cores in ${situation.pair[situation.newSide].region}.`, short),
  ]
}

function coresNeeded(sizes: readonly (string | undefined)[]) {
  const needed = new Map<string, number>()
  const unknown: string[] = []
  for (const size of sizes) {
    const cores = size === undefined ? undefined : coresOf(size)
    if (size === undefined || cores === undefined) unknown.push(size ?? 'unknown size')
    else for (const name of ['cores', familyOf(size)]) needed.set(name, (needed.get(name) ?? 0) + cores)
  }
  return { needed, unknown }
}
