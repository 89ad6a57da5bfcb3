/** One setting of a host pool, from one value to another: what somebody else has made of it meanwhile is left as it is. */
import type { Fault } from '../../core/fault.ts'
import type { Begun, Look } from '../../machine/step.ts'
import { isSameSetting } from '../../model/settings.ts'
import type { Fence } from '../../ports/gateways.ts'
import type { StepContext } from '../../ports/steps.ts'
import { couldNotLook, done, faulted, notBegun } from './look.ts'
import { type Read, readNow } from './read.ts'
import { poolOf, poolPropertyOf } from './subject.ts'
import { begunOf, refused, refusedBy } from './write.ts'

type Change = { readonly from: string | undefined; readonly to: string | undefined }

export const forwards = (context: StepContext): Change => {
  const { before, value } = poolPropertyOf(context)
  return { from: before, to: value }
}

export const backwards = (context: StepContext): Change => {
  const { before, value } = poolPropertyOf(context)
  return { from: value, to: before }
}

export async function lookAtPoolProperty(context: StepContext, { from, to }: Change): Promise<Look> {
  const read = await readProperty(context)
  if (read.kind === 'unread') return read.look
  if (isSameSetting(read.value, to)) return done(read.readAt)
  return isSameSetting(read.value, from) ? notBegun(read.readAt) : faulted(read.readAt, changedBySomebody(context))
}

export async function setPoolPropertyTo(context: StepContext, { from, to }: Change, fence: Fence): Promise<Begun> {
  const read = await readProperty(context)
  if (read.kind === 'unread') return refusedBy(read.look)
  const isAsPlanned = isSameSetting(read.value, from) || isSameSetting(read.value, to)
  if (!isAsPlanned) return refused(changedBySomebody(context))
  const { name } = poolPropertyOf(context)
  return begunOf(await context.gateways.avd.setPoolProperty(poolOf(context), name, to ?? '', fence))
}

/** Undefined: not set. */
async function readProperty(context: StepContext): Promise<Read<string | undefined>> {
  const { name } = poolPropertyOf(context)
  const read = await readNow(context, context.gateways.avd.hostPool(poolOf(context)))
  if (read.kind === 'unread') return read
  const { settings } = read.value
  return settings ? { ...read, value: settings[name] } : { kind: 'unread', look: couldNotLook(read.readAt, untold) }
}

const untold: Fault = { code: 'unreadable', message: 'The host pool came without its settings', retryable: true }

const changedBySomebody = (context: StepContext): Fault => ({
  code: 'unproven',
  message: `${poolPropertyOf(context).name} is neither what it was when this was planned nor what it is to be: somebody else has set it`,
  retryable: false,
})
