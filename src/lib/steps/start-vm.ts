/**
 * Starts a host's VM.
 *
 * A start that fails inside Compute (`AllocationFailed`, …) leaves the VM deallocated, which looks like a start that
 * never arrived. Only the async operation knows the code; it is asked where its id is known, and nothing else relies on it.
 */
import { type Instant, minutes, seconds } from '../core/time.ts'
import { type Begun, defaultSettle, type Look } from '../machine/step.ts'
import type { Fence } from '../ports/gateways.ts'
import type { Step, StepContext } from '../ports/steps.ts'
import { readHost } from './shared/hosts.ts'
import { done, faulted, notBegun, underway } from './shared/look.ts'
import { readPower } from './shared/power.ts'
import { subscriptionOf, vmIdOf } from './shared/subject.ts'
import { accepted } from './shared/write.ts'

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
  begin,
  limiter: (context) =>
    `${subscriptionOf(context, vmIdOf(context))}/${context.spec[context.side].region}`.toLowerCase(),
}

async function look(context: StepContext): Promise<Look> {
  const read = await readPower(context, vmIdOf(context))
  if (read.kind === 'unread') return read.look
  switch (read.value) {
    case 'running':
      if (context.begunAt !== undefined) return { ...done(read.readAt), facts: { startedAt: context.begunAt } }
      return (await isDoubtful(context, read.readAt))
        ? underway(read.readAt, 'VM is listed as running, and its host is shut down: a later listing is waited for')
        : done(read.readAt)
    case 'stopped':
    case 'deallocated':
      return (await failedStart(context, read.readAt)) ?? notBegun(read.readAt)
    default:
      return underway(read.readAt, `VM is ${read.value}`)
  }
}

/**
 * Listings of power lag. Autoscale may have deallocated it a moment before its exclusion tag was set, and nobody would
 * start it any more.
 */
async function isDoubtful(context: StepContext, readAt: Instant): Promise<boolean> {
  if (readAt >= context.enteredAt + defaultSettle) return false
  const host = await readHost(context)
  return host.kind === 'read' && host.value.status.toLowerCase() === 'shutdown'
}

async function begin(context: StepContext, fence: Fence): Promise<Begun> {
  const answer = await context.gateways.compute.start(vmIdOf(context), fence)
  if (answer.kind !== 'ok') return answer
  const { operation } = answer.value
  return operation === undefined ? accepted : { kind: 'accepted', memo: { operation } }
}

/** Undefined where nobody can tell, or the operation did not fail. */
async function failedStart(context: StepContext, readAt: number): Promise<Look | undefined> {
  const { begunAt, memo, now, gateways } = context
  if (begunAt === undefined || typeof memo.operation !== 'string' || memo.operation === '') return undefined
  const answer = await gateways.compute.operationFault(vmIdOf(context), memo.operation)
  if (answer.kind !== 'ok' || !answer.value) return undefined
  const fault = answer.value
  const facts = { startFailed: fault.azureCode ?? fault.code, startFailedAt: now }
  // Told once: it says nothing about the attempts to come.
  return { ...faulted(readAt, fault), memo: { operation: '' }, facts }
}
