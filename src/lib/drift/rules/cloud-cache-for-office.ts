import { guestsOn, named, silence } from '../guests.ts'
import type { Side } from '../next-move.ts'
import { couldNotCheck, found, given, together } from '../outcome.ts'
import type { Found, Rule } from '../rule.ts'
import { profilesUnsaid, sides, usesCloudCache } from '../session-machines.ts'
import { multiRegion } from '../sources.ts'

type Office = 'off' | readonly string[]
type Guests = readonly { readonly name: string; readonly value: Office }[]

export const cloudCacheForOffice: Rule = {
  id: 'cloud-cache-for-office',
  title: 'An Office container that is on is kept by Cloud Cache too',
  severity: 'warning',
  blocks: 'never',
  compares:
    'the Office container (`HKLM\\SOFTWARE\\Policies\\FSLogix\\ODFC`), as the machines of both sides say it: off on both sides, which is well, or with two places or more on both',
  why: 'Cloud Cache is switched on for each container by itself. Without it the Office container stays behind in its region, and no longer fits the profile that moved.',
  source: multiRegion,
  howToFix:
    'Set CCDLocations below `HKLM\\SOFTWARE\\Policies\\FSLogix\\ODFC`, or switch the Office container off on both sides.',
  appliesTo: usesCloudCache,
  check: (context) => {
    if (!context.pair.profiles) return couldNotCheck(profilesUnsaid)
    const officeOn = (side: Side) => guestsOn(context, side, ({ officePlaces }) => officePlaces)
    return given({ primary: officeOn('primary'), secondary: officeOn('secondary') }, (guests) =>
      together([
        ...sides.map((side) => silence(guests[side], side)),
        found(sides.flatMap((side) => uncached(guests[side].told, side))),
        found(onOneSide(guests.primary.told, guests.secondary.told)),
      ]),
    )
  },
}

function uncached(told: Guests, side: string): readonly Found[] {
  const few = told.filter(({ value }) => value !== 'off' && value.length < 2)
  if (few.length === 0) return []
  const evidence = `The Office container is on, with fewer than two places, on ${few.length} of ${told.length} machines of the ${side} side: ${named(few)}.`
  return [{ subject: side, evidence }]
}

const isOn = ({ value }: Guests[number]): boolean => value !== 'off'

function onOneSide(primary: Guests, secondary: Guests): readonly Found[] {
  if (primary.length === 0 || secondary.length === 0) return []
  const [here, there] = [primary.filter(isOn).length, secondary.filter(isOn).length]
  if (here > 0 === there > 0) return []
  const evidence = `The Office container is on on ${here} of ${primary.length} machines of the primary and ${there} of ${secondary.length} of the secondary side.`
  return [{ subject: 'primary/secondary', evidence }]
}
