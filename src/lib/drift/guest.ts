/** What a script inside the guest may have written of FSLogix. Nothing of ours runs there, so without it nobody can tell. */

const tagName = 'avd-dr-fslogix'

/** The tag's JSON object; undefined where there is none, or none that can be read. */
export function fslogixOf(tags: Readonly<Record<string, string>>): Readonly<Record<string, unknown>> | undefined {
  // Names of tags are compared without letter case (tag resources, learn.microsoft.com).
  const text = Object.entries(tags).find(([name]) => name.toLowerCase() === tagName)?.[1]
  if (text === undefined) return undefined
  try {
    const value: unknown = JSON.parse(text)
    return value !== null && typeof value === 'object' && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

/** `docs/guides/keep-hosts-alive.md` has the script that writes it. A missing property was not written, or not as it should be. */
export type GuestFslogix = {
  /** Hosts of CCDLocations of the profile container, in their order, in lower case. Empty: no Cloud Cache. */
  readonly profilePlaces?: readonly string[]
  /** Of the Office container. */
  readonly officePlaces?: readonly string[] | 'off'
  /** Count of VHDLocations. */
  readonly profileDisks?: number
  readonly officeDisks?: number
  /** 0 where the guest has none set: the default. */
  readonly profileType?: number
}

/** Undefined where the guest says nothing at all. */
export function guestFslogixOf(tags: Readonly<Record<string, string>>): GuestFslogix | undefined {
  const facts = fslogixOf(tags)
  if (!facts) return undefined
  const profilePlaces = placesOf(facts.ccd)
  const officePlaces = facts.office === '-' ? 'off' : placesOf(facts.office)
  const profileDisks = countOf(facts.vhd)
  const officeDisks = countOf(facts.officeVhd)
  const profileType = countOf(facts.type)
  return {
    ...(profilePlaces && { profilePlaces }),
    ...(officePlaces && { officePlaces }),
    ...(profileDisks !== undefined && { profileDisks }),
    ...(officeDisks !== undefined && { officeDisks }),
    ...(profileType !== undefined && { profileType }),
  }
}

const placesOf = (value: unknown): readonly string[] | undefined =>
  typeof value === 'string'
    ? value
        .toLowerCase()
        .split(/\s+/)
        .filter((place) => place !== '')
    : undefined

const countOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isInteger(value) && value >= 0 ? value : undefined
