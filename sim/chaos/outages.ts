/** What is away as a whole, for everybody, for a while. */
import { type Instant, type Millis, minutes } from '../../src/lib/core/time.ts'
import type { FaultRule } from '../arm/faults.ts'
import type { Random } from '../arm/types.ts'

/** Shares of the nights. */
export type OutageChances = {
  /** Our own storage, for 1, 10 or 60 minutes. */
  readonly storage?: number
  /** Resource Manager, for 10 or 60 minutes. */
  readonly azure?: number
  /** Azure Virtual Desktop alone (as on 16 September 2024), for half an hour. */
  readonly desktopService?: number
  /** Entra, for 10 minutes: a process that starts then gets no token. */
  readonly identity?: number
}

export type Outage = { readonly from: Instant; readonly until: Instant }
export type Outages = {
  readonly storage: readonly Outage[]
  readonly rules: readonly FaultRule[]
  readonly identity: readonly Outage[]
  readonly counts: Readonly<Record<string, number>>
}

const begins: readonly [Millis, Millis] = [minutes(1), minutes(50)]

export function drawOutages(random: Random, chances: OutageChances, from: Instant): Outages {
  const draw = (kind: keyof OutageChances, lengths: readonly Millis[]): Outage | undefined => {
    const [isThere, start, length] = [
      random.chance(chances[kind] ?? 0),
      random.between(...begins),
      random.pick(lengths),
    ]
    return isThere ? { from: from + start, until: from + start + length } : undefined
  }
  const storage = draw('storage', [minutes(1), minutes(10), minutes(60)])
  const azure = draw('azure', [minutes(10), minutes(60)])
  const desktopService = draw('desktopService', [minutes(30)])
  const identity = draw('identity', [minutes(10)])
  const minutesOf = ({ from: start, until }: Outage) => (until - start) / minutes(1)
  return {
    storage: storage ? [storage] : [],
    identity: identity ? [identity] : [],
    rules: [
      ...(azure ? silence(/./, azure) : []),
      ...(desktopService ? silence(/^Microsoft\.DesktopVirtualization/i, desktopService) : []),
    ],
    counts: {
      ...(storage && { [`storage away ${minutesOf(storage)} min`]: 1 }),
      ...(azure && { [`azure away ${minutesOf(azure)} min`]: 1 }),
      ...(desktopService && { 'desktop service away 30 min': 1 }),
    },
  }
}

/** Half the requests are answered with an error, the others not at all. */
export const silence = (action: RegExp, { from, until }: Outage): readonly FaultRule[] => [
  { action, kind: 'errorBefore', probability: 0.5, from, until },
  { action, kind: 'hangBefore', from, until },
]
