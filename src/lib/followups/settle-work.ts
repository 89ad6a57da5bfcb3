/** Learns what has become of waiting work that was begun, and which work is needed no more. */
import type { ReplicatedItem } from '../model/azure.ts'
import type { PlannedPair } from '../plan/schema.ts'
import { hostKey, shortName } from '../planning/situation.ts'
import type { FollowUp, Stored } from '../ports/follow-ups.ts'
import type { World } from '../ports/world.ts'
import { afterTry, ended, mootBecause, type Tried } from './decide-follow-up.ts'
import { saveAll, tellGivenUp } from './save.ts'

export type SettleWorld = Pick<World, 'clock' | 'log' | 'followUps' | 'operations' | 'notifications'>

/** Items by the name of their VM, in lower case. */
export type ItemsOf = (vm: string) => readonly ReplicatedItem[]

/** What has come of the operations, and what is needed no more. Those that are open still, as they are now. */
export async function settleWork(
  world: SettleWorld,
  pair: PlannedPair,
  followUps: readonly Stored<FollowUp>[],
  itemsOf: ItemsOf | undefined,
): Promise<readonly Stored<FollowUp>[]> {
  const now = world.clock.now()
  const ids = [...new Set(followUps.flatMap(({ value }) => value.operationId ?? []))]
  const tries = new Map(await Promise.all(ids.map(async (id) => [id, await triedBy(world, id)] as const)))
  const changes = followUps.map(({ value: before, etag }) => {
    const tried = tries.get(before.operationId ?? '')
    const value = tried ? afterTry(before, tried(before.host), now) : before
    const moot = value.operationId === undefined && itemsOf && mootBecause(value, itemsOf(shortName(value.host)), pair)
    return { before, value: moot && !value.ended ? ended(value, moot, now) : value, etag }
  })
  await tellGivenUp(
    world,
    pair.id,
    changes.flatMap(({ before, value }) => (value.ended && value.failures !== before.failures ? [value] : [])),
  )
  await saveAll(world, changes)
  // What was changed has another etag now: it is its turn in the next run.
  return changes.flatMap(({ before, value, etag }) => (value === before ? [{ value, etag }] : []))
}

async function triedBy({ operations }: SettleWorld, id: string): Promise<(host: string) => Tried> {
  const record = (await operations.load(id))?.value
  if (!record) return () => ({ kind: 'missing' })
  if (record.state.status !== 'over') return () => ({ kind: 'running' })
  const glances = await operations.glances(id, record.kind === 'reprotect' ? 'protect' : 'extensions')
  const tasks = new Map(glances.map((glance) => [glance.key, glance]))
  return (host) => ({ kind: 'over', state: record.state, task: tasks.get(hostKey(host)) })
}
