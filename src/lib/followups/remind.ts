/** Reminds of failovers that wait for their commit: until then another recovery point can be chosen, and after it none. */
import { hours, type Instant, isoOf, type Millis } from '../core/time.ts'
import type { ReplicatedItem } from '../model/azure.ts'
import type { PlannedPair } from '../plan/schema.ts'
import { shortName } from '../planning/situation.ts'
import type { FollowUp, Stored } from '../ports/follow-ups.ts'
import type { World } from '../ports/world.ts'
import { ended } from './decide-follow-up.ts'
import { isCommitPending } from './items.ts'
import { mostNames, saveAll } from './save.ts'

export type RemindWorld = Pick<World, 'clock' | 'log' | 'followUps' | 'notifications'>

/** Where the plan has been changed to committing by itself since. */
const asRule = { deadline: hours(20), remindEvery: hours(4) }

/** `itemsOf`: by name of a VM; undefined: they could not be listed, and nobody is reminded of what may be done. */
export async function remind(
  world: RemindWorld,
  pair: PlannedPair,
  reminders: readonly Stored<FollowUp>[],
  itemsOf: ((vm: string) => readonly ReplicatedItem[]) | undefined,
): Promise<void> {
  if (!itemsOf) return
  const now = world.clock.now()
  const judged = reminders.map((stored) => ({ ...stored, items: itemsOf(shortName(stored.value.host)) }))
  const over = judged.filter(({ items }) => items.length > 0 && !items.some(isCommitPending))
  await saveAll(
    world,
    over.map(({ value, etag }) => ({ before: value, value: ended(value, 'committed, or taken back', now), etag })),
  )
  const due = judged.filter(({ value, items }) => value.notBefore <= now && items.some(isCommitPending))
  if (due.length === 0) return
  const { deadline, remindEvery } = pair.commit === 'auto' ? asRule : pair.commit
  const isLate = ({ value }: Stored<FollowUp>) => now >= value.createdAt + deadline
  await tell(world, 'commitOverdue', pair.id, due.filter(isLate), deadline)
  await tell(
    world,
    'commitReminder',
    pair.id,
    due.filter((one) => !isLate(one)),
    deadline,
  )
  await saveAll(
    world,
    due.map(({ value, etag }) => ({
      before: value,
      value: { ...value, notBefore: nextAt(value, now, deadline, remindEvery), tries: value.tries + 1 },
      etag,
    })),
  )
}

/** The deadline itself is a moment to remind at. */
function nextAt({ createdAt }: FollowUp, now: Instant, deadline: Millis, remindEvery: Millis): Instant {
  const at = createdAt + deadline
  return now < at ? Math.min(now + remindEvery, at) : now + remindEvery
}

/** Told before it is saved: twice is better than never. */
async function tell(
  { notifications, log }: RemindWorld,
  event: 'commitReminder' | 'commitOverdue',
  pairId: string,
  some: readonly Stored<FollowUp>[],
  deadline: Millis,
): Promise<void> {
  if (some.length === 0) return
  const hosts = some.map(({ value }) => value.host).sort()
  const until = isoOf(Math.min(...some.map(({ value }) => value.createdAt + deadline)))
  const message =
    event === 'commitOverdue'
      ? `${hosts.length} failed-over desktops should have been committed by ${until}; they stay unprotected until they are.`
      : `${hosts.length} failed-over desktops wait to be committed, by ${until} at the latest.`
  log.warn('commits are outstanding', { pair: pairId, event, hosts: hosts.length, until })
  await notifications.send(
    { v: 1, event, pairId, message, until, hosts: hosts.slice(0, mostNames), count: hosts.length },
    0,
  )
}
