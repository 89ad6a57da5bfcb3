/** Saving many pieces of waiting work, and saying which of them nobody will do. */
import type { FollowUp } from '../ports/follow-ups.ts'
import type { World } from '../ports/world.ts'

type Change = { readonly before: FollowUp; readonly value: FollowUp; readonly etag: string }

const writesAtOnce = 16
/** Names in one message. */
export const mostNames = 20

/** How many were saved; the others were changed by somebody else. */
export async function saveAll(
  { followUps, log }: Pick<World, 'followUps' | 'log'>,
  changes: readonly Change[],
): Promise<number> {
  const changed = changes.filter(({ before, value }) => before !== value)
  let saved = 0
  for (let i = 0; i < changed.length; i += writesAtOnce) {
    const some = changed.slice(i, i + writesAtOnce)
    const etags = await Promise.all(some.map(({ value, etag }) => followUps.save(value, etag)))
    saved += etags.filter((etag) => etag !== undefined).length
    for (const { pairId, id, ended } of some.map(({ value }) => value))
      if (ended) log.info('waiting work is over', { pair: pairId, followUp: id, how: ended.how })
  }
  return saved
}

/** Before it is saved: twice is better than never. */
export async function tellGivenUp(
  { log, notifications }: Pick<World, 'log' | 'notifications'>,
  pairId: string,
  failed: readonly FollowUp[],
): Promise<void> {
  for (const [kind, some] of Map.groupBy(failed, (one) => one.kind)) {
    const hosts = some.map(({ host }) => host).sort()
    const message = some[0]?.ended?.how ?? ''
    log.error('waiting work was given up', { pair: pairId, kind, hosts: hosts.length, message })
    await notifications.send(
      { v: 1, event: 'followUpFailed', pairId, kind, message, hosts: hosts.slice(0, mostNames), count: hosts.length },
      0,
    )
  }
}
