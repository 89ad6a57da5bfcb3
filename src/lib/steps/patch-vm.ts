/**
 * Has Azure look for patches in a running VM, or install the critical and security ones, as the plan wants.
 *
 * What comes of it is read from the VM's instance view and not from the async operation: anybody can take it from there.
 */
import type { Fault } from '../core/fault.ts'
import { hours, minutes, seconds } from '../core/time.ts'
import { type Begun, defaultSettle, type Look } from '../machine/step.ts'
import type { PatchRun } from '../model/azure.ts'
import type { Fence } from '../ports/gateways.ts'
import type { Step, StepContext } from '../ports/steps.ts'
import { readVm } from './shared/exclusion-tag.ts'
import { done, faulted, notBegun, underway } from './shared/look.ts'
import { vmIdOf } from './shared/subject.ts'
import { accepted, begunOf } from './shared/write.ts'

export const patchVm: Step = {
  limits: {
    name: 'patchVm',
    // An installation is given two hours (`installPatches`), and may end with a reboot.
    timeout: hours(3),
    maxAttempts: 2,
    pollEvery: seconds(120),
    firstLookAfter: seconds(120),
    settle: defaultSettle,
    retryAfter: seconds(120),
  },
  look,
  begin,
}

/** Minutes are usual: a host is not kept on for hours to learn what it lacks. */
const assessmentTakes = minutes(30)

const tooLong: Fault = { code: 'timedOut', message: 'the assessment did not end within 30 min', retryable: false }

async function look(context: StepContext): Promise<Look> {
  const { attempt, memo, spec, now, enteredAt } = context
  const { patches: wanted = 'none' } = spec.keepAlive ?? {}
  if (wanted === 'none') return done(now, 'no patches asked for')
  const read = await readVm(context)
  if (read.kind === 'unread') return read.look
  const { patches } = read.value
  const run = wanted === 'assess' ? patches?.assessment : patches?.installation
  if (run?.status.toLowerCase() === 'inprogress')
    return wanted === 'assess' && now - enteredAt > assessmentTakes
      ? faulted(read.readAt, tooLong)
      : underway(read.readAt, `${wanted} is under way`)
  const before = attempt === 0 ? (run?.startedAt ?? 0) : memo.before
  if (!run || (run.startedAt ?? 0) <= Number(before ?? 0))
    return { ...notBegun(read.readAt), memo: { before: Number(before ?? 0) } }
  return ended(run, wanted, read.readAt)
}

function ended(run: PatchRun, wanted: string, readAt: number): Look {
  const text = `${wanted}: ${run.text}`
  if (/^succeeded|^completedwithwarnings/i.test(run.status)) return { ...done(readAt, text), facts: { patched: text } }
  const fault: Fault = {
    code: 'jobFailed',
    message: `${wanted} ended ${run.status}: ${run.text}`,
    retryable: true,
    ...(run.errorCode !== undefined && { azureCode: run.errorCode }),
  }
  return { ...faulted(readAt, fault), memo: { before: run.startedAt ?? 0 } }
}

async function begin(context: StepContext, fence: Fence): Promise<Begun> {
  const { compute } = context.gateways
  switch (context.spec.keepAlive?.patches) {
    case 'assess':
      return begunOf(await compute.assessPatches(vmIdOf(context), fence))
    case 'install':
      return begunOf(await compute.installPatches(vmIdOf(context), fence))
    default:
      return accepted
  }
}
