/** Somebody else at work in the portal, and what becomes of the messages about it: told twice, late, in part, or not at all. */
import { hours, type Millis, minutes, seconds } from '../../../src/lib/core/time.ts'
import type { SimReplicatedItem } from '../../arm/estate-types.ts'
import type { Random } from '../../arm/types.ts'
import { createPortalUser } from '../../estate/portal-failover.ts'
import type { Signal } from '../../estate/signals.ts'
import { deliver } from '../../virtual/app-timers.ts'
import type { ChaosWorld } from '../world.ts'

export type Portal = {
  readonly act: (items: readonly SimReplicatedItem[]) => void
  /** How often each thing happened. */
  readonly counts: Record<string, number>
  /** Names of machines that moved and of which nobody was told, in lower case. */
  readonly untold: Set<string>
  /** What the webhook answered although nothing was wrong. */
  readonly broken: string[]
  /** Nothing more is on its way before then. */
  readonly quietFrom: () => number
}

const fates = ['told', 'told', 'doubled', 'late', 'some', 'lost'] as const
type Fate = (typeof fates)[number]
const latest: Millis = hours(1)

export function createPortal({ story }: ChaosWorld, random: Random): Portal {
  const { sim, clock } = story.region
  const counts: Record<string, number> = {}
  const broken: string[] = []
  const untold = new Set<string>()
  let quietFrom = 0
  const count = (what: string) => {
    counts[what] = (counts[what] ?? 0) + 1
  }
  const at = (when: number, effect: () => void): void => {
    quietFrom = Math.max(quietFrom, when)
    clock.at(when, effect)
  }
  const send = (signal: Signal, names: readonly string[]) => {
    void deliver(story.desk, signal).then(({ status }) => {
      count(`posted, ${status}`)
      if (status !== 202 && status !== 200) broken.push(`the webhook answers ${status} to ${signal.kind}`)
      if (status === 202) for (const name of names) untold.delete(name)
    })
  }
  return {
    counts,
    untold,
    broken,
    quietFrom: () => quietFrom,
    act(items) {
      const fate = random.pick(fates)
      const names = items.map(({ vmName }) => vmName.toLowerCase())
      const post = (signal: Signal) => {
        for (const after of deliveries(fate, random)) at(clock.now() + after, () => send(signal, names))
      }
      const user = createPortalUser(sim, { post, at })
      if (random.chance(0.3)) {
        const half = Math.ceil(items.length / 2)
        const groups = [items.slice(0, half), items.slice(half)].filter(({ length }) => length > 0)
        user.runRecoveryPlan({ name: 'rp-desktops', groups })
      } else user.failOver(items)
      for (const name of names) untold.add(name)
      count('portal failover')
      count(`signals ${fate}`)
    },
  }
}

/** When each copy of one message arrives, from now on. */
function deliveries(fate: Fate, random: Random): readonly Millis[] {
  switch (fate) {
    case 'told':
      return [seconds(1)]
    case 'doubled':
      return [seconds(1), seconds(1), minutes(random.between(0, 10))]
    case 'late':
      return [random.between(minutes(5), latest)]
    case 'some':
      return random.chance(0.4) ? [seconds(random.between(1, 60))] : []
    case 'lost':
      return []
  }
}
