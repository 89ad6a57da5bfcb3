/** The writes behind a part: one extension put or removed, one association made. */
import type { Answer, Fault } from '../../core/fault.ts'
import type { ExtensionWork } from '../../machine/spec.ts'
import type { Begun } from '../../machine/step.ts'
import type { Fence } from '../../ports/gateways.ts'
import type { StepContext } from '../../ports/steps.ts'
import { attemptLimit, type Part } from './extension-parts.ts'
import { lostKey, shortFor } from './extension-report.ts'
import { refused } from './write.ts'

export async function sendPart(
  context: StepContext,
  work: ExtensionWork,
  part: Part,
  vmId: string,
  fence: Fence,
): Promise<Answer<void>> {
  const { extensions } = context.gateways
  const missing: Answer<void> = {
    kind: 'refused',
    fault: { code: 'unreadable', message: 'it is not in the spec', retryable: false },
  }
  if (part.kind === 'associate') {
    const association = work.associations[part.index]
    return association ? extensions.associate(vmId, association, fence) : missing
  }
  const wanted = work.restore[part.index]
  if (!wanted) return missing
  if (part.kind === 'remove') return extensions.remove(vmId, String(context.memo.failedName || wanted.name), fence)
  const { timeLimit: _, ...extension } = wanted
  const location = String(context.memo.location || context.spec[context.side].region)
  return extensions.put(vmId, { ...extension, location }, fence)
}

/** For good, or often enough: the others are not to wait for this one. */
export function afterRefusal({ attempt, memo }: StepContext, { kind, index }: Part, fault: Fault): Begun {
  // Compute is busy with another write to the same VM.
  const mayPass = fault.retryable || fault.code === 'conflict'
  if (fault.code === 'overBudget' || (mayPass && attempt < attemptLimit)) return refused({ ...fault, retryable: true })
  return { kind: 'accepted', memo: { [lostKey(kind, index)]: shortFor(memo, fault.azureCode ?? fault.message) } }
}
