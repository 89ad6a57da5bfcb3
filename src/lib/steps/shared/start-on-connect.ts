/** Start VM on Connect: AVD itself starting hosts of a pool that people connect to. */
import type { Begun, Look } from '../../machine/step.ts'
import type { Fence } from '../../ports/gateways.ts'
import type { StepContext } from '../../ports/steps.ts'
import { done, notBegun } from './look.ts'
import { readNow } from './read.ts'
import { poolOf } from './subject.ts'
import { begunOf } from './write.ts'

export async function lookAtStartOnConnect(context: StepContext, enabled: boolean): Promise<Look> {
  const read = await readNow(context, context.gateways.avd.hostPool(poolOf(context)))
  if (read.kind === 'unread') return read.look
  return read.value.startVmOnConnect === enabled ? done(read.readAt) : notBegun(read.readAt)
}

export const setStartOnConnect = async (context: StepContext, enabled: boolean, fence: Fence): Promise<Begun> =>
  begunOf(await context.gateways.avd.setStartVmOnConnect(poolOf(context), enabled, fence))
