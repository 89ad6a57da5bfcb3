/**
 * Waits until a host can take users: AVD says so and its agent is alive.
 *
 * `Available` alone proves nothing: it was recorded with a heartbeat four days old. `NeedsAssistance` lets users connect
 * (AVD, "Session host statuses and health checks"), so it counts, and is told.
 */
import { minutes, seconds, spell } from '../core/time.ts'
import { defaultSettle, type Look } from '../machine/step.ts'
import type { SessionHost } from '../model/azure.ts'
import type { Step, StepContext } from '../ports/steps.ts'
import { readHost } from './shared/hosts.ts'
import { done, notBegun } from './shared/look.ts'

export const awaitHost: Step = {
  limits: {
    name: 'awaitHost',
    timeout: minutes(20),
    maxAttempts: 1,
    pollEvery: seconds(15),
    settle: defaultSettle,
    retryAfter: seconds(60),
  },
  look,
}

/** An older heartbeat is not a sign of life: agents send one about every half minute. */
const heartbeatAge = minutes(3)

async function look(context: StepContext): Promise<Look> {
  const read = await readHost(context)
  if (read.kind === 'unread') return read.look
  const host = read.value
  if (!letsUsersConnect(host))
    return notBegun(read.readAt, `${host.status || 'no status'}, ${heartbeat(host, context)}`)
  if (!isAlive(host, context)) return notBegun(read.readAt, `${host.status}, but ${heartbeat(host, context)}`)
  return done(read.readAt, isHealthy(host) ? undefined : 'needs assistance: a check failed, users can connect')
}

const isHealthy = ({ status }: SessionHost) => status.toLowerCase() === 'available'

const letsUsersConnect = (host: SessionHost) => isHealthy(host) || host.status.toLowerCase() === 'needsassistance'

function isAlive({ lastHeartbeat }: SessionHost, { subject, enteredAt, now }: StepContext): boolean {
  if (lastHeartbeat === undefined || lastHeartbeat < now - heartbeatAge) return false
  // A desktop has one record for both of its VMs: the heartbeat before the failover was the old VM's.
  return subject.kind !== 'desktop' || lastHeartbeat > enteredAt
}

const heartbeat = ({ lastHeartbeat }: SessionHost, { now }: StepContext): string =>
  lastHeartbeat === undefined ? 'no heartbeat' : `last heartbeat ${spell(Math.max(0, now - lastHeartbeat))} ago`
