/** The simulated Azure with a fleet in it, in virtual time. */

import type { HttpClient } from '@azure/core-rest-pipeline'
import type { Instant } from '../../src/lib/core/time.ts'
import type { FaultOptions } from '../arm/faults.ts'
import { createSimHttpClient } from '../arm/http-client.ts'
import { createSim } from '../arm/kernel.ts'
import { providers } from '../arm/providers.ts'
import type { ThrottlingOptions } from '../arm/throttling.ts'
import type { Random, Sim, Timings } from '../arm/types.ts'
import { createVirtualClock, type VirtualClock } from '../clock.ts'
import { noteEstate } from '../judge/note-estate.ts'
import type { JudgedEstate } from '../judge/types.ts'
import { createRandom } from '../random.ts'

export type SimHttpClient = HttpClient

export type VirtualRegion = {
  readonly clock: VirtualClock
  readonly sim: Sim
  readonly random: Random
  readonly httpClient: SimHttpClient
  /** Gives tokens to whoever asks, unless Entra is away. */
  readonly identity: Identity
  /** The estate as it was before anything happened. */
  readonly before: JudgedEstate
}

export type Identity = {
  readonly token: (principal: string) => string
  /** How often nobody answered. */
  readonly refusals: () => number
}

type Window = { readonly from: Instant; readonly until: Instant }

export type RegionOptions = {
  /** Entra gives no new tokens then. */
  readonly identityOutages?: readonly Window[]
  readonly seed: number | string
  readonly fill: (sim: Sim) => void
  readonly timings?: Partial<Timings>
  readonly faults?: FaultOptions
  readonly throttling?: ThrottlingOptions
  readonly startAt?: Instant
}

/** A Saturday night, when the story begins. */
export const storyBegins: Instant = Date.UTC(2026, 2, 14, 21, 0, 0)

export function createVirtualRegion({
  seed,
  fill,
  timings,
  faults,
  throttling,
  startAt,
  identityOutages,
}: RegionOptions): VirtualRegion {
  const clock = createVirtualClock(startAt ?? storyBegins)
  const { sim, handle } = createSim({
    clock,
    seed,
    providers,
    ...(timings && { timings }),
    ...(faults && { faults }),
    ...(throttling && { throttling }),
  })
  fill(sim)
  return {
    clock,
    sim,
    random: createRandom(`${seed}/app`),
    httpClient: createSimHttpClient({ handle, clock, sim, handsPagesOver: true }),
    before: noteEstate(sim.estate),
    identity: createIdentity(clock.now, identityOutages),
  }
}

function createIdentity(now: () => Instant, outages: readonly Window[] = []): Identity {
  let refusals = 0
  return {
    refusals: () => refusals,
    token(principal) {
      if (!outages.some(({ from, until }) => from <= now() && now() < until)) return `sim:${principal}`
      refusals++
      throw Object.assign(new Error('simulated: the identity endpoint does not answer'), {
        name: 'CredentialUnavailableError',
      })
    },
  }
}
