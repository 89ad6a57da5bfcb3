/** Registration tokens of host pools: one a pool, good for as long as whoever made it wanted. */
import { idKey } from '../../src/lib/core/arm-id.ts'
import { hours, type Instant } from '../../src/lib/core/time.ts'
import type { Estate, SimHostPool } from '../arm/estate-types.ts'
import type { Sim } from '../arm/types.ts'
import { worldOf } from './world.ts'

type Token = { readonly token: string; readonly expiresAt: Instant }

const tokens = new WeakMap<Estate, Map<string, Token[]>>()

function tokensOf({ estate }: Sim, { id }: SimHostPool): Token[] {
  const all = tokens.get(estate) ?? new Map<string, Token[]>()
  tokens.set(estate, all)
  const found = all.get(idKey(id)) ?? []
  all.set(idKey(id), found)
  return found
}

/** AVD takes from one hour to 27 days ("Add session hosts to a host pool"). Undefined: refused. */
export function makeToken(sim: Sim, pool: SimHostPool, expiresAt: Instant): Token | undefined {
  const length = expiresAt - sim.now()
  // A minute of grace: the caller's clock is not ours.
  if (Number.isNaN(length) || length < hours(1) - 60_000 || length > hours(27 * 24)) return undefined
  const text = () => worldOf(sim).random.uuid().replaceAll('-', '')
  const made = { token: `eyJhbGciOiJSUzI1NiJ9.${text()}${text()}.${text()}`, expiresAt }
  tokensOf(sim, pool).push(made)
  return made
}

export const currentToken = (sim: Sim, pool: SimHostPool): Token | undefined => tokensOf(sim, pool).at(-1)

/** Only the newest one, and only in its time. */
export function isGoodToken(sim: Sim, pool: SimHostPool, token: string): boolean {
  const current = currentToken(sim, pool)
  return current !== undefined && current.token === token && sim.now() < current.expiresAt
}

/** Every token that was ever made, for tests that look where it must not be. */
export const tokensMade = (sim: Sim, pool: SimHostPool): readonly string[] =>
  tokensOf(sim, pool).map(({ token }) => token)
