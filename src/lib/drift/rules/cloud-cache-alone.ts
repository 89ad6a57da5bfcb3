import { guestsOn, named, silence } from '../guests.ts'
import { found, given, together, well } from '../outcome.ts'
import type { Rule } from '../rule.ts'
import { sides, usesCloudCache } from '../session-machines.ts'
import { cloudCache } from '../sources.ts'

export const cloudCacheAlone: Rule = {
  id: 'cloud-cache-alone',
  title: 'Where Cloud Cache is set, VHDLocations is not',
  severity: 'warning',
  blocks: 'never',
  compares: 'CCDLocations with VHDLocations of the same container, as the machines of both sides say them',
  why: 'FSLogix takes one or the other. Where it takes VHDLocations, what users do is written to one region, and is missing in the other.',
  source: cloudCache,
  howToFix: 'Remove VHDLocations from the registry and from the policy that sets it.',
  appliesTo: usesCloudCache,
  check: (context) =>
    together(
      sides.map((side) =>
        given(
          {
            guests: guestsOn(context, side, (facts) => {
              const { profilePlaces, profileDisks, officePlaces, officeDisks } = facts
              if (profilePlaces === undefined || profileDisks === undefined) return undefined
              const profile = profilePlaces.length > 0 && profileDisks > 0
              const office = officePlaces !== 'off' && Boolean(officePlaces?.length) && Boolean(officeDisks)
              return [...(profile ? ['profile'] : []), ...(office ? ['Office'] : [])]
            }),
          },
          ({ guests }) => {
            const both = guests.told.filter(({ value }) => value.length > 0)
            const containers = [...new Set(both.flatMap(({ value }) => value))].join(' and ')
            const evidence = `${both.length} of ${guests.told.length} machines of the ${side} side have VHDLocations beside CCDLocations (${containers} container): ${named(both)}.`
            return together([both.length === 0 ? well : found([{ subject: side, evidence }]), silence(guests, side)])
          },
        ),
      ),
    ),
}
