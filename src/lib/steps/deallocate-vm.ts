/**
 * Deallocates a host's VM, and never under somebody's hands: while there are sessions the question stays open, and at
 * the timeout the task ends by the name of the host and the number of its sessions.
 */
import type { Fault } from '../core/fault.ts'
import { minutes, seconds } from '../core/time.ts'
import { type Begun, defaultSettle, type Look } from '../machine/step.ts'
import type { Fence } from '../ports/gateways.ts'
import type { Step, StepContext } from '../ports/steps.ts'
import { countSessions, readSessions } from './shared/hosts.ts'
import { couldNotLook, done, notBegun, underway } from './shared/look.ts'
import { readPower } from './shared/power.ts'
import { wantedForBegin } from './shared/read.ts'
import { hostNameOf, vmIdOf } from './shared/subject.ts'
import { begunOf, refused, refusedBy } from './shared/write.ts'

export const deallocateVm: Step = {
  limits: {
    name: 'deallocateVm',
    timeout: minutes(15),
    maxAttempts: 3,
    pollEvery: seconds(15),
    firstLookAfter: seconds(20),
    settle: defaultSettle,
    retryAfter: seconds(60),
  },
  look,
  begin,
}

async function look(context: StepContext): Promise<Look> {
  const power = await readPower(context, vmIdOf(context))
  if (power.kind === 'unread') return power.look
  if (power.value === 'deallocated') return { ...done(power.readAt), facts: { offAt: power.readAt } }
  // Nobody works on a stopped VM; what AVD still lists as its sessions is left over.
  if (power.value === 'stopped') return notBegun(power.readAt)
  if (power.value !== 'running') return underway(power.readAt, `VM is ${power.value}`)
  const sessions = await readSessions(context)
  if (sessions.kind === 'unread') return sessions.look
  const readAt = Math.min(power.readAt, sessions.readAt)
  const n = sessions.value.length
  return n === 0 ? notBegun(readAt) : couldNotLook(readAt, stillInUse(context, n))
}

async function begin(context: StepContext, fence: Fence): Promise<Begun> {
  const since = wantedForBegin(context)
  const power = await readPower(context, vmIdOf(context), since)
  if (power.kind === 'unread') return refusedBy(power.look)
  if (power.value !== 'stopped') {
    const sessions = await readSessions(context, since)
    if (sessions.kind === 'unread') return refusedBy(sessions.look)
    if (sessions.value.length > 0) return refused(stillInUse(context, sessions.value.length))
  }
  return begunOf(await context.gateways.compute.deallocate(vmIdOf(context), fence))
}

const stillInUse = (context: StepContext, n: number): Fault => ({
  code: 'conflict',
  message: `${hostNameOf(context)} still has ${countSessions(n)}`,
  retryable: true,
})
