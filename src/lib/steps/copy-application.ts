/** Publishes an application like its counterpart, or makes it alike where it exists. */
import { minutes, seconds } from '../core/time.ts'
import { type Begun, defaultSettle, type Look } from '../machine/step.ts'
import { applicationSettings, hasSettings } from '../model/settings.ts'
import type { Fence } from '../ports/gateways.ts'
import type { Step, StepContext } from '../ports/steps.ts'
import { done, notBegun } from './shared/look.ts'
import { readNow } from './shared/read.ts'
import { applicationOf } from './shared/subject.ts'
import { begunOf } from './shared/write.ts'

export const copyApplication: Step = {
  limits: {
    name: 'copyApplication',
    timeout: minutes(5),
    maxAttempts: 3,
    pollEvery: seconds(10),
    firstLookAfter: seconds(2),
    settle: defaultSettle,
    retryAfter: seconds(15),
  },
  look,
  begin,
}

async function look(context: StepContext): Promise<Look> {
  const { id, settings } = applicationOf(context)
  const read = await readNow(context, context.gateways.avd.application(id))
  if (read.kind === 'unread') return read.look
  const isAlike = read.value !== undefined && hasSettings(read.value.settings, settings, applicationSettings)
  return isAlike ? done(read.readAt) : notBegun(read.readAt)
}

async function begin(context: StepContext, fence: Fence): Promise<Begun> {
  const { id, settings } = applicationOf(context)
  return begunOf(await context.gateways.avd.putApplication(id, settings, fence))
}
