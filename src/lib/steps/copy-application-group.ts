/**
 * Makes an application group like its counterpart, or makes it alike where it exists.
 *
 * Nobody has access to a group that is new, and no workspace shows it. One of that name that belongs to another pool, or is
 * of another type, is somebody else's and is left alone.
 */
import { sameId } from '../core/arm-id.ts'
import type { Fault } from '../core/fault.ts'
import { minutes, seconds } from '../core/time.ts'
import { type Begun, defaultSettle, type Look } from '../machine/step.ts'
import type { ApplicationGroup } from '../model/azure.ts'
import { applicationGroupSettings, hasSettings } from '../model/settings.ts'
import type { Fence } from '../ports/gateways.ts'
import type { Step, StepContext } from '../ports/steps.ts'
import { done, faulted, notBegun } from './shared/look.ts'
import { readNow } from './shared/read.ts'
import { applicationGroupOf } from './shared/subject.ts'
import { begunOf, refused, refusedBy } from './shared/write.ts'

export const copyApplicationGroup: Step = {
  limits: {
    name: 'copyApplicationGroup',
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
  const { id, settings } = applicationGroupOf(context)
  const read = await readNow(context, context.gateways.avd.applicationGroup(id))
  if (read.kind === 'unread') return read.look
  if (!read.value) return notBegun(read.readAt)
  const fault = foreign(context, read.value)
  if (fault) return faulted(read.readAt, fault)
  const isAlike = hasSettings(read.value.settings ?? {}, settings, applicationGroupSettings)
  return isAlike ? done(read.readAt) : notBegun(read.readAt)
}

async function begin(context: StepContext, fence: Fence): Promise<Begun> {
  const { avd } = context.gateways
  const { kind: _, key: __, ...group } = applicationGroupOf(context)
  const read = await readNow(context, avd.applicationGroup(group.id))
  if (read.kind === 'unread') return refusedBy(read.look)
  if (!read.value) return begunOf(await avd.putApplicationGroup(group, fence))
  const fault = foreign(context, read.value)
  if (fault) return refused(fault)
  return begunOf(await avd.setApplicationGroup(group.id, group.settings, fence))
}

function foreign(context: StepContext, { name, hostPoolId, type }: ApplicationGroup): Fault | undefined {
  const wanted = applicationGroupOf(context)
  if (sameId(hostPoolId, wanted.hostPoolId) && type === wanted.type) return undefined
  const whose = sameId(hostPoolId, wanted.hostPoolId) ? `of the type ${type}` : `another host pool's`
  return { code: 'rejected', message: `The application group ${name} is ${whose}`, retryable: false }
}
