import { parseArmId } from '../../core/arm-id.ts'
import type { ImageVersion } from '../../model/estate.ts'
import { regionKey } from '../../planning/replicas.ts'
import { checkImages, type Made, nameKey } from '../images.ts'
import { isPooled } from '../next-move.ts'
import { couldNotCheck, found, together, well } from '../outcome.ts'
import type { Found, Outcome, Rule, RuleContext } from '../rule.ts'

export const imageInBothRegions: Rule = {
  id: 'image-in-both-regions',
  title: 'The golden image is in both regions',
  severity: 'warning',
  blocks: 'never',
  compares:
    'for each version of a gallery that hosts of either side were made of: whether a replica of it is complete in both regions, in the same gallery or in one that has an image of the same name and version, and whether not all of those galleries are in the primary region. Images of the marketplace are everywhere; managed images are not judged.',
  why: 'Without a replica no host can be made anew or added in that region. With the gallery itself in the lost region, no version can be made or replicated until it is back.',
  source: {
    title: 'Store and share resources in an Azure Compute Gallery',
    url: 'https://learn.microsoft.com/azure/virtual-machines/azure-compute-gallery',
  },
  howToFix: 'Add the region to the target regions of the version; keep a second gallery in the secondary region.',
  appliesTo: isPooled,
  check: (context) =>
    checkImages(context, (made, versions) => {
      if (versions.length === 0) return gone(made)
      const regions = [context.pair.primary.region, context.pair.secondary.region]
      const replicas = regions.map((region) => replicaIn(region, made, versions))
      return together([...replicas, galleryOf(context, made, versions)])
    }),
}

/** Old versions are deleted in the course of things, and hosts that are left of them go on. */
const gone = (made: Made): Outcome =>
  found([{ subject: nameKey(made), severity: 'advice', evidence: `${made.name} ${made.version} exists no more.` }])

function replicaIn(region: string, made: Made, versions: readonly ImageVersion[]): Outcome {
  const subject = `${nameKey(made)}/${region}`
  const states = versions.flatMap(({ replicas }) =>
    replicas.filter((replica) => regionKey(replica.region) === region).map(({ state = 'unknown' }) => state),
  )
  const isAny = (word: RegExp) => states.some((state) => word.test(state))
  if (isAny(/^completed$/i)) return well
  const evidence = `${made.name} ${made.version} in ${region}: ${states.join(', ') || 'no replica'}.`
  if (isAny(/^replicating$/i)) return found([{ subject, severity: 'advice', evidence }])
  if (states.every((state) => /^failed$/i.test(state))) return found([{ subject, evidence }])
  return couldNotCheck(`Azure does not say whether ${made.version} is complete: ${states.join(', ')}`, subject)
}

function galleryOf({ pair }: RuleContext, made: Made, versions: readonly ImageVersion[]): Outcome {
  const subject = `${nameKey(made)}/gallery`
  const isElsewhere = ({ galleryLocation }: ImageVersion) =>
    galleryLocation !== undefined && regionKey(galleryLocation) !== pair.primary.region
  if (versions.some(isElsewhere)) return well
  if (versions.some(({ galleryLocation }) => galleryLocation === undefined))
    return couldNotCheck('where the gallery itself is was not read', subject)
  const galleries = [...new Set(versions.map(({ id }) => parseArmId(id)?.names[0] ?? id))].join(', ')
  const finding: Found = {
    subject,
    severity: 'advice',
    evidence: `${made.name} is only in ${galleries}, in the primary region ${pair.primary.region}.`,
  }
  return found([finding])
}
