/**
 * Waits until a host can take users: AVD says so and its agent is alive.
 *
 * `Available` alone proves nothing: it was recorded with a heartbeat four days old. `NeedsAssistance` lets users connect
 * (AVD, "Session host statuses and health checks"), so it counts, and is told.
 */
import { type Instant, minutes, seconds, spell } from '../core/time.ts'
import { defaultSettle, type Look, type StepMemo } from '../machine/step.ts'
import type { SessionHost } from '../model/azure.ts'
import type { Step, StepContext } from '../ports/steps.ts'
import { hasFreshHeartbeat, readHost } from './shared/hosts.ts'
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

async function look(context: StepContext): Promise<Look> {
  const read = await readHost(context)
  if (read.kind === 'unread') return read.look
  const found = seenOf(read.value, read.readAt, context)
  const proof = proofOf(read.value, context)
  return proof ? { ...found, facts: proof } : found
}

/** What a wake-up is made for: a heartbeat from after the start, whatever the host's health. */
function proofOf({ lastHeartbeat }: SessionHost, { spec, enteredAt, facts }: StepContext): StepMemo | undefined {
  if (!spec.keepAlive || lastHeartbeat === undefined || lastHeartbeat <= enteredAt) return undefined
  return { provenAt: lastHeartbeat, aliveSince: facts?.aliveSince ?? lastHeartbeat }
}

function seenOf(host: SessionHost, readAt: Instant, context: StepContext): Look {
  if (!letsUsersConnect(host)) return notBegun(readAt, `${host.status || 'no status'}, ${heartbeat(host, context)}`)
  if (!isAlive(host, context)) return notBegun(readAt, `${host.status}, but ${heartbeat(host, context)}`)
  return done(readAt, isHealthy(host) ? undefined : 'needs assistance: a check failed, users can connect')
}

const isHealthy = ({ status }: SessionHost) => status.toLowerCase() === 'available'

const letsUsersConnect = (host: SessionHost) => isHealthy(host) || host.status.toLowerCase() === 'needsassistance'

function isAlive(host: SessionHost, { spec, subject, enteredAt, now }: StepContext): boolean {
  if (!hasFreshHeartbeat(host, now)) return false
  // A desktop has one record for both of its VMs: the heartbeat before the failover was the old VM's.
  const mustBeNew = subject.kind === 'desktop' || spec.keepAlive !== undefined
  return !mustBeNew || (host.lastHeartbeat ?? 0) > enteredAt
}

const heartbeat = ({ lastHeartbeat }: SessionHost, { now }: StepContext): string =>
  lastHeartbeat === undefined ? 'no heartbeat' : `last heartbeat ${spell(Math.max(0, now - lastHeartbeat))} ago`
