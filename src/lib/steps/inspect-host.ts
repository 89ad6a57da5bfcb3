/**
 * Looks whether a standby host is at rest; one that runs already, or that somebody uses, is left alone.
 *
 * A host that somebody else has started counts as woken once its heartbeat is proven. It is not ours to stop.
 */
import { minutes, seconds } from '../core/time.ts'
import { defaultSettle, type Look } from '../machine/step.ts'
import type { Step, StepContext } from '../ports/steps.ts'
import { countSessions, hasFreshHeartbeat, readHost, readSessions } from './shared/hosts.ts'
import { done, notBegun } from './shared/look.ts'
import { readPower } from './shared/power.ts'
import { vmIdOf } from './shared/subject.ts'

export const inspectHost: Step = {
  limits: {
    name: 'inspectHost',
    timeout: minutes(20),
    maxAttempts: 1,
    pollEvery: seconds(30),
    settle: defaultSettle,
    retryAfter: seconds(60),
  },
  look,
}

async function look(context: StepContext): Promise<Look> {
  const power = await readPower(context, vmIdOf(context))
  if (power.kind === 'unread') return power.look
  if (power.value === 'deallocated' || power.value === 'stopped') return done(power.readAt, `VM is ${power.value}`)
  if (power.value !== 'running') return notBegun(power.readAt, `VM is ${power.value}`)
  const [host, sessions] = await Promise.all([readHost(context), readSessions(context)])
  if (host.kind === 'unread') return host.look
  if (sessions.kind === 'unread') return sessions.look
  const readAt = Math.min(power.readAt, host.readAt, sessions.readAt)
  const { lastHeartbeat } = host.value
  const isAlive = hasFreshHeartbeat(host.value, context.now)
  const proof = isAlive && lastHeartbeat !== undefined ? { provenAt: lastHeartbeat } : {}
  const n = sessions.value.length
  if (n > 0)
    return { ...done(readAt, `in use: ${countSessions(n)}`), isEnough: true, facts: { ...proof, found: 'inUse' } }
  if (!isAlive) return notBegun(readAt, 'runs already, without a fresh heartbeat')
  return { ...done(readAt, 'runs already'), isEnough: true, facts: { ...proof, found: 'running' } }
}
