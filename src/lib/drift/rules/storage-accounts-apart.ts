import { idKey } from '../../core/arm-id.ts'
import { otherSide } from '../../planning/situation.ts'
import { guestsOn, type Told } from '../guests.ts'
import type { Side } from '../next-move.ts'
import { couldNotCheck, found, given, together } from '../outcome.ts'
import { eachAccount, namesStorage, type PlannedAccount, plannedAccounts } from '../planned-storage.ts'
import type { Found, Outcome, Rule, RuleContext } from '../rule.ts'
import { sameRegion, sides, usesCloudCache } from '../session-machines.ts'
import { multiRegion } from '../sources.ts'

export const storageAccountsApart: Rule = {
  id: 'storage-accounts-apart',
  title: 'Profiles, Office containers and packages have storage accounts of their own on each side',
  severity: 'advice',
  blocks: 'never',
  compares:
    'the accounts the plan names for profiles and packages: none for two uses or both sides, each in the region of its side, and two for profiles a side unless the guests say that the Office container is off; beside it, the places of both containers as the guests say them',
  why: 'What shares an account shares its limits, its backup and its loss: sign-ins of a morning slow down the packages, and one account for both sides is gone with its region.',
  source: multiRegion,
  howToFix:
    'Keep profile containers, Office containers and packages in accounts of their own, one of each in the region of each side, and name them in the plan.',
  appliesTo: namesStorage,
  check: (context) => {
    const accounts = plannedAccounts(context.pair)
    return together([
      found(shared(accounts)),
      eachAccount(context, (account, planned) => found(strayed(context, account.location, planned))),
      ...(usesCloudCache(context) && context.pair.profiles ? sides.map((side) => checkContainers(context, side)) : []),
    ])
  },
}

function shared(accounts: readonly PlannedAccount[]): readonly Found[] {
  const byId = [...Map.groupBy(accounts, ({ id }) => idKey(id)).values()]
  return byId.flatMap((all) => {
    const uses = [...new Set(all.map(({ use, side }) => `${use} of the ${side} side`))]
    const [first] = all
    if (!first || uses.length < 2) return []
    return [{ subject: first.name, severity: 'warning', evidence: `${first.name} is named for ${uses.join(' and ')}.` }]
  })
}

/** An account in a third region is neither here nor there: nothing is said of it. */
function strayed({ pair }: RuleContext, location: string, { name, side, use }: PlannedAccount): readonly Found[] {
  const other = pair[otherSide(side)].region
  if (sameRegion(location, pair[side].region) || !sameRegion(location, other)) return []
  const evidence = `${name}, named for ${use} of the ${side} side, is in ${location}.`
  return [{ subject: `${side}/${name}`, severity: 'warning', evidence }]
}

type Containers = { readonly isOfficeOff: boolean; readonly both: readonly string[] }

/** Guests that say nothing make the count doubtful, not what others say. */
const checkContainers = (context: RuleContext, side: Side): Outcome =>
  given(
    {
      guests: guestsOn(context, side, ({ profilePlaces, officePlaces }): Containers | undefined => {
        if (!officePlaces || !profilePlaces) return undefined
        if (officePlaces === 'off') return { isOfficeOff: true, both: [] }
        return { isOfficeOff: false, both: officePlaces.filter((place) => profilePlaces.includes(place)) }
      }),
    },
    ({ guests }) => {
      const both = [...new Set(guests.told.flatMap((guest) => guest.value.both))]
      const evidence = `Machines of the ${side} side keep profile and Office containers both on ${both.join(', ')}.`
      return together([
        found(both.length > 0 ? [{ subject: `${side}/containers`, severity: 'warning', evidence }] : []),
        checkCount(context, side, guests),
      ])
    },
  )

function checkCount({ pair }: RuleContext, side: Side, { told, silent }: Told<Containers>): Outcome {
  const accounts = pair.profiles?.accounts[side] ?? []
  if (accounts.length !== 1) return found([])
  if (told.some(({ value }) => !value.isOfficeOff))
    return found([
      {
        subject: `${side}/accounts`,
        evidence: `The plan names one account of the ${side} side for profiles, and the Office container is on.`,
      },
    ])
  return silent.length === 0
    ? found([])
    : couldNotCheck(
        `whether one account is enough: not all guests say if the Office container is on`,
        `${side}/accounts`,
      )
}
