/** One session host and the people on it, out of the pool's listings. */
import { type Instant, minutes } from '../../core/time.ts'
import type { SessionHost, UserSession } from '../../model/azure.ts'
import type { StepContext } from '../../ports/steps.ts'
import { missing } from './look.ts'
import { picked, type Read, readListing, wantedSince } from './read.ts'
import { hostNameOf, poolOf } from './subject.ts'

export async function readHost(context: StepContext): Promise<Read<SessionHost>> {
  const [pool, name] = [poolOf(context), hostNameOf(context)]
  const { sessionHosts, sessionHostOf } = context.fleet
  const read = await readListing(context, wantedSince(context), async (since) =>
    sessionHostOf
      ? sessionHostOf(pool, name, since)
      : picked(await sessionHosts(pool, since), (hosts) => hosts.get(name.toLowerCase())),
  )
  if (read.kind === 'unread') return read
  const host = read.value
  return host ? { ...read, value: host } : { kind: 'unread', look: missing(read.readAt, `Session host ${name}`) }
}

/** Empty when nobody is signed in. */
export async function readSessions(
  context: StepContext,
  since: Instant = wantedSince(context),
): Promise<Read<readonly UserSession[]>> {
  const [pool, name] = [poolOf(context), hostNameOf(context)]
  const { userSessions, userSessionsOf } = context.fleet
  return readListing(context, since, async (notBefore) =>
    userSessionsOf
      ? userSessionsOf(pool, name, notBefore)
      : picked(await userSessions(pool, notBefore), (sessions) => sessions.get(name.toLowerCase()) ?? []),
  )
}

/** An older heartbeat is not a sign of life: agents send one about every half minute. */
const heartbeatAge = minutes(3)

export const hasFreshHeartbeat = ({ lastHeartbeat }: SessionHost, now: Instant): boolean =>
  lastHeartbeat !== undefined && lastHeartbeat >= now - heartbeatAge

export const countSessions = (n: number): string => (n === 1 ? '1 session' : `${n} sessions`)
