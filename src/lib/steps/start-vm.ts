/**
 * Starts a host's VM.
 *
 * A start that fails inside Compute (`AllocationFailed`, …) leaves the VM deallocated, which looks like a start that
 * never arrived: both are another attempt. The power state does not tell the code.
 */
import { minutes, seconds } from '../core/time.ts'
import { defaultSettle, type Look } from '../machine/step.ts'
import type { Step, StepContext } from '../ports/steps.ts'
import { done, notBegun, underway } from './shared/look.ts'
import { readPower } from './shared/power.ts'
import { subscriptionOf, vmIdOf } from './shared/subject.ts'
import { begunOf } from './shared/write.ts'

export const startVm: Step = {
  limits: {
    name: 'startVm',
    timeout: minutes(15),
    maxAttempts: 3,
    pollEvery: seconds(15),
    firstLookAfter: seconds(20),
    settle: defaultSettle,
    retryAfter: seconds(60),
    paced: 'starts',
  },
  look,
  begin: async (context, fence) => begunOf(await context.gateways.compute.start(vmIdOf(context), fence)),
  limiter: (context) =>
    `${subscriptionOf(context, vmIdOf(context))}/${context.spec[context.side].region}`.toLowerCase(),
}

async function look(context: StepContext): Promise<Look> {
  const read = await readPower(context, vmIdOf(context))
  if (read.kind === 'unread') return read.look
  switch (read.value) {
    case 'running':
      return context.begunAt === undefined
        ? done(read.readAt)
        : { ...done(read.readAt), facts: { startedAt: context.begunAt } }
    case 'stopped':
    case 'deallocated':
      return notBegun(read.readAt)
    default:
      return underway(read.readAt, `VM is ${read.value}`)
  }
}
