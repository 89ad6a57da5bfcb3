import { guestsOn, named, silence, type Told } from '../guests.ts'
import { isPooled, type Side } from '../next-move.ts'
import { couldNotCheck, found, given, together, well } from '../outcome.ts'
import type { Outcome, Rule, RuleContext } from '../rule.ts'
import { profilesUnsaid, sides, usesCloudCache } from '../session-machines.ts'
import { cloudCache } from '../sources.ts'

type Places = readonly string[]
type Container = 'profile' | 'office'

export const cloudCacheOrder: Rule = {
  id: 'cloud-cache-order',
  title: 'Cloud Cache has its places in reverse order on the secondary side',
  severity: 'warning',
  blocks: 'never',
  compares:
    'CCDLocations of the profile container, and of the Office container where there is one, as the machines of the primary side say them, with those of the secondary side read backwards. Fewer than two places of profiles are critical',
  why: 'The first place is the one that is read. A side that reads first from the other region is slow in peace, and after the loss of that region waits for what is gone. With one place alone there is no other copy.',
  source: cloudCache,
  howToFix:
    'Set CCDLocations of the secondary side’s machines to the places of the primary side in reverse order: each side its own region first.',
  appliesTo: ({ pair }) => isPooled({ pair }) && usesCloudCache({ pair }),
  check: (context) =>
    context.pair.profiles
      ? together([checkContainer(context, 'profile'), checkContainer(context, 'office')])
      : couldNotCheck(profilesUnsaid),
}

const checkContainer = (context: RuleContext, container: Container): Outcome => {
  const placesOn = (side: Side) =>
    guestsOn(context, side, ({ profilePlaces, officePlaces }): Places | undefined => {
      if (container === 'profile') return profilePlaces
      // Whether the Office container is to be cached at all is `cloud-cache-for-office`'s to tell.
      return officePlaces === 'off' ? [] : officePlaces
    })
  return given({ primary: placesOn('primary'), secondary: placesOn('secondary') }, (told) => {
    const suffix = container === 'office' ? '/office' : ''
    return together([
      ...sides.map((side) => silence(told[side], `${side}${suffix}`)),
      ...(container === 'profile' ? sides.map((side) => checkCount(told[side], side)) : []),
      checkOrder(told, container, suffix),
    ])
  })
}

function checkCount({ told }: Told<Places>, side: Side): Outcome {
  const few = told.filter(({ value }) => value.length < 2)
  if (few.length === 0) return well
  const evidence = `Fewer than two places for profiles on ${few.length} of ${told.length} machines of the ${side} side: ${named(few)}.`
  return found([{ subject: `${side}/places`, severity: 'critical', evidence }])
}

function checkOrder(all: Readonly<Record<Side, Told<Places>>>, container: Container, suffix: string): Outcome {
  if (all.primary.told.length === 0 && all.secondary.told.length > 0)
    return couldNotCheck('no machine of the primary side says its order', `secondary${suffix}`)
  const [home, other] = sides.map((side) => all[side].told.filter(({ value }) => value.length > 1))
  const orders = [...new Set(home?.map(({ value }) => value.join(', ')))]
  if (orders.length > 1)
    return found([
      {
        subject: `primary${suffix}`,
        evidence: `Machines of the primary side differ in the order of their ${container} places: ${orders.join(' | ')}.`,
      },
    ])
  const due = home?.[0]?.value.toReversed().join(', ')
  const wrong = other?.filter(({ value }) => value.join(', ') !== due) ?? []
  if (due === undefined || wrong.length === 0) return well
  const evidence = `${wrong.length} of ${other?.length} machines of the secondary side have the ${container} places ${wrong[0]?.value.join(', ')}, where ${due} is due: ${named(wrong)}.`
  return found([{ subject: `secondary${suffix}`, evidence }])
}
