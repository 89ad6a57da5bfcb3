import { guestsOn, named, silence } from '../guests.ts'
import { countsOf } from '../next-move.ts'
import { found, given, together, well } from '../outcome.ts'
import type { Rule } from '../rule.ts'
import { keepsProfiles, sides } from '../session-machines.ts'
import { multiRegion } from '../sources.ts'

export const profileType: Rule = {
  id: 'profile-type',
  title: 'A profile can be opened by one session at a time',
  severity: 'warning',
  blocks: 'never',
  compares: 'ProfileType of FSLogix, as the machines of both sides say it, with 0, the default',
  why: 'With another value a second session may open the profile of one that is still there. Whoever has sessions on both sides while users are moved loses what one of them wrote.',
  source: multiRegion,
  howToFix: 'Remove ProfileType from the registry and from the policy that sets it, or set it to 0.',
  appliesTo: keepsProfiles,
  check: (context) =>
    together(
      sides.map((side) =>
        given({ guests: guestsOn(context, side, (facts) => facts.profileType) }, ({ guests }) => {
          const other = guests.told.filter(({ value }) => value !== 0)
          const values = countsOf(other.map(({ value }) => String(value)))
          const evidence = `ProfileType is not 0 on ${other.length} of ${guests.told.length} machines of the ${side} side (${values}): ${named(other)}.`
          return together([other.length === 0 ? well : found([{ subject: side, evidence }]), silence(guests, side)])
        }),
      ),
    ),
}
