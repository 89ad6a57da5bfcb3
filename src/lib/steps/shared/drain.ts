/** Whether a session host lets new sessions in. */
import type { Begun, Look } from '../../machine/step.ts'
import type { Fence } from '../../ports/gateways.ts'
import type { StepContext } from '../../ports/steps.ts'
import { readHost } from './hosts.ts'
import { done, notBegun } from './look.ts'
import { hostNameOf, poolOf } from './subject.ts'
import { begunOf } from './write.ts'

export async function lookAtNewSessions(context: StepContext, allowed: boolean): Promise<Look> {
  const read = await readHost(context)
  if (read.kind === 'unread') return read.look
  return read.value.allowNewSession === allowed ? done(read.readAt) : notBegun(read.readAt)
}

export const setNewSessions = async (context: StepContext, allowed: boolean, fence: Fence): Promise<Begun> =>
  begunOf(await context.gateways.avd.setAllowNewSession(poolOf(context), hostNameOf(context), allowed, fence))
