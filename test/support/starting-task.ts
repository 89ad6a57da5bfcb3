/** A host's task of three steps, in the middle of which its VM is started. */
import { minutes, seconds } from '../../src/lib/core/time.ts'
import type { StepCall } from '../../src/lib/machine/spec.ts'
import type { StepLimits } from '../../src/lib/machine/step.ts'
import { call } from '../../src/lib/runbooks/template.ts'

export const limits: StepLimits = {
  name: 'startVm',
  timeout: minutes(15),
  maxAttempts: 2,
  pollEvery: seconds(15),
  settle: seconds(60),
  retryAfter: seconds(30),
}

export const steps: readonly StepCall[] = [
  call('excludeFromScaling', 'secondary', { undo: 'includeInScaling' }),
  call('startVm', 'secondary', { undo: 'deallocateVm' }),
  call('undrainHost', 'secondary'),
]
