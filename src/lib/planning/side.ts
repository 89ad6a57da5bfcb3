/** Which side an operation is about that moves nobody. */
import type { Side } from '../machine/spec.ts'
import { planDesktops } from './desktops.ts'
import { type Situation, situationOf } from './situation.ts'

/** Asked for, else where most of the desktops run that it is about; the secondary where nobody runs. */
export function likelySide(given: Parameters<typeof situationOf>[0]): Side {
  const { request, pair } = given
  if (request.side) return request.side
  const situation = situationOf(given)
  if (situation.moves || pair.strategy !== 'personalReplicated') return situation.newSide
  return candidatesOn(situation) >= candidatesOn(situationOf(given, 'primary')) ? 'secondary' : 'primary'
}

const candidatesOn = (situation: Situation): number => planDesktops(situation).desktops.length
