/** What machines were made of. */
import { parseArmId } from '../core/arm-id.ts'
import type { Vm } from '../model/azure.ts'
import type { ImageVersion } from '../model/estate.ts'
import { couldNotCheck, given, partOfEstate, together, well } from './outcome.ts'
import { machinesThere } from './pool-machines.ts'
import type { Found, Outcome, RuleContext } from './rule.ts'

export type Made = {
  readonly kind: 'gallery' | 'marketplace' | 'managed' | 'other'
  /** Of the image definition, or `publisher/offer/sku`. */
  readonly name: string
  readonly version?: string
}

/** Undefined: Azure does not say, as of machines whose disk was made of no image. */
function madeOf({ image, imageVersion }: Vm): Made | undefined {
  if (!image) return undefined
  const versioned = (version: string | undefined) => (version ? { version } : {})
  const id = parseArmId(image)
  const type = id?.type.toLowerCase()
  if (type === 'microsoft.compute/galleries/images/versions')
    return { kind: 'gallery', name: id?.names[1] ?? image, ...versioned(id?.name) }
  if (type === 'microsoft.compute/galleries/images')
    return { kind: 'gallery', name: id?.name ?? image, ...versioned(imageVersion) }
  if (type === 'microsoft.compute/images') return { kind: 'managed', name: id?.name ?? image }
  const [publisher, offer, sku, version, ...more] = image.split('/')
  if (!publisher || !offer || !sku || more.length > 0) return { kind: 'other', name: image, ...versioned(imageVersion) }
  const named = version?.toLowerCase() === 'latest' ? undefined : version
  return { kind: 'marketplace', name: [publisher, offer, sku].join('/'), ...versioned(imageVersion ?? named) }
}

/** Of many machines there are few images: each is read once. */
export const madeOfAll = (vms: readonly Vm[]): readonly { readonly made: Made | undefined; readonly count: number }[] =>
  [...Map.groupBy(vms, ({ image = '', imageVersion = '' }) => `${image} ${imageVersion}`).values()].map((all) => ({
    made: all[0] && madeOf(all[0]),
    count: all.length,
  }))

export const nameKey = ({ name }: Pick<Made, 'name'>): string => name.toLowerCase()

/** Every version of a gallery that hosts of the pair were made of, with what is there of it in whatever gallery. */
export function checkImages(
  context: RuleContext,
  judge: (made: Made, versions: readonly ImageVersion[]) => Outcome,
): Outcome {
  const parts = {
    primary: machinesThere(context, 'primary'),
    secondary: machinesThere(context, 'secondary'),
    images: partOfEstate(context, 'images'),
  }
  return given(parts, ({ primary, secondary, images }) => {
    const all = madeOfAll([...primary, ...secondary])
    const judged = galleryVersionsOf(all).map((made) => {
      if (made.version === undefined) return couldNotCheck('which version it came to is not told', nameKey(made))
      return judge(made, versionsIn(images, made))
    })
    const { findings, unchecked } = together([...judged, ...unjudged(all)])
    return { findings: merged(findings), unchecked }
  })
}

/** Several versions of one image may lack the same: that is one finding. */
const merged = (findings: readonly Found[]): readonly Found[] =>
  [...Map.groupBy(findings, ({ subject }) => subject).values()].flatMap((all) => {
    const worst = all.find(({ severity }) => severity !== 'advice') ?? all[0]
    return worst ? [{ ...worst, evidence: all.map(({ evidence }) => evidence).join(' ') }] : []
  })

type All = ReturnType<typeof madeOfAll>

function unjudged(all: All): readonly Outcome[] {
  const made = all.map((one) => one.made)
  const machines = all.reduce((sum, { count }) => sum + count, 0)
  const silent = all.reduce((sum, one) => sum + (one.made ? 0 : one.count), 0)
  const others = new Map(
    made.flatMap((one) => (one?.kind === 'managed' || one?.kind === 'other' ? [[nameKey(one), one] as const] : [])),
  )
  return [
    silent === 0 ? well : couldNotCheck(`${silent} of ${machines} machines do not say what they were made of`),
    ...[...others].map(([key, { kind }]) =>
      couldNotCheck(kind === 'managed' ? 'a managed image: its region is not read' : 'not an image of a gallery', key),
    ),
  ]
}

/**
 * By name and version, whatever gallery: the same image in two galleries, each in its own region, is what Microsoft
 * advises. That the copies are the same is not looked at.
 */
const versionsIn = (images: readonly ImageVersion[], { name, version }: Made): readonly ImageVersion[] =>
  images.filter(({ id }) => {
    const [, definition = '', number] = parseArmId(id)?.names ?? []
    return definition.toLowerCase() === name.toLowerCase() && number === version
  })

/** Each once. */
function galleryVersionsOf(all: All): readonly Made[] {
  const made = all.flatMap((one) => one.made ?? []).filter(({ kind }) => kind === 'gallery')
  return [...new Map(made.map((one) => [`${nameKey(one)}@${one.version}`, one])).values()]
}
