/** All that is to be said of a pair's standby hosts at one moment: the timer acts upon it, the view shows it. */
import { hours, type Instant, type Millis, spell } from '../core/time.ts'
import type { HostClock } from '../model/host-clock.ts'
import type { Inventory } from '../model/inventory.ts'
import type { PairState } from '../model/pair-state.ts'
import type { KeepAliveSettings } from '../plan/keep-alive.ts'
import type { PlannedPair } from '../plan/schema.ts'
import { type Alarm, type AlarmInput, alarmsOf } from './alarms.ts'
import { type Capacity, capacityOf } from './capacity.ts'
import type { Opening } from './openings.ts'
import { type PlannedRepair, planRepairs } from './plan-repairs.ts'
import { clockKey, planWakes, upcomingOpenings, type WakePlan } from './plan-wakes.ts'
import { type PutBack, planPutBacks } from './put-back.ts'
import { repairsOf } from './repairs.ts'
import { type StandbyHosts, standbyHostsOf, standbySideOf } from './standby-hosts.ts'
import { wakeReasons } from './wake-reasons.ts'

export type KeptPair = PlannedPair & { readonly keepAlive: KeepAliveSettings }

export const isKept = (pair: PlannedPair): pair is KeptPair => pair.keepAlive !== undefined

export type AssessInput = {
  readonly pair: KeptPair
  readonly state: PairState
  readonly inventory: Inventory | undefined
  readonly clocks: readonly HostClock[]
  readonly operation?: NonNullable<AlarmInput['operation']>
  readonly now: Instant
}

export type Assessment = StandbyHosts & {
  readonly openings: readonly Opening[]
  readonly wakePlan: WakePlan
  readonly putBacks: readonly PutBack[]
  readonly repairs: readonly PlannedRepair[]
  readonly capacity: Capacity
  readonly alarms: readonly Alarm[]
}

export function assess({ pair, state, inventory, clocks, operation, now }: AssessInput): Assessment {
  const settings = pair.keepAlive
  const seen = inventory && Object.hasOwn(inventory.pairs, pair.id) ? inventory.pairs[pair.id] : undefined
  const standby = standbyHostsOf(pair, state, seen)
  const { hosts } = standby
  const unread = [...ageProblem(inventory, now), ...standby.unread]
  const openings = upcomingOpenings(settings, now)
  const byKey = new Map(clocks.map((clock) => [clockKey(clock), clock]))
  const planned = planWakes({ settings, hosts, clocks: byKey, now, openings })
  const wakePlan = unread.length > 0 ? blinded(planned) : planned
  const side = standbySideOf(pair, state)
  const putBacks = planPutBacks({ clocks, standbySide: side, hosts, now })
  const capacity = capacityOf(hosts.length, openings, settings)
  const onSide = new Map([...byKey].filter(([, clock]) => clock.side === side))
  const found = repairsOf(hosts, onSide, settings, now)
  const repairs = planRepairs({ pair, repairs: found, hosts, clocks: onSide, unread, now })
  const { decisions } = wakePlan
  return {
    hosts,
    unread,
    openings,
    wakePlan,
    putBacks,
    repairs,
    capacity,
    alarms: alarmsOf({
      settings,
      decisions,
      putBacks,
      repairs,
      clocks,
      capacity,
      unread,
      now,
      ...(operation && { operation }),
    }),
  }
}

/** Every wake-up looks at its host first; an inventory that is older has missed many runs of its timer. */
const inventoryLimit: Millis = hours(6)

function ageProblem(inventory: Inventory | undefined, now: Instant): readonly string[] {
  if (!inventory) return ['no inventory has been taken yet']
  const age = now - inventory.takenAt
  return age > inventoryLimit ? [`the inventory is ${spell(age)} old`] : []
}

/** What is not known to be off is not started; what is due stays due. */
const blinded = ({ decisions, opening }: WakePlan): WakePlan => ({
  wakes: [],
  decisions: decisions.map((one) =>
    one.code === 'wakes' ? { ...one, code: 'unread', reason: wakeReasons.unread } : one,
  ),
  ...(opening && { opening }),
})
