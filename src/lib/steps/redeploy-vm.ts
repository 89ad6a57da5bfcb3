/**
 * Makes a host's VM anew from the template spec version the plan names, with a registration token that soon expires.
 *
 * The token is asked for inside the begin and handed on: it is in no row, no memo, no event and no log. Each attempt is a
 * deployment of its own name, which follows from the task's row, so that a look can ask for it and none is taken for another.
 */
import type { Answer, Fault } from '../core/fault.ts'
import { hours, minutes, seconds } from '../core/time.ts'
import { type Begun, defaultSettle, type Look } from '../machine/step.ts'
import type { Fence } from '../ports/gateways.ts'
import type { Step, StepContext } from '../ports/steps.ts'
import { done, faulted, notBegun, underway } from './shared/look.ts'
import { readPower } from './shared/power.ts'
import { readNow, wantedForBegin, wantedSince } from './shared/read.ts'
import { poolOf, subscriptionOf, vmIdOf } from './shared/subject.ts'
import { begunOf, refused } from './shared/write.ts'

export const redeployVm: Step = {
  limits: {
    name: 'redeployVm',
    // A machine, its domain join and the agent's setup; its token is good for longer.
    timeout: minutes(75),
    maxAttempts: 2,
    pollEvery: seconds(30),
    firstLookAfter: seconds(60),
    settle: defaultSettle,
    retryAfter: seconds(120),
    paced: 'starts',
  },
  look,
  begin,
  limiter: (context) =>
    `${subscriptionOf(context, vmIdOf(context))}/${context.spec[context.side].region}`.toLowerCase(),
}

/** Azure takes one hour at least and 27 days at most (AVD, "Add session hosts to a host pool"). */
const tokenLasts = hours(2)

async function look(context: StepContext): Promise<Look> {
  if (context.spec.keepAlive?.template === undefined) return faulted(context.now, noTemplate)
  if (context.begunAt === undefined) return beforeDeployment(context, wantedSince(context))
  const read = await readNow(context, context.gateways.deployments.deployment(deploymentIdOf(context)))
  if (read.kind === 'unread') return read.look
  const { value, readAt } = read
  if (!value) return notBegun(readAt)
  if (value.state === 'succeeded') return { ...done(readAt), facts: { startedAt: context.begunAt } }
  if (value.state === 'failed') return faulted(readAt, value.fault ?? untold)
  return underway(readAt, 'the deployment is under way')
}

/** A VM that was switched on by somebody else is not replaced under their hands; after an attempt of ours it may run. */
async function beforeDeployment(context: StepContext, since: number): Promise<Look> {
  const power = await readPower(context, vmIdOf(context), since)
  if (power.kind === 'unread') {
    const { seen, readAt } = power.look
    return seen.kind === 'couldNotLook' && seen.fault.code === 'notFound'
      ? notBegun(readAt, 'there is no VM')
      : power.look
  }
  const isFirst = context.attempt <= (context.begunAt === undefined ? 0 : 1)
  const isOff = power.value === 'deallocated' || power.value === 'stopped'
  if (isFirst && !isOff)
    return faulted(power.readAt, { ...inUse, message: `the VM is ${power.value}: ${inUse.message}` })
  return notBegun(power.readAt)
}

async function begin(context: StepContext, fence: Fence): Promise<Begun> {
  const { keepAlive } = context.spec
  if (keepAlive?.template === undefined) return refused(noTemplate)
  const before = await beforeDeployment(context, wantedForBegin(context))
  if (before.seen.kind === 'faulted' || before.seen.kind === 'couldNotLook') return refused(before.seen.fault)
  if (before.seen.kind !== 'notBegun')
    return refused({ code: 'unproven', message: before.detail ?? '', retryable: true })
  const { avd, deployments } = context.gateways
  const token = await avd.newRegistrationToken(poolOf(context), context.now + tokenLasts, fence)
  // Whatever became of the token, no deployment was sent.
  if (token.kind !== 'ok') return refused({ ...token.fault, retryable: true })
  const parameters = { ...parametersOf(context), registrationToken: token.value }
  const answer = await deployments.deploy(deploymentIdOf(context), keepAlive.template, parameters, fence)
  return begunOf(withoutToken(answer, token.value))
}

function parametersOf(context: StepContext) {
  const { subject, spec, side } = context
  const zone = subject.kind === 'host' ? subject.zone : undefined
  return {
    vmName: vmIdOf(context).split('/').at(-1) ?? '',
    hostPoolId: poolOf(context),
    location: spec[side].region,
    zone: zone ?? '',
  }
}

/** At most 64 letters, digits, `-`, `_`, `.` and brackets (Deployments - Create Or Update). */
function deploymentIdOf(context: StepContext): string {
  const [group = '', vm = ''] = vmIdOf(context).split(/\/providers\/Microsoft\.Compute\/virtualMachines\//i)
  const name = `avd-failover-${vm.replace(/[^\w-]/g, '').slice(0, 30)}-${(context.begunAt ?? 0).toString(36)}`
  return `${group}/providers/Microsoft.Resources/deployments/${name}`
}

/** Azure has no reason to repeat it; nobody shall have to rely on that. */
function withoutToken<T>(answer: Answer<T>, token: string): Answer<T> {
  if (answer.kind === 'ok') return answer
  return { ...answer, fault: { ...answer.fault, message: answer.fault.message.replaceAll(token, '(the token)') } }
}

const inUse: Fault = { code: 'conflict', message: 'somebody may be at work on it', retryable: false }

const noTemplate: Fault = { code: 'rejected', message: 'the plan names no template', retryable: false }

const untold: Fault = {
  code: 'jobFailed',
  message: 'the deployment failed, and Azure does not say why',
  retryable: true,
}
