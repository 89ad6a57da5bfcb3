/** One session host and the people on it, out of the pool's listings. */
import { type Instant, minutes } from '../../core/time.ts'
import type { SessionHost, UserSession } from '../../model/azure.ts'
import type { StepContext } from '../../ports/steps.ts'
import { missing } from './look.ts'
import { type Read, readListing, wantedSince } from './read.ts'
import { hostNameOf, poolOf } from './subject.ts'

export async function readHost(context: StepContext): Promise<Read<SessionHost>> {
  const pool = poolOf(context)
  const read = await readListing(context, wantedSince(context), (since) => context.fleet.sessionHosts(pool, since))
  if (read.kind === 'unread') return read
  const name = hostNameOf(context)
  const host = read.value.get(name.toLowerCase())
  return host ? { ...read, value: host } : { kind: 'unread', look: missing(read.readAt, `Session host ${name}`) }
}

/** Empty when nobody is signed in. */
export async function readSessions(
  context: StepContext,
  since: Instant = wantedSince(context),
): Promise<Read<readonly UserSession[]>> {
  const pool = poolOf(context)
  const read = await readListing(context, since, (notBefore) => context.fleet.userSessions(pool, notBefore))
  if (read.kind === 'unread') return read
  return { ...read, value: read.value.get(hostNameOf(context).toLowerCase()) ?? [] }
}

/** An older heartbeat is not a sign of life: agents send one about every half minute. */
const heartbeatAge = minutes(3)

export const hasFreshHeartbeat = ({ lastHeartbeat }: SessionHost, now: Instant): boolean =>
  lastHeartbeat !== undefined && lastHeartbeat >= now - heartbeatAge

export const countSessions = (n: number): string => (n === 1 ? '1 session' : `${n} sessions`)
